import { type Contender, measure, type RoundFigures, readSamples, startContender } from "./contender";
import type { BenchDatabase } from "./database";
import { buildDataset } from "./dataset";
import { growEmployees } from "./grow";
import { aligned, ratio } from "./report";
import { interleaved, type Plan } from "./rounds";
import { ratioOf, type Spread, spreadOf } from "./statistics";
import { LATCHKEY } from "./targets";
import { W1 } from "./workloads/w1";
import { PAGE_SIZE, type Page, type Samples } from "./workloads/workload";

const SIZES = [10_000, 100_000, 1_000_000];
/** Pages that requests take in turn, at either end of the list. */
const PAGES = 40;
/** Rows of a page while cursors are collected. */
const WALK_SIZE = 500;

/** One size of data set, at one end of its list. */
interface Subject {
  readonly contender: Contender;
  readonly size: number;
  readonly depth: "first" | "deep";
  readonly bodies: readonly string[];
}

/** How W1 grows with the data: over HTTP, at the first and at the last pages of 10⁴ to 10⁶ employees by cursor, in interleaved rounds. */
export async function measureScale(database: BenchDatabase, folder: string, plan: Plan): Promise<string> {
  const contenders: Contender[] = [];
  try {
    const subjects: Subject[] = [];
    for (const size of SIZES) {
      process.stderr.write(`scale: ${size.toLocaleString("en")} employees\n`);
      const dataset = await buildDataset(await database.create(`n${size}`), folder, Math.min(size, SIZES[0] as number));
      await growEmployees(dataset.databaseUrl, size);
      const contender = await startContender(LATCHKEY, dataset);
      contenders.push(contender);
      const { pages } = await readSamples(contender, WALK_SIZE);
      const bodiesOf = (some: readonly Page[]): string[] =>
        W1.requests({ pages: some, ids: [] } satisfies Samples).map((request) => LATCHKEY.bodyOf(W1, request));
      // The last page may be short; a full one has to follow wherever a request begins.
      subjects.push({ contender, size, depth: "first", bodies: bodiesOf(pages.slice(0, PAGES)) });
      subjects.push({ contender, size, depth: "deep", bodies: bodiesOf(pages.slice(-PAGES - 2, -2)) });
    }
    const figures = await interleaved(subjects, plan, "scale", ({ contender, bodies }, seconds) =>
      measure(contender, folder, { path: "/graphql", bodies, connections: plan.connections, seconds }),
    );
    const base = figures.get(subjects[0] as Subject) ?? [];
    return employeesTable(subjects, figures, base);
  } finally {
    for (const { server } of contenders) await server.stop();
  }
}

function employeesTable(
  subjects: readonly Subject[],
  figures: ReadonlyMap<Subject, RoundFigures[]>,
  base: readonly RoundFigures[],
): string {
  const speed = ({ requestsPerSecond }: RoundFigures): number => requestsPerSecond;
  const cpu = ({ cpuMicros }: RoundFigures): number => cpuMicros;
  const rows = subjects.map((subject) => {
    const rounds = figures.get(subject) ?? [];
    const spread = (of: (round: RoundFigures) => number): Spread => spreadOf(rounds.map(of));
    return [
      `${subject.size.toLocaleString("en")} employees, ${subject.depth} pages`,
      Math.round(spread(speed).median).toLocaleString("en"),
      spread(({ p99Ms }) => p99Ms).median.toFixed(2),
      spread(cpu).median.toFixed(0),
      ratio(ratioOf(rounds.map(speed), base.map(speed)), 2),
      ratio(ratioOf(rounds.map(cpu), base.map(cpu)), 2),
      (Math.min(...rounds.map(cpu)) / Math.min(...base.map(cpu))).toFixed(2),
    ];
  });
  const head = ["", "req/s", "p99 ms", "CPU µs", "speed ×", "CPU ×", "× by the least"];
  return `W1 (${PAGE_SIZE} rows) as the company grows\n\n${aligned([head, ...rows])}`;
}
