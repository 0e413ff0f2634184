import { Counter, Gauge, Histogram, Registry } from "prom-client";
import type { CacheMeter } from "../kernel/cache-meter";
import { ERROR_STATUS, type ErrorCode } from "../kernel/service-error";
import { passwordsWaiting } from "../users/password";
import type { CountedOperation, OperationOutcome, OutcomeCode, ServerParts, Verdict } from "./request-state";

/** Counts what the server does, in memory. Every label is of a fixed list: nothing that a client sends becomes one. */
export interface Metrics {
  /**
   * Counts a request to /graphql that was answered; `operation` is null where there was none. Not for requests that end in an
   * error: see `failed`.
   */
  answered(operation: CountedOperation | null, answer: Answered): void;
  /** Counts a request that ended in an error outside of operations: credentials, junk, a database that is away. */
  failed(code: ErrorCode): void;
  /** All of it, in the text format of Prometheus. */
  text(): Promise<string>;
}

/** How a request was answered; `milliseconds` from its body on. */
export interface Answered {
  readonly way: "fast" | "ordinary";
  readonly status: number;
  readonly milliseconds: number;
}

/** What is reported, beside what `Metrics` is told. */
export interface Measured {
  readonly parts: {
    readonly store: Pick<ServerParts["store"], "epochReads">;
    readonly usage: Pick<ServerParts["usage"], "waiting">;
    readonly limits: Pick<ServerParts["limits"], "refusals">;
    readonly caches: ServerParts["caches"];
  };
  /** Of the schema and the fast path. */
  readonly caches: readonly CacheMeter[];
}

type Kind = OperationOutcome["kind"];

const CODES = ["OK", ...(Object.keys(ERROR_STATUS) as ErrorCode[])] as const;
const KINDS: readonly Kind[] = ["query", "mutation", "unreadable"];
const WAYS: readonly Answered["way"][] = ["fast", "ordinary"];
const DECISIONS: readonly Verdict[] = ["allowed", "masked", "denied"];
/** Seconds: from an answer out of memory to what the statement limit of a database lets through. */
const BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/**
 * Counting costs a request some additions and one look-up of a histogram bucket. Everything else is read from where it is
 * counted anyway, when somebody asks.
 */
export function createMetrics({ parts, caches }: Measured): Metrics {
  const requests = zeros<OutcomeCode>(CODES);
  const decisions = zeros(DECISIONS);
  const ways = zeros(WAYS);
  const registry = new Registry();
  const durations = new Histogram({
    name: "latchkey_operation_duration_seconds",
    help: "Time from a request's body to its answer, by kind of operation; what is refused before it is an operation is not in it.",
    labelNames: ["kind"],
    buckets: BUCKETS,
    registers: [registry],
  });
  for (const kind of KINDS) durations.zero({ kind });
  registerCounts(registry, { requests, decisions, ways });
  registerParts(registry, parts);
  registerCaches(registry, () => [...caches, ...parts.caches]);

  return {
    answered(operation, { way, status, milliseconds }) {
      ways[way] += 1;
      const outcome = operation?.outcome;
      // Apollo Server answers by itself what it cannot read, and a browser's GET with a page.
      requests[outcome?.code ?? (status < 400 ? "OK" : "BAD_USER_INPUT")] += 1;
      if (operation?.decision) decisions[operation.decision] += 1;
      if (outcome) durations.observe({ kind: outcome.kind }, milliseconds / 1000);
    },
    failed(code) {
      requests[code] += 1;
    },
    text: () => registry.metrics(),
  };
}

function registerCounts(
  registry: Registry,
  { requests, decisions, ways }: Readonly<Record<"requests" | "decisions" | "ways", Record<string, number>>>,
): void {
  counter(registry, "latchkey_requests_total", "Requests to /graphql, by OK or the code of the first error.", {
    label: "code",
    values: () => requests,
  });
  counter(registry, "latchkey_decisions_total", "Operations that were decided, by decision.", {
    label: "decision",
    values: () => decisions,
  });
  counter(registry, "latchkey_answers_total", "Answers of known queries, and of all others, by way.", {
    label: "way",
    values: () => ways,
  });
}

function registerParts(registry: Registry, { store, usage, limits }: Measured["parts"]): void {
  const { epochReads } = store;
  counter(registry, "latchkey_epoch_reads_total", "Reads of the epoch from the database.", () => epochReads.reads);
  counter(
    registry,
    "latchkey_epoch_reads_served_total",
    "Times that a request needed the epoch: divided by the reads, how many share one.",
    () => epochReads.served,
  );
  counter(registry, "latchkey_rate_limited_total", "Refusals by rate limits, by rule.", {
    label: "rule",
    values: () => limits.refusals,
  });
  gauge(registry, "latchkey_usage_waiting", "Counters of the use of keys that are not written yet.", usage.waiting);
  gauge(registry, "latchkey_passwords_waiting", "Sign-ins and the like that wait for a password.", passwordsWaiting);
}

function registerCaches(registry: Registry, meters: () => readonly CacheMeter[]): void {
  const by = (of: (meter: CacheMeter) => number) => ({
    label: "cache",
    values: () => Object.fromEntries(meters().map((meter) => [meter.name, of(meter)])),
  });
  gauge(
    registry,
    "latchkey_cache_entries",
    "What a cache holds now.",
    by((meter) => meter.entries()),
  );
  counter(
    registry,
    "latchkey_cache_hits_total",
    "Look-ups that found something usable.",
    by(({ hits }) => hits),
  );
  counter(
    registry,
    "latchkey_cache_misses_total",
    "Look-ups that did not.",
    by(({ misses }) => misses),
  );
  counter(
    registry,
    "latchkey_cache_evictions_total",
    "Entries that had to make room for others.",
    by(({ evictions }) => evictions),
  );
}

/** A figure, or one for each value of a label. */
type Source = (() => number) | { readonly label: string; readonly values: () => Readonly<Record<string, number>> };

function counter(registry: Registry, name: string, help: string, source: Source): void {
  const metric = new Counter({
    name,
    help,
    labelNames: labelsOf(source),
    registers: [registry],
    collect() {
      // What is counted elsewhere only grows, so that setting it anew is counting.
      metric.reset();
      for (const [labels, value] of figuresOf(source)) metric.inc(labels, value);
    },
  });
}

function gauge(registry: Registry, name: string, help: string, source: Source): void {
  const metric = new Gauge({
    name,
    help,
    labelNames: labelsOf(source),
    registers: [registry],
    collect() {
      for (const [labels, value] of figuresOf(source)) metric.set(labels, value);
    },
  });
}

function labelsOf(source: Source): string[] {
  return typeof source === "function" ? [] : [source.label];
}

function figuresOf(source: Source): [Record<string, string>, number][] {
  if (typeof source === "function") return [[{}, source()]];
  return Object.entries(source.values()).map(([value, figure]) => [{ [source.label]: value }, figure]);
}

function zeros<Key extends string>(keys: readonly Key[]): Record<Key, number> {
  return Object.fromEntries(keys.map((key) => [key, 0])) as Record<Key, number>;
}
