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
import { spreadOf } from "./statistics";
import { startWatched, type WatchedServer } from "./watched";
import { COSTLY } from "./workloads/costly";

/** `npm run bench:loop`: for how long the costliest operations that are allowed keep everybody else waiting. */
const options = readOptions({
  employees: count(10_000, FEWEST_EMPLOYEES),
  mariadb: flag(),
  only: containing(COSTLY),
});
const TIMES = 7;
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
  const rows: string[][] = [];
  for (const costly of options.only) rows.push([costly.name, ...(await observe(server, dataset, costly))]);
  await server.stop();
  const head = ["", "longest ms", "first time", "answer ms", "answer kB", "status"];
  process.stdout.write(`\n${size.toLocaleString("en")} employees, ${database.name}\n\n${aligned([head, ...rows])}\n`);
}

/** Each request by itself, so that what stands still is one operation's own doing. The first also compiles what later ones find. */
async function observe(
  server: WatchedServer,
  dataset: Dataset,
  { bodyAt }: (typeof COSTLY)[number],
): Promise<string[]> {
  const blocked: number[] = [];
  const took: number[] = [];
  let size = 0;
  let status = 0;
  for (let at = 0; at < TIMES; at++) {
    await delay(50);
    await server.ask("longest delay");
    const began = performance.now();
    const body = JSON.stringify(bodyAt(at));
    const response = await fetch(`${server.url}/graphql`, { method: "POST", headers: headersOf(dataset), body });
    size = (await response.arrayBuffer()).byteLength;
    took.push(performance.now() - began);
    status = response.status;
    await delay(20);
    blocked.push(await server.ask<number>("longest delay"));
  }
  const [first = Number.NaN, ...later] = blocked;
  return [
    spreadOf(later).most.toFixed(1),
    first.toFixed(1),
    spreadOf(took).median.toFixed(0),
    (size / 1000).toFixed(0),
    String(status),
  ];
}

runCommand("loop", options.mariadb, main);
