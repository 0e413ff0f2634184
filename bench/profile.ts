import type { Profiler } from "node:inspector";
import { runCommand } from "./command";
import { type Asked, type Contender, measure, readSamples } from "./contender";
import type { BenchDatabase } from "./database";
import { buildDataset } from "./dataset";
import { count, readOptions, someOf } from "./options";
import { aligned } from "./report";
import { LATCHKEY } from "./targets";
import { startWatched } from "./watched";
import { WORKLOADS } from "./workloads";
import { W1 } from "./workloads/w1";

/** `npm run bench:profile -- --workload W1`: where the server's time goes, by part of the code. */
const options = readOptions({ workload: someOf(WORKLOADS), seconds: count(10) });
const EMPLOYEES = 10_000;
const WARM_UP_SECONDS = 5;

/** Parts by what is in the path of a script; the first that fits. */
const PARTS: readonly (readonly [string, RegExp])[] = [
  ["SQLite and its driver", /node_modules\/(libsql|@libsql|@neon-rs)\/|src\/store\/sqlite/],
  ["reading: statements, cursors, pages", /src\/(resources|connection)\/|src\/kernel\/cursor/],
  ["shaping the answer", /src\/execute\//],
  ["authorization: plan, bind, decide", /src\/access\/|src\/http\/enforce/],
  [
    "authentication and freshness",
    /src\/(store|api-keys|users|rate-limits)\/|src\/http\/(authenticate|credential)|src\/kernel\/(pepper|token)/,
  ],
  ["usage and metrics", /src\/(usage|audit)\/|src\/http\/(record-use|metrics)|node_modules\/prom-client/],
  ["writing JSON, the rest of the fast path", /src\/http\//],
  ["Fastify: routing, reply, writing to the socket", /node_modules\//],
];
const HTTP = "HTTP (Node)";

async function main(folder: string, database: BenchDatabase): Promise<void> {
  const [workload = W1] = options.workload;
  const dataset = await buildDataset(await database.create("w"), folder, EMPLOYEES);
  const server = await startWatched(dataset);
  const contender: Contender = { target: LATCHKEY, server, dataset };
  const requests = workload.requests(await readSamples(contender));
  const load = (seconds: number): Asked => ({
    path: LATCHKEY.pathOf(),
    bodies: requests.map((request) => LATCHKEY.bodyOf(workload, request)),
    connections: 32,
    seconds,
  });
  await measure(contender, folder, load(WARM_UP_SECONDS));
  await server.ask("begin profile");
  await measure(contender, folder, load(options.seconds));
  const profile = await server.ask<Profiler.Profile>("end profile");
  await server.stop();
  process.stdout.write(`\n${workload.name}: ${workload.about}\n\n${aligned(sharesOf(profile))}\n`);
}

/** Shares of the time that was not idle, most first. */
function sharesOf({ nodes, samples = [], timeDeltas = [] }: Profiler.Profile): string[][] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const parents = new Map(nodes.flatMap(({ id, children = [] }) => children.map((child) => [child, id] as const)));
  const partOf = (id: number | undefined): string | null => {
    const node = id === undefined ? undefined : byId.get(id);
    if (node === undefined) return HTTP;
    const { functionName, url } = node.callFrame;
    if (functionName === "(idle)") return null;
    if (functionName === "(garbage collector)") return "garbage collection";
    // What Node does itself is done for whoever called it.
    return PARTS.find(([, path]) => path.test(url))?.[0] ?? partOf(parents.get(node.id));
  };
  const spent = new Map<string, number>();
  for (const [at, id] of samples.entries()) {
    const part = partOf(id);
    if (part !== null) spent.set(part, (spent.get(part) ?? 0) + (timeDeltas[at] ?? 0));
  }
  const total = [...spent.values()].reduce((sum, time) => sum + time, 0);
  return [...spent]
    .sort(([, left], [, right]) => right - left)
    .map(([part, time]) => [part, `${((time / total) * 100).toFixed(1)} %`]);
}

runCommand("profile", false, main);
