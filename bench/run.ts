import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { buildDataset, type Dataset, serverEnvironment } from "./dataset";
import type { Load, LoadFigures } from "./load";
import { LOAD_CORE, type RunningServer, runPinned, SERVER_CORE, startServer, whyNotPinned } from "./process";
import { type Measured, ratio, table } from "./report";
import { ratioOf } from "./statistics";
import { LATCHKEY, ORDINARY, TARGETS, type Target, UNDECIDED } from "./targets";
import { WORKLOADS } from "./workloads";
import { PAGE_SIZE, type Page, type Samples, type Workload } from "./workloads/workload";

/** `npm run bench -- --rounds 5 --seconds 10`: see bench/README.md. */
const { values: options } = parseArgs({
  options: {
    employees: { type: "string", default: "10000" },
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
    workloads: { type: "string", default: WORKLOADS.map(({ name }) => name).join() },
  },
});
const workloads = options.workloads.split(",").map((name) => {
  const found = WORKLOADS.find((workload) => workload.name === name.trim().toUpperCase());
  if (found === undefined) throw new Error(`--workloads: there is no workload ${name}`);
  return found;
});
const employees = Number(options.employees);
const rounds = Number(options.rounds);
const seconds = Number(options.seconds);
const connections = Number(options.connections);
const WARM_UP_SECONDS = 3;
/** Other work on the machine, over the last minute. */
const loadBefore = loadavg()[0] ?? 0;

interface Contender {
  readonly target: Target;
  readonly server: RunningServer;
  /** Of one workload after the other. */
  readonly figures: Map<Workload, RoundFigures[]>;
}

