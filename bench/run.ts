import { loadavg } from "node:os";
import { FEWEST_EMPLOYEES } from "../src/cli/demo/generate-company";
import { measureBuilt } from "./built";
import { checkAnswers, checkDecisions } from "./check";
import { runCommand } from "./command";
import { type Contender, measure, type RoundFigures, readSamples, startContender, unpinned } from "./contender";
import type { BenchDatabase } from "./database";
import { buildDataset } from "./dataset";
import { measureDenied } from "./denied";
import { count, flag, readOptions, someOf } from "./options";
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
const options = readOptions(
  {
    employees: count(10_000, FEWEST_EMPLOYEES),
    rounds: count(4),
    seconds: count(3),
    "warm-up": count(3),
    connections: count(32),
    workloads: someOf(WORKLOADS),
    mariadb: flag(),
    scale: flag(),
  },
  { scale: ["employees", "workloads"] },
);
const { employees, rounds, seconds, connections, workloads } = options;
const plan = { rounds, seconds, connections, warmUpSeconds: options["warm-up"] };
/** Other work on the machine, over the last minute. */
const loadBefore = loadavg()[0] ?? 0;
/** What keeps the figures from meaning what they say. */
const doubts: readonly string[] = [
  ...(loadBefore > 0.5 ? [`The machine was not quiet: its load was ${loadBefore.toFixed(1)} before this began.`] : []),
  ...(rounds === 1 ? ["One round tells that it works, and nothing about speed."] : []),
];

async function main(folder: string, database: BenchDatabase): Promise<void> {
  for (const doubt of doubts) tell(doubt);
  if (options.scale) {
    print(await measureScale(database, folder, plan));
    print(await measureKeys(database, folder));
  } else await compare(folder, database);
  reportConditions(database);
}

async function compare(folder: string, database: BenchDatabase): Promise<void> {
  const contenders: Contender[] = [];
  try {
    tell(`${employees.toLocaleString("en")} employees are made, and ${TARGETS.length} servers started`);
    const dataset = await buildDataset(await database.create("w"), folder, employees);
    for (const target of TARGETS) contenders.push(await startContender(target, dataset));
    tell("answers are compared, and everybody is warmed up before each workload");
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
    tell("refusals, cold start and memory");
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

/** What is under way, on standard error. */
function tell(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

function reportConditions({ name }: BenchDatabase): void {
  print(
    `${options.scale ? "" : `${employees.toLocaleString("en")} employees, `}${connections} connections, ` +
      `${rounds} round${rounds === 1 ? "" : "s"} of ${seconds} s; ${name}; Node ${process.versions.node}; ` +
      `${unpinned ?? `server on core ${SERVER_CORE}, load on core ${LOAD_CORE}`}${doubts.map((doubt) => `\n${doubt}`).join("")}`,
  );
}

runCommand("bench", options.mariadb, main);
