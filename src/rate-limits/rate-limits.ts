import { LRUCache } from "lru-cache";
import type { Logger } from "pino";
import { RateLimiterMemory } from "rate-limiter-flexible";
import { ServiceError } from "../kernel/service-error";
import type { Store } from "../store/store";
import { CALL_SECONDS, RATE_RULES, type RateRule, type RuleName } from "./rate-rules";
import { StoreRateLimiter } from "./store-rate-limiter";

/**
 * How often one subject may do something. Whatever goes beyond is refused by RATE_LIMITED with `details.retryAfterSeconds`.
 *
 * Counts are exact: of several at once no more pass than points are left. A count that cannot be kept refuses too, by
 * UNAVAILABLE: nobody guesses passwords while the database is away.
 */
export interface RateLimits {
  /** Takes one point of a rule for `subject`, at most 120 characters. */
  take(rule: RuleName, subject: string): Promise<void>;
  /** Gives a point back that turned out not to count, such as that of a sign-in that succeeds. */
  giveBack(rule: RuleName, subject: string): Promise<void>;
  /** Refuses a subject that this instance knows to have no point left, without asking the database. */
  refuseSpent(rule: RuleName, subject: string): void;
  /** Takes one of the `callsPerMinute` that a key has. */
  takeCall(apiKeyId: string, callsPerMinute: number): Promise<void>;
  /** How often each rule has refused since the start; `calls` is that of keys. */
  readonly refusals: Readonly<Record<RuleName | "calls", number>>;
  /** Ends the regular removal of counts that are over. */
  close(): void;
}

/** For whoever runs the CLI next to the database. */
export const NO_LIMITS: RateLimits = Object.freeze({
  take: async () => undefined,
  giveBack: async () => undefined,
  refuseSpent: () => undefined,
  takeCall: async () => undefined,
  refusals: noRefusals(),
  close: () => undefined,
});

/** Subjects without a point left that an instance remembers, so that insisting costs no database work. */
const MOST_SPENT = 10_000;
const REMOVE_EVERY_MS = 5 * 60_000;

interface Spent {
  readonly points: number;
  /** Milliseconds, by the machine's clock. */
  readonly until: number;
}

/**
 * Limits by rate-limiter-flexible: in memory on the embedded database, which one process serves, and in the database where
 * several instances may share it. Windows are measured by the machine's clock, as the library does.
 */
export function createRateLimits(
  store: Store,
  log: Logger,
  rules: Readonly<Record<RuleName, RateRule>> = RATE_RULES,
): RateLimits {
  // What is allowed differs by key, so the library counts and the comparison is made here.
  const options = { keyPrefix: "", points: Number.MAX_SAFE_INTEGER, duration: CALL_SECONDS };
  const isShared = store.dialect === "mariadb";
  const limiter = isShared ? new StoreRateLimiter(store, options) : new RateLimiterMemory(options);
  const spent = new LRUCache<string, Spent>({ max: MOST_SPENT });
  const removal = isShared ? removeRegularly(store, log) : undefined;

  const refusals = noRefusals();
  const limited = (name: RuleName | "calls", rule: RateRule, wait: number): ServiceError => {
    refusals[name] += 1;
    return refusal(rule, wait);
  };

  const refuse = (name: RuleName | "calls", id: string, rule: RateRule): void => {
    const known = spent.get(id);
    if (known?.points !== rule.points) return;
    const wait = known.until - Date.now();
    if (wait > 0) throw limited(name, rule, wait);
    spent.delete(id);
  };

  const takeOf = async (name: RuleName | "calls", subject: string, rule: RateRule): Promise<void> => {
    const id = `${name}:${subject}`;
    refuse(name, id, rule);
    const { consumedPoints, msBeforeNext } = await limiter.penalty(id, 1, { customDuration: rule.seconds });
    if (consumedPoints <= rule.points) return;
    spent.set(id, { points: rule.points, until: Date.now() + msBeforeNext });
    throw limited(name, rule, msBeforeNext);
  };

  return {
    take: (rule, subject) => takeOf(rule, subject, rules[rule]),
    async giveBack(rule, subject) {
      const id = `${rule}:${subject}`;
      await limiter.reward(id, 1, { customDuration: rules[rule].seconds });
      spent.delete(id);
    },
    refuseSpent: (rule, subject) => refuse(rule, `${rule}:${subject}`, rules[rule]),
    takeCall: (apiKeyId, points) =>
      takeOf("calls", apiKeyId, { points, seconds: CALL_SECONDS, message: "This API key has used up its calls." }),
    refusals,
    close: () => clearInterval(removal),
  };
}

function noRefusals(): Record<RuleName | "calls", number> {
  return { signInAddress: 0, signInAccount: 0, unknownCredential: 0, leakReport: 0, calls: 0 };
}

function refusal({ message }: RateRule, milliseconds: number): ServiceError {
  const retryAfterSeconds = Math.max(1, Math.ceil(milliseconds / 1000));
  const unit = retryAfterSeconds === 1 ? "second" : "seconds";
  return new ServiceError("RATE_LIMITED", `${message} Try again in ${retryAfterSeconds} ${unit}.`, {
    retryAfterSeconds,
  });
}

/** Rows whose window is over count for nothing; that they are gone only keeps the table small. */
function removeRegularly(store: Store, log: Logger): NodeJS.Timeout {
  const remove = (): void => {
    store
      .transaction((tx) => tx.query("DELETE FROM rate_limit WHERE expiresAt < ?", [new Date()]))
      .catch((error: unknown) => log.warn({ err: error }, "counts of rate limits could not be removed"));
  };
  return setInterval(remove, REMOVE_EVERY_MS).unref();
}
