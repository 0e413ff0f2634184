import { mkdtempSync, rmSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { measureBuilt } from "./built";
import { checkAnswers, checkDecisions } from "./check";
import { type Contender, measure, type RoundFigures, readSamples, startContender, unpinned } from "./contender";
import { type BenchDatabase, openBenchDatabase } from "./database";
import { buildDataset } from "./dataset";
import { measureDenied } from "./denied";
import { LOAD_CORE, SERVER_CORE } from "./process";
import { type Measured, ratio, table } from "./report";
import { interleaved } from "./rounds";
import { measureScale } from "./scale";
import { measureKeys } from "./scale-keys";
import { ratioOf } from "./statistics";
import { LATCHKEY, MERCURIUS, STALE, TARGETS, type Target, UNDECIDED } from "./targets";
import { WORKLOADS } from "./workloads";
import type { Workload } from "./workloads/workload";

/** `npm run bench -- --rounds 5 --seconds 10`: see bench/README.md. */
const { values: options } = parseArgs({
  options: {
    employees: { type: "string", default: "10000" },
    rounds: { type: "string", default: "4" },
    seconds: { type: "string", default: "3" },
    "warm-up": { type: "string", default: "3" },
    connections: { type: "string", default: "32" },
    workloads: { type: "string", default: WORKLOADS.map(({ name }) => name).join() },
    mariadb: { type: "boolean", default: false },
    scale: { type: "boolean", default: false },
  },
});
const workloads = options.workloads.split(",").map((name) => {
  const found = WORKLOADS.find((workload) => workload.name === name.trim().toUpperCase());
  if (found === undefined) throw new Error(`--workloads: there is no workload ${name}`);
  return found;
});
const plan = {
  rounds: Number(options.rounds),
  seconds: Number(options.seconds),
  warmUpSeconds: Number(options["warm-up"]),
  connections: Number(options.connections),
};
const employees = Number(options.employees);
/** Other work on the machine, over the last minute. */
const loadBefore = loadavg()[0] ?? 0;

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-bench-"));
  const database = await openBenchDatabase(folder, options.mariadb);
  try {
    if (options.scale) {
      print(await measureScale(database, folder, plan));
      print(await measureKeys(database, folder));
    } else await compare(folder, database);
    reportConditions(database);
  } finally {
    await database.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function compare(folder: string, database: BenchDatabase): Promise<void> {
  const contenders: Contender[] = [];
  try {
    const dataset = await buildDataset(await database.create("w"), folder, employees);
    for (const target of TARGETS) contenders.push(await startContender(target, dataset));
    const latchkey = contenderOf(contenders, LATCHKEY);
    const samples = await readSamples(latchkey);
    for (const workload of workloads) await checkAnswers(contenders, workload, samples);
    await checkDecisions(contenders);
    for (const workload of workloads) {
      const requests = workload.requests(samples);
      const figures = await interleaved(contenders, plan, workload.name, (contender, seconds) => {
        const { target } = contender;
        const bodies = requests.map((request) => target.bodyOf(workload, request));
        const path = target.pathOf(workload);
        return measure(contender, folder, { path, bodies, connections: plan.connections, seconds });
      });
      report(workload, contenders, figures);
    }
    print(await measureDenied(latchkey, folder, samples, plan));
    print(await measureBuilt(dataset, folder, samples));
  } finally {
    for (const { server } of contenders) await server.stop();
  }
}

function contenderOf(contenders: readonly Contender[], target: Target): Contender {
  return contenders.find((contender) => contender.target === target) as Contender;
}

function report(
  workload: Workload,
  contenders: readonly Contender[],
  figures: ReadonlyMap<Contender, RoundFigures[]>,
): void {
  const figuresOf = (contender: Contender): RoundFigures[] => figures.get(contender) ?? [];
  const measured = contenders.map((contender): Measured => {
    const rounds = figuresOf(contender);
    return {
      name: contender.target.name,
      requestsPerSecond: rounds.map((round) => round.requestsPerSecond),
      cpuMicros: rounds.map((round) => round.cpuMicros),
      p50Ms: rounds.map((round) => round.p50Ms),
      p99Ms: rounds.map((round) => round.p99Ms),
      epochReads: rounds.map((round) => round.epochReads),
      residentMiB: contender.server.residentMiB(),
    };
  });
  const against = (other: Target): string => {
    const [ours, theirs] = [LATCHKEY, other].map((target) => figuresOf(contenderOf(contenders, target)));
    const between = (of: (round: RoundFigures) => number): string =>
      ratio(ratioOf((ours ?? []).map(of), (theirs ?? []).map(of)), 3);
    return (
      `speed ${between(({ requestsPerSecond }) => requestsPerSecond)}, CPU ${between(({ cpuMicros }) => cpuMicros)}, ` +
      `p99 ${between(({ p99Ms }) => p99Ms)}`
    );
  };
  print(
    `${workload.name}: ${workload.about}\n\n${table(measured)}\n\n` +
      `Latchkey, decision on / off: ${against(UNDECIDED)}\nLatchkey, fresh / stale: ${against(STALE)}\nLatchkey / Mercurius: ${against(MERCURIUS)}`,
  );
}

function print(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

function reportConditions({ name }: BenchDatabase): void {
  const notQuiet =
    loadBefore > 0.5 ? `\nThe machine was not quiet: its load was ${loadBefore.toFixed(1)} before this began.` : "";
  const { connections, rounds, seconds } = plan;
  print(
    `${options.scale ? "" : `${employees.toLocaleString("en")} employees, `}${connections} connections, ` +
      `${rounds} rounds of ${seconds} s; ${name}; Node ${process.versions.node}; ` +
      `${unpinned ?? `server on core ${SERVER_CORE}, load on core ${LOAD_CORE}`}${notQuiet}`,
  );
}

void main().catch((error: unknown) => {
  process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exitCode = 1;
});
