import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Dataset, METRICS_TOKEN, serverEnvironment } from "./dataset";
import type { Load, LoadFigures } from "./load";
import { LOAD_CORE, type RunningServer, runPinned, SERVER_CORE, startServer, whyNotPinned } from "./process";
import type { Target } from "./targets";
import { PAGE_SIZE, type Page, type Samples } from "./workloads/workload";

/** A target that runs, with the data set that it serves. */
export interface Contender {
  readonly target: Target;
  readonly server: RunningServer;
  readonly dataset: Dataset;
}

/** What one round measured. */
export interface RoundFigures extends LoadFigures {
  /** Processor time of the server for one request, in microseconds. */
  readonly cpuMicros: number;
  /** Reads of the epoch for one request; NaN for who has no epoch. */
  readonly epochReads: number;
}

/** Null where server and load have a core each. */
export const unpinned = whyNotPinned();
const [serverCore, loadCore] = unpinned === null ? [SERVER_CORE, LOAD_CORE] : [null, null];

export async function startContender(target: Target, dataset: Dataset): Promise<Contender> {
  const environment = { ...serverEnvironment(dataset), ...target.environment };
  return { target, dataset, server: await startServer(target.entry, serverCore, environment) };
}

/** What a load asks for. */
export interface Asked {
  readonly path: string;
  readonly bodies: readonly string[];
  readonly connections: number;
  readonly seconds: number;
  /** The only status that is no failure; 200 unless told otherwise. */
  readonly expects?: 200 | 403;
}

/** Puts a contender under load; throws when an answer has another status than expected. `folder` is for the load's own file. */
export async function measure({ server, dataset }: Contender, folder: string, asked: Asked): Promise<RoundFigures> {
  const { path, expects = 200, ...rest } = asked;
  const file = join(folder, "load.json");
  const load: Load = { ...rest, expects, url: server.url + path, headers: headersOf(dataset) };
  writeFileSync(file, JSON.stringify(load));
  const before = { cpu: server.cpuSeconds(), reads: await epochReads(server.url) };
  const figures = await runPinned<LoadFigures>("load.ts", [file], loadCore);
  assert.equal(figures.failures, 0, `${load.url} did not answer ${figures.failures} requests with ${expects}`);
  return {
    ...figures,
    cpuMicros: ((server.cpuSeconds() - before.cpu) * 1e6) / figures.requests,
    epochReads: ((await epochReads(server.url)) - before.reads) / figures.requests,
  };
}

async function epochReads(url: string): Promise<number> {
  const response = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${METRICS_TOKEN}` } });
  const text = await response.text();
  return Number(/^latchkey_epoch_reads_total (\d+)/m.exec(text)?.[1] ?? Number.NaN);
}

/** The headers of every request. */
export function headersOf({ token }: Dataset): Record<string, string> {
  return { "content-type": "application/json", authorization: `Bearer ${token}` };
}

export async function post(
  { server, dataset }: Contender,
  path: string,
  body: string,
): Promise<{ status: number; text: string }> {
  const response = await fetch(server.url + path, { method: "POST", headers: headersOf(dataset), body });
  return { status: response.status, text: await response.text() };
}

const WALK = `query Walk($first: Int!, $after: String) {
  employees(first: $first, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;

/** Every page of the whole list, from Latchkey itself: cursors are sealed, so nobody else can make them. */
export async function readSamples(latchkey: Contender, pageSize: number = PAGE_SIZE): Promise<Samples> {
  const pages: Page[] = [{ cursor: null, afterId: null }];
  const ids: string[] = [];
  for (;;) {
    const variables = { first: pageSize, after: pages.at(-1)?.cursor };
    const { text } = await post(latchkey, "/graphql", JSON.stringify({ query: WALK, variables }));
    const { nodes, pageInfo } = JSON.parse(text).data.employees;
    ids.push(...nodes.map((node: { id: string }) => node.id));
    if (!pageInfo.hasNextPage) return { pages, ids };
    pages.push({ cursor: pageInfo.endCursor, afterId: nodes.at(-1).id });
  }
}
