import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Booted, boot } from "../../src/boot";
import { parseDatabaseUrl } from "../../src/config";
import type { Clock } from "../../src/kernel/clock";
import { createServer, type LatchkeyServer, type ServerDeps } from "../../src/server";
import { ensureOwner } from "../../src/users/ensure-owner";
import { type FreshDatabase, freshDatabase } from "./database";

export const OWNER = { email: "owner@example.com", password: "correct horse battery staple" };
/** LATCHKEY_SECRET of every instance that tests start. */
export const SECRET = "test secret of more than thirty-two characters";

/** What came back over HTTP. */
export interface Reply<Data = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly data?: Data | null;
  readonly errors?: readonly ReplyError[];
  /** The body as text, for looking for what must not be in it. */
  readonly text: string;
}

export interface ReplyError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions: { readonly code: string; readonly [detail: string]: unknown };
}

/** A clock that tests move by hand; it starts at the machine's time, so that expiry dates in tests read naturally. */
export interface TestClock extends Clock {
  advance(milliseconds: number): void;
}

/** One instance of the service over HTTP on a database of its own. */
export interface TestLatchkey extends Booted {
  readonly url: string;
  readonly database: FreshDatabase;
  /** Where content is stored; gone after `stop` unless it was given. */
  readonly documentsDir: string;
  readonly clock: TestClock;
  /** Log lines so far, as text. */
  readonly logged: () => string;
  /** Posts an operation; `token` goes into `Authorization: Bearer`. */
  query<Data = Record<string, unknown>>(
    query: string,
    options?: { variables?: object; token?: string; headers?: Record<string, string>; operationName?: string },
  ): Promise<Reply<Data>>;
  /** Like `query`, but fails the test unless there is data and no error. */
  data<Data = Record<string, unknown>>(query: string, options?: Parameters<TestLatchkey["query"]>[1]): Promise<Data>;
  /** Signs in and returns the session token. */
  signIn(email: string, password: string): Promise<string>;
  /** The owner's session token. */
  readonly ownerToken: string;
  stop(): Promise<void>;
}

/**
 * Starts the service on a fresh database (or on `database`, beside another instance) with an owner who is signed in.
 * `trustProxy` as in TRUST_PROXY, so that a test can come from any address; `metricsToken` as in METRICS_TOKEN.
 */
export async function startLatchkey(
  options: {
    database?: FreshDatabase;
    clock?: TestClock;
    trustProxy?: readonly string[];
    fastPath?: ServerDeps["fastPath"];
    longestSilenceMs?: number;
    metricsToken?: string;
    documentsDir?: string;
    documentsMaxBytes?: number;
  } = {},
): Promise<TestLatchkey> {
  const database = options.database ?? (await freshDatabase());
  const clock = options.clock ?? movableClock();
  const lines: string[] = [];
  const log = pino({ level: "debug", base: null }, { write: (line: string) => void lines.push(line) });
  const config = {
    database: parseDatabaseUrl(database.url),
    secret: SECRET,
    host: "127.0.0.1",
    port: 0,
    trustProxy: options.trustProxy ?? false,
    metricsToken: options.metricsToken ?? null,
    documentsDir: options.documentsDir ?? (await mkdtemp(join(tmpdir(), "latchkey-documents-"))),
    documentsMaxBytes: options.documentsMaxBytes ?? 25 * 1024 * 1024,
  };
  const booted = await boot(config, clock, log, { longestSilenceMs: options.longestSilenceMs ?? null });
  await ensureOwner(booted.operator, OWNER);
  const server = await createServer({
    config,
    store: booted.store,
    contents: booted.contents,
    schema: booted.schema,
    clock,
    log,
    ...(options.fastPath !== undefined && { fastPath: options.fastPath }),
  });
  const url = await server.listen();
  const client = createClient(url);
  const ownerToken = await client.signIn(OWNER.email, OWNER.password);
  return {
    ...booted,
    ...client,
    url,
    database,
    documentsDir: config.documentsDir,
    clock,
    ownerToken,
    logged: () => lines.join(""),
    async stop() {
      await stop(server, booted, options.database ? null : database);
      if (options.documentsDir === undefined) await rm(config.documentsDir, { recursive: true, force: true });
    },
  };
}

async function stop(server: LatchkeyServer, { store }: Booted, database: FreshDatabase | null): Promise<void> {
  await server.close();
  await store.close();
  await database?.dispose();
}

function movableClock(): TestClock {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    advance(milliseconds) {
      ahead += milliseconds;
    },
  };
}

function createClient(url: string): Pick<TestLatchkey, "query" | "data" | "signIn"> {
  const query: TestLatchkey["query"] = async (text, { variables, token, headers, operationName } = {}) => {
    const response = await fetch(`${url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", ...(token && { authorization: `Bearer ${token}` }), ...headers },
      body: JSON.stringify({ query: text, variables, operationName }),
    });
    const body = await response.text();
    return { status: response.status, headers: response.headers, text: body, ...(JSON.parse(body) as object) };
  };
  const data: TestLatchkey["data"] = async <Data>(text: string, options?: Parameters<typeof query>[1]) => {
    const reply = await query<Data>(text, options);
    if (reply.errors || !reply.data) throw new Error(`${text}\nanswered ${reply.status}: ${reply.text}`);
    return reply.data;
  };
  const signIn: TestLatchkey["signIn"] = async (email, password) => {
    const { signIn: payload } = await data<{ signIn: { sessionToken: string } }>(
      "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken } }",
      { variables: { email, password } },
    );
    return payload.sessionToken;
  };
  return { query, data, signIn };
}
