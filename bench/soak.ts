import { Agent, request } from "node:http";
import { createPepper } from "../src/kernel/pepper";
import { makeToken, newTokenId } from "../src/kernel/token";
import { runCommand } from "./command";
import { headersOf } from "./contender";
import type { BenchDatabase } from "./database";
import { buildDataset, type Dataset, serverEnvironment } from "./dataset";
import { growKnownKeys } from "./grow";
import { count, flag, readOptions } from "./options";
import { build, type RunningServer, startBuilt } from "./process";
import { aligned } from "./report";

/**
 * `npm run bench:soak`: whether memory grows with what is never asked again. First documents of which no two are alike, each three
 * times in a row so that it is compiled as well; then keys of which each is used once. Memory is told at every tenth of each.
 */
const options = readOptions({ documents: count(1_000_000, 0), keys: count(1_000_000, 0), mariadb: flag() });
const CONNECTIONS = 16;
const TENTHS = 10;
const EMPLOYEES = 1_000;
/** Times that a document comes in a row; the third is answered by what was compiled of it. */
const REPEATS = 3;

/** The n-th request: its body and the token that it carries. */
type RequestAt = (n: number) => { readonly body: string; readonly token: string };

async function main(folder: string, database: BenchDatabase): Promise<void> {
  const dataset = await buildDataset(await database.create("soak"), folder, EMPLOYEES);
  build();
  const tokens = Array.from({ length: options.keys }, () => makeToken("live", newTokenId()));
  await growKnownKeys(dataset.databaseUrl, tokens.map(createPepper(dataset.secret).digest));
  const server = await startBuilt(null, serverEnvironment(dataset));
  const documents = await soak(server, dataset, options.documents * REPEATS, (n) => ({
    body: JSON.stringify({ query: documentOf(Math.floor(n / REPEATS)) }),
    token: dataset.token,
  }));
  const keys = await soak(server, dataset, tokens.length, (n) => ({ body: SMALL, token: tokens[n] as string }));
  await server.stop();
  const head = ["", ...Array.from({ length: TENTHS }, (_, at) => `${at + 1}/10`), "req/s"];
  const rows = [
    [`${options.documents.toLocaleString("en")} documents, each ${REPEATS} times, MiB`, ...documents],
    [`${tokens.length.toLocaleString("en")} keys, each once, MiB`, ...keys],
  ];
  process.stdout.write(`\nResident memory, ${database.name}\n\n${aligned([head, ...rows])}\n`);
}

const SMALL = JSON.stringify({ query: "{ viewer { kind } }" });

function documentOf(n: number): string {
  return `query Q${n} { page: employees(first: 5) { nodes { id a${n}: firstName lastName department { name } } } }`;
}

/** Sends `count` requests, of which every one must be answered with 200; memory at each tenth, and requests a second in all. */
async function soak(server: RunningServer, dataset: Dataset, count: number, requestAt: RequestAt): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const memory: string[] = [];
  const began = performance.now();
  for (let tenth = 0; tenth < TENTHS; tenth++) {
    let next = Math.floor((count * tenth) / TENTHS);
    const end = Math.floor((count * (tenth + 1)) / TENTHS);
    const send = async (): Promise<void> => {
      while (next < end) {
        const { body, token } = requestAt(next++);
        await post(agent, server.url, { ...headersOf(dataset), authorization: `Bearer ${token}` }, body);
      }
    };
    await Promise.all(Array.from({ length: CONNECTIONS }, send));
    memory.push(server.residentMiB().toFixed(0));
    process.stderr.write(`soak: ${end.toLocaleString("en")} requests, ${memory.at(-1)} MiB\n`);
  }
  agent.destroy();
  return [...memory, ((count / (performance.now() - began)) * 1000).toFixed(0)];
}

function post(agent: Agent, url: string, headers: Record<string, string>, body: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(`${url}/graphql`, { agent, method: "POST", headers }, (response) => {
      response.resume();
      response.once("end", () => {
        if (response.statusCode === 200) resolve();
        else reject(new Error(`a request of the soak was answered with ${response.statusCode}`));
      });
    });
    sent.once("error", reject);
    sent.end(body);
  });
}

runCommand("soak", options.mariadb, main);
