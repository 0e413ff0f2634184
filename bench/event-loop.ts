import { setTimeout as delay } from "node:timers/promises";
import { Action } from "../src/access/grant";
import type { GrantInput } from "../src/authorities/grant.input";
import { FEWEST_EMPLOYEES } from "../src/cli/demo/generate-company";
import { runCommand } from "./command";
import { headersOf } from "./contender";
import type { BenchDatabase } from "./database";
import { buildDataset, type Dataset } from "./dataset";
import { growEmployees } from "./grow";
import { containing, count, flag, readOptions } from "./options";
import { aligned } from "./report";
import type { Standstill } from "./servers/latchkey-watched";
import { spreadOf } from "./statistics";
import { startWatched, type WatchedServer } from "./watched";
import { COSTLY } from "./workloads/costly";

/** `npm run bench:loop`: for how long the costliest operations that are allowed keep everybody else waiting. */
const options = readOptions({
  employees: count(10_000, FEWEST_EMPLOYEES),
  mariadb: flag(),
  only: containing(COSTLY),
});
const TIMES = 11;
/** About as long as the costliest take. */
const PAUSE_MS = 250;
const GENERATED = 10_000;
const EVERYTHING: GrantInput[] = ["employee", "department", "timeOff", "compensation", "document"].map((resource) => ({
  resource,
  actions: [Action.READ],
}));

async function main(folder: string, database: BenchDatabase): Promise<void> {
  const size = options.employees;
  const dataset = await buildDataset(await database.create("loop"), folder, Math.min(size, GENERATED), EVERYTHING);
  await growEmployees(dataset.databaseUrl, size);
  const server = await startWatched(dataset);
  const rows: string[][] = [["(nothing, for as long)", ...(await observe(server, pause))]];
  for (const { name, bodyAt } of options.only) {
    rows.push([name, ...(await observe(server, (at) => ask(server, dataset, bodyAt(at))))]);
  }
  await server.stop();
  const head = ["", "longest ms", "its CPU ms", "median ms", "first time", "answer ms", "answer kB", "status"];
  process.stdout.write(`\n${size.toLocaleString("en")} employees, ${database.name}\n\n${aligned([head, ...rows])}\n`);
}

/** What came of one request. */
interface Answered {
  readonly bytes: number;
  readonly status: string;
}

/** What the machine itself does to a server that nobody asks. */
async function pause(): Promise<Answered> {
  await delay(PAUSE_MS);
  return { bytes: 0, status: "-" };
}

async function ask({ url }: WatchedServer, dataset: Dataset, sent: object): Promise<Answered> {
  const body = JSON.stringify(sent);
  const response = await fetch(`${url}/graphql`, { method: "POST", headers: headersOf(dataset), body });
  const { byteLength } = await response.arrayBuffer();
  return { bytes: byteLength, status: String(response.status) };
}

/** Each request by itself, so that what stands still is one operation's own doing. The first also compiles what later ones find. */
async function observe(server: WatchedServer, work: (at: number) => Promise<Answered>): Promise<string[]> {
  const stood: Standstill[] = [];
  const took: number[] = [];
  let answered: Answered = { bytes: 0, status: "" };
  for (let at = 0; at < TIMES; at++) {
    await delay(50);
    await server.ask("longest standstill");
    const began = performance.now();
    answered = await work(at);
    took.push(performance.now() - began);
    await delay(20);
    stood.push(await server.ask<Standstill>("longest standstill"));
  }
  const [first, ...later] = stood as [Standstill, ...Standstill[]];
  const longest = later.reduce((most, one) => (one.milliseconds > most.milliseconds ? one : most));
  return [
    longest.milliseconds.toFixed(1),
    longest.cpuMilliseconds.toFixed(1),
    spreadOf(later.map(({ milliseconds }) => milliseconds)).median.toFixed(1),
    first.milliseconds.toFixed(1),
    spreadOf(took).median.toFixed(0),
    (answered.bytes / 1000).toFixed(0),
    answered.status,
  ];
}

runCommand("loop", options.mariadb, main);
