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
import { LATCHKEY, PAGE_SIZE, type Page, TARGETS, type Target, UNDECIDED } from "./workload";

/** `npm run bench -- --rounds 5 --seconds 10`: see bench/README.md. */
const { values: options } = parseArgs({
  options: {
    employees: { type: "string", default: "10000" },
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "5" },
    connections: { type: "string", default: "32" },
  },
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
  readonly figures: RoundFigures[];
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
      const server = await startServer(target.entry, cores.server, serverEnvironment(dataset));
      contenders.push({ target, server, figures: [] });
    }
    const pages = await walkPages(contenders, dataset);
    await checkAnswers(contenders, dataset, pages);
    const loadOf = async ({ target, server }: Contender, duration: number): Promise<RoundFigures> => {
      const before = server.cpuSeconds();
      const figures = await runLoad(folder, cores.load, {
        url: server.url + target.path,
        headers: headersOf(dataset),
        bodies: pages.map((page) => target.bodyOf(page)),
        connections,
        seconds: duration,
      });
      return { ...figures, cpuMicros: ((server.cpuSeconds() - before) * 1e6) / figures.requests };
    };
    for (const contender of contenders) await loadOf(contender, WARM_UP_SECONDS);
    for (let round = 0; round < rounds; round++) {
      // Another order each round: whoever comes after a heavy one would else always meet a hot machine.
      const order = round % 2 === 0 ? contenders : contenders.toReversed();
      for (const contender of order) contender.figures.push(await loadOf(contender, seconds));
      process.stderr.write(`round ${round + 1} of ${rounds} done\n`);
    }
    report(contenders, pages.length, unpinned);
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
async function walkPages(contenders: readonly Contender[], dataset: Dataset): Promise<Page[]> {
  const { server, target } = contenderOf(contenders, LATCHKEY);
  const query = `query ($first: Int!, $after: String) {
    employees(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
  }`;
  const pages: Page[] = [{ cursor: null, afterId: null }];
  for (;;) {
    const variables = { first: PAGE_SIZE, after: pages.at(-1)?.cursor };
    const { text } = await post(server.url + target.path, dataset, JSON.stringify({ query, variables }));
    const { nodes, pageInfo } = JSON.parse(text).data.employees;
    if (!pageInfo.hasNextPage) return pages;
    pages.push({ cursor: pageInfo.endCursor, afterId: nodes.at(-1).id });
  }
}

/** No figure is worth anything unless all do the same work: equal answers, full pages, and a decision that is really on or off. */
async function checkAnswers(contenders: readonly Contender[], dataset: Dataset, pages: readonly Page[]): Promise<void> {
  for (const page of [pages[0], pages[1], pages[Math.floor(pages.length / 2)], pages.at(-1)] as Page[]) {
    const answers = await Promise.all(
      contenders.map(async ({ target, server }) => {
        const { status, text } = await post(server.url + target.path, dataset, target.bodyOf(page));
        assert.equal(status, 200, `${target.name} answered ${status}: ${text.slice(0, 500)}`);
        return JSON.parse(text);
      }),
    );
    for (const answer of answers) assert.deepEqual(answer, answers[0]);
    const { nodes } = answers[0].data.employees;
    const isLast = page === pages.at(-1);
    assert.equal(nodes.length, isLast && employees % PAGE_SIZE !== 0 ? employees % PAGE_SIZE : PAGE_SIZE);
  }
  const notGranted = JSON.stringify({ query: "{ employees(first: 1) { nodes { id salary } } }" });
  for (const [target, expected] of [[LATCHKEY, 403] as const, [UNDECIDED, 200] as const]) {
    const { server } = contenderOf(contenders, target);
    const { status } = await post(server.url + target.path, dataset, notGranted);
    assert.equal(status, expected, `${target.name} answered ${status} to a field that is not granted`);
  }
}

function contenderOf(contenders: readonly Contender[], target: Target): Contender {
  return contenders.find((contender) => contender.target === target) as Contender;
}

function report(contenders: readonly Contender[], pages: number, unpinned: string | null): void {
  const measured = contenders.map(
    ({ target, server, figures }): Measured => ({
      name: target.name,
      requestsPerSecond: figures.map((figure) => figure.requestsPerSecond),
      cpuMicros: figures.map((figure) => figure.cpuMicros),
      p50Ms: figures.map((figure) => figure.p50Ms),
      p99Ms: figures.map((figure) => figure.p99Ms),
      residentMiB: server.residentMiB(),
    }),
  );
  const on = contenderOf(contenders, LATCHKEY).figures;
  const off = contenderOf(contenders, UNDECIDED).figures;
  const between = (of: (figures: RoundFigures) => number): string => ratio(ratioOf(on.map(of), off.map(of)), 3);
  const notQuiet =
    loadBefore > 0.5 ? `The machine was not quiet: its load was ${loadBefore.toFixed(1)} before this began.\n` : "";
  const people = employees.toLocaleString("en");
  process.stdout.write(
    `\nW1: ${PAGE_SIZE} of ${people} employees with their departments, ${pages} different pages in turn, ${connections} connections,\n` +
      `    ${rounds} rounds of ${seconds} s; SQLite; ${unpinned ?? `server on core ${SERVER_CORE}, load on core ${LOAD_CORE}`}\n\n` +
      `${table(measured)}\n\n` +
      `Latchkey, decision on / off: speed ${between(({ requestsPerSecond }) => requestsPerSecond)}, ` +
      `CPU ${between(({ cpuMicros }) => cpuMicros)}\n${notQuiet}`,
  );
}

void main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
