import { readFileSync } from "node:fs";
import autocannon, { type LoadOptions } from "autocannon";
import { percentile } from "./statistics";

/** What to send where, as `node bench/load.ts FILE` reads it from a JSON file. */
export interface Load {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Each connection sends them in turn, every connection from another start. */
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** The one status that is no failure. */
  readonly expects: 200 | 403;
}

/** What one load measured, printed as one line of JSON. */
export interface LoadFigures {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers of another status, broken connections and time-outs: a figure counts only when there are none. */
  readonly failures: number;
}

function run({ url, headers, bodies, connections, seconds, expects }: Load): void {
  const { pathname } = new URL(url);
  let client = 0;
  const milliseconds: number[] = [];
  const options: LoadOptions = {
    url,
    connections,
    duration: seconds,
    setupClient(connection) {
      const start = Math.floor((bodies.length * client++) / connections);
      const turned = [...bodies.slice(start), ...bodies.slice(0, start)];
      connection.setRequests(turned.map((body) => ({ method: "POST", path: pathname, headers, body })));
    },
  };
  const running = autocannon(options, (error, result) => {
    if (error) throw error;
    const sorted = Float64Array.from(milliseconds).sort();
    const answered = result["2xx"] + result.non2xx;
    const expected = result.statusCodeStats[expects]?.count ?? 0;
    const figures: LoadFigures = {
      requests: answered,
      requestsPerSecond: answered / result.duration,
      p50Ms: percentile(sorted, 0.5),
      p99Ms: percentile(sorted, 0.99),
      failures: result.errors + result.timeouts + answered - expected,
    };
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  });
  // autocannon's own histogram has whole milliseconds, too coarse for answers that take two.
  running.on("response", (_client: unknown, _status: number, _bytes: number, took: number) => milliseconds.push(took));
}

if (require.main === module) run(JSON.parse(readFileSync(process.argv[2] as string, "utf8")) as Load);