interface RoundFigures extends LoadFigures {
  /** Processor time of the server for one request, in microseconds. */
  readonly cpuMicros: number;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const contenders: Contender[] = [];
  try {
    const unpinned = whyNotPinned();
    const cores = unpinned === null ? { server: SERVER_CORE, load: LOAD_CORE } : { server: null, load: null };
    const dataset = await buildDataset(folder, employees);
    for (const target of TARGETS) {
      const environment = { ...serverEnvironment(dataset), ...("environment" in target && target.environment) };
      const server = await startServer(target.entry, cores.server, environment);
      contenders.push({ target, server, figures: new Map() });
    }
    const samples = await readSamples(contenders, dataset);
    for (const workload of workloads) await checkAnswers(contenders, dataset, workload, samples);
    await checkDecisions(contenders, dataset);
    const loadOf = async ({ target, server }: Contender, workload: Workload, duration: number) => {
      const before = server.cpuSeconds();
      const figures = await runLoad(folder, cores.load, {
        url: server.url + target.pathOf(workload),
        headers: headersOf(dataset),
        bodies: workload.requests(samples).map((request) => target.bodyOf(workload, request)),
        connections,
        seconds: duration,
      });
      return { ...figures, cpuMicros: ((server.cpuSeconds() - before) * 1e6) / figures.requests };
    };
    for (const workload of workloads) {
      for (const contender of contenders) await loadOf(contender, workload, WARM_UP_SECONDS);
      for (let round = 0; round < rounds; round++) {
        // Another order each round: whoever comes after a heavy one would else always meet a hot machine.
        const order = round % 2 === 0 ? contenders : contenders.toReversed();
        for (const contender of order) {
          const known = contender.figures.get(workload) ?? [];
          contender.figures.set(workload, [...known, await loadOf(contender, workload, seconds)]);
        }
        process.stderr.write(`${workload.name}: round ${round + 1} of ${rounds} done\n`);
      }
      report(contenders, workload);
    }
    reportConditions(unpinned);
  } finally {
    for (const { server } of contenders) await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

function headersOf({ token }: Dataset): Record<string, string> {
  return { "content-type": "application/json", authorization: `Bearer ${token}` };
}

async function runLoad(folder: string, core: number | null, load: Load): Promise<LoadFigures> {
  const file = join(folder, "load.json");
  writeFileSync(file, JSON.stringify(load));
  const figures = await runPinned<LoadFigures>("load.ts", [file], core);
  assert.equal(figures.failures, 0, `${load.url} did not answer ${figures.failures} requests with 200`);
  return figures;
}

async function post(url: string, dataset: Dataset, body: string): Promise<{ status: number; text: string }> {
  const response = await fetch(url, { method: "POST", headers: headersOf(dataset), body });
  return { status: response.status, text: await response.text() };
}

/** Every page of the whole list, from Latchkey itself: cursors are sealed, so nobody else can make them. */
async function readSamples(contenders: readonly Contender[], dataset: Dataset): Promise<Samples> {
  const { server } = contenderOf(contenders, LATCHKEY);
  const query = `query ($first: Int!, $after: String) {
    employees(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
  }`;
  const pages: Page[] = [{ cursor: null, afterId: null }];
  const ids: string[] = [];
  for (;;) {
    const variables = { first: PAGE_SIZE, after: pages.at(-1)?.cursor };
    const { text } = await post(`${server.url}/graphql`, dataset, JSON.stringify({ query, variables }));
    const { nodes, pageInfo } = JSON.parse(text).data.employees;
    ids.push(...nodes.map((node: { id: string }) => node.id));
    if (!pageInfo.hasNextPage) return { pages, ids };
    pages.push({ cursor: pageInfo.endCursor, afterId: nodes.at(-1).id });
  }
}

/** No figure is worth anything unless all do the same work: some requests, each often enough to be known, get equal answers. */
async function checkAnswers(
  contenders: readonly Contender[],
  dataset: Dataset,
  workload: Workload,
  samples: Samples,
): Promise<void> {
  const requests = workload.requests(samples);
  const places = [0, 1, Math.floor(requests.length / 2), requests.length - 1];
  for (const request of places.flatMap((at) => requests[at] ?? [])) {
    const answers = await Promise.all(
      contenders.map(async ({ target, server }) => {
        const url = server.url + target.pathOf(workload);
        const { status, text } = await post(url, dataset, target.bodyOf(workload, request));
        assert.equal(status, 200, `${target.name} answered ${status}: ${text.slice(0, 500)}`);
        return JSON.parse(text);
      }),
    );
    for (const answer of answers) {
      assert.deepEqual(answer, answers[0]);
      assert.deepEqual(Object.keys(answer), ["data"]);
    }
  }
}

/** A field that is not granted is refused where the decision is on, and only there. */
async function checkDecisions(contenders: readonly Contender[], dataset: Dataset): Promise<void> {
  const notGranted = JSON.stringify({ query: "{ employees(first: 1) { nodes { id salary } } }" });
  for (const [target, expected] of [[LATCHKEY, 403] as const, [ORDINARY, 403] as const, [UNDECIDED, 200] as const]) {
    const { server } = contenderOf(contenders, target);
    const { status } = await post(`${server.url}/graphql`, dataset, notGranted);
    assert.equal(status, expected, `${target.name} answered ${status} to a field that is not granted`);
  }
}

function contenderOf(contenders: readonly Contender[], target: Target): Contender {
  return contenders.find((contender) => contender.target === target) as Contender;
}

function report(contenders: readonly Contender[], workload: Workload): void {
  const figuresOf = (contender: Contender): RoundFigures[] => contender.figures.get(workload) ?? [];
  const measured = contenders.map((contender): Measured => {
    const figures = figuresOf(contender);
    return {
      name: contender.target.name,
      requestsPerSecond: figures.map((figure) => figure.requestsPerSecond),
      cpuMicros: figures.map((figure) => figure.cpuMicros),
      p50Ms: figures.map((figure) => figure.p50Ms),
      p99Ms: figures.map((figure) => figure.p99Ms),
      residentMiB: contender.server.residentMiB(),
    };
  });
  const on = figuresOf(contenderOf(contenders, LATCHKEY));
  const off = figuresOf(contenderOf(contenders, UNDECIDED));
  const between = (of: (figures: RoundFigures) => number): string => ratio(ratioOf(on.map(of), off.map(of)), 3);
  process.stdout.write(
    `\n${workload.name}: ${workload.about}\n\n${table(measured)}\n\n` +
      `Latchkey, decision on / off: speed ${between(({ requestsPerSecond }) => requestsPerSecond)}, ` +
      `CPU ${between(({ cpuMicros }) => cpuMicros)}\n`,
  );
}

function reportConditions(unpinned: string | null): void {
  const notQuiet =
    loadBefore > 0.5 ? `The machine was not quiet: its load was ${loadBefore.toFixed(1)} before this began.\n` : "";
  process.stdout.write(
    `\n${employees.toLocaleString("en")} employees, ${connections} connections, ${rounds} rounds of ${seconds} s; SQLite; ` +
      `${unpinned ?? `server on core ${SERVER_CORE}, load on core ${LOAD_CORE}`}\n${notQuiet}`,
  );
}

void main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
