import { type ChildProcess, spawn } from "node:child_process";
import { request } from "node:http";
import { createServer } from "node:net";
import { resolve } from "node:path";
import { pino } from "pino";
import { boot } from "../../src/boot";
import { parseDatabaseUrl } from "../../src/config";
import { systemClock } from "../../src/kernel/clock";
import { ensureOwner } from "../../src/users/ensure-owner";
import { type FreshDatabase, freshDatabase } from "../support/database";
import { dialect } from "../support/dialect";

const root = resolve(__dirname, "../..");
const SECRET = "a secret of more than thirty-two characters";

interface Service {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** Resolves with the exit code. */
  readonly ended: Promise<number | null>;
  /** Resolves with the URL once it listens; rejects when it ends instead. */
  readonly url: Promise<string>;
}

const services: Service[] = [];

/** The production start as a process of its own. */
function start(environment: Record<string, string>): Service {
  const child = spawn(process.execPath, ["-r", "./scripts/register.cjs", "src/main.ts"], {
    cwd: root,
    env: { PATH: process.env.PATH, PORT: "0", LATCHKEY_SECRET: SECRET, ...environment },
  });
  let output = "";
  const ended = new Promise<number | null>((done) => child.on("close", done));
  const url = new Promise<string>((done, fail) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        output += chunk.toString();
        const found = /Latchkey listens on (\S+)/.exec(output)?.[1];
        if (found) done(found);
      });
    }
    void ended.then(() => fail(new Error(`it ended: ${output}`)));
  });
  url.catch(() => undefined);
  const service = { process: child, output: () => output, ended, url };
  services.push(service);
  return service;
}

let database: FreshDatabase;
beforeEach(async () => {
  database = await freshDatabase();
});
afterEach(async () => {
  for (const { process: child, ended } of services.splice(0)) {
    child.kill("SIGKILL");
    await ended;
  }
  await database.dispose();
});

const signIn = async (url: string, email: string, password: string): Promise<number> => {
  const query = "mutation ($e: String!, $p: String!) { signIn(email: $e, password: $p) { user { level } } }";
  const reply = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ query, variables: { e: email, p: password } }),
  });
  return reply.status;
};

/** Posts `body`; `onSent` gets a promise of its having left, and the result is the reply's status. */
function post(url: string, body: string, onSent: (flushed: Promise<void>) => void): Promise<number | undefined> {
  return new Promise((done, fail) => {
    const outgoing = request(url, { method: "POST", headers: { "content-type": "application/json" } }, (reply) =>
      reply.resume().on("end", () => done(reply.statusCode)),
    );
    onSent(new Promise((flushed) => outgoing.on("finish", flushed)));
    outgoing.on("error", fail).end(body);
  });
}

describe("the first start on an empty database", () => {
  it("prints a one-time password once, which signs the owner in; a second start prints none", async () => {
    const first = start({ DATABASE_URL: database.url });
    const url = await first.url;
    const [, email = "", password = ""] =
      /First owner: (\S+)\nPassword, shown this once: (\S+)\n/.exec(first.output()) ?? [];
    expect(password).toMatch(/^[0-9A-Za-z]{24}$/);
    expect(first.output().split(password)).toHaveLength(2);
    expect(await signIn(url, email, password)).toBe(200);
    first.process.kill("SIGTERM");
    expect(await first.ended).toBe(0);

    const again = start({ DATABASE_URL: database.url });
    expect(await signIn(await again.url, email, password)).toBe(200);
    expect(again.output()).not.toMatch(/Password|First owner/);
  });

  it("takes the owner from the environment, and never writes the password anywhere", async () => {
    const owner = { LATCHKEY_OWNER_EMAIL: "me@example.com", LATCHKEY_OWNER_PASSWORD: "correct horse battery staple" };
    const service = start({ DATABASE_URL: database.url, LOG_LEVEL: "debug", ...owner });
    expect(await signIn(await service.url, owner.LATCHKEY_OWNER_EMAIL, owner.LATCHKEY_OWNER_PASSWORD)).toBe(200);
    expect(service.output()).not.toContain(owner.LATCHKEY_OWNER_PASSWORD);
  });

  it("says that TRUST_PROXY=true believes any client, and says nothing of proxies that are named", async () => {
    const service = start({ DATABASE_URL: database.url, TRUST_PROXY: "true" });
    await service.url;
    const lines = service
      .output()
      .split("\n")
      .filter((line) => line.includes("TRUST_PROXY"));
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { level: 40, msg: expect.stringMatching(/believes whatever address a client writes/) },
    ]);
    for (const TRUST_PROXY of ["10.0.0.0/8", "false"]) {
      const quiet = start({ DATABASE_URL: database.url, TRUST_PROXY });
      await quiet.url;
      expect(quiet.output()).not.toContain("TRUST_PROXY");
    }
  });

  it("by several instances at the same moment makes one owner and one set of built-in roles", async () => {
    const log = pino({ level: "silent" });
    const config = { database: parseDatabaseUrl(database.url), secret: SECRET, documentsDir: "/nowhere" };
    const booted = await Promise.all([1, 2, 3].map(() => boot(config, systemClock, log)));
    const owners = await Promise.all(booted.map(({ operator }) => ensureOwner(operator, {})));
    expect(owners.filter((owner) => owner !== null)).toHaveLength(1);
    const [{ store } = { store: null }] = booted;
    expect(await store?.select("SELECT id FROM `user`", [])).toHaveLength(1);
    expect(await store?.select("SELECT id FROM role", [])).toHaveLength(5);
    expect(await store?.select("SELECT id FROM audit_event WHERE action = 'role.create'", [])).toHaveLength(5);
    for (const instance of booted) await instance.store.close();
  });
});

// Which database it is makes no difference here.
const once = dialect === "sqlite" ? describe : undefined;
once?.("a start that cannot succeed", () => {
  const taken = createServer();
  let takenPort: string;
  beforeAll(async () => {
    await new Promise<void>((done) => taken.listen(0, "127.0.0.1", done));
    takenPort = String((taken.address() as { port: number }).port);
  });
  afterAll(() => taken.close());

  const PASSWORD = "hunter2hunter2";
  it.each<[string, () => Record<string, string>, RegExp]>([
    ["a port in use", () => ({ PORT: takenPort }), /port \d+ on 127\.0\.0\.1 is in use: set PORT/],
    ["a bad database URL", () => ({ DATABASE_URL: `postgres://me:${PASSWORD}@db/x` }), /DATABASE_URL must look like/],
    [
      "a database that is down",
      () => ({ DATABASE_URL: `mysql://me:${PASSWORD}@127.0.0.1:1/latchkey` }),
      /the database at 127\.0\.0\.1:1\/latchkey cannot be used/,
    ],
    ["a secret that is too short", () => ({ LATCHKEY_SECRET: "short" }), /LATCHKEY_SECRET must have at least 32/],
    [
      "an owner's password that is too short",
      () => ({ LATCHKEY_OWNER_EMAIL: "me@example.com", LATCHKEY_OWNER_PASSWORD: "short" }),
      /LATCHKEY_OWNER_PASSWORD must have 12 to 200 characters/,
    ],
    [
      "an owner's address that is none",
      () => ({ LATCHKEY_OWNER_EMAIL: "me" }),
      /LATCHKEY_OWNER_EMAIL must be an email/,
    ],
  ])("for %s says so in one line without secrets, and ends with 1", async (_what, environment, message) => {
    const service = start({ DATABASE_URL: database.url, ...environment() });
    expect(await service.ended).toBe(1);
    expect(service.output()).toMatch(message);
    expect(service.output().trim().split("\n")).toHaveLength(1);
    expect(service.output()).not.toContain(PASSWORD);
  });
});

describe("a stop by signal", () => {
  it("lets requests under way finish, then ends with 0", async () => {
    const owner = { LATCHKEY_OWNER_EMAIL: "me@example.com", LATCHKEY_OWNER_PASSWORD: "correct horse battery staple" };
    const service = start({ DATABASE_URL: database.url, ...owner });
    const url = await service.url;
    // Password verifications, so that some are certainly still waiting when the signal comes.
    const body = JSON.stringify({
      query: "mutation ($e: String!, $p: String!) { signIn(email: $e, password: $p) { user { level } } }",
      variables: { e: owner.LATCHKEY_OWNER_EMAIL, p: owner.LATCHKEY_OWNER_PASSWORD },
    });
    const sent: Promise<void>[] = [];
    const replies = Array.from({ length: 10 }, () => post(`${url}/graphql`, body, (flushed) => sent.push(flushed)));
    await Promise.all(sent);
    for (let at = 0; at < 2; at++) await fetch(`${url}/healthz`);
    service.process.kill("SIGTERM");
    expect(new Set(await Promise.all(replies))).toEqual(new Set([200]));
    expect(await service.ended).toBe(0);
  });
});

describe("a start under another LATCHKEY_SECRET", () => {
  it("says so in the log, and one under the same says nothing", async () => {
    for (const [secret, warned] of [
      [SECRET, false],
      [SECRET, false],
      [`${SECRET}, another one`, true],
    ] as const) {
      const service = start({ DATABASE_URL: database.url, LATCHKEY_SECRET: secret });
      await service.url;
      service.process.kill("SIGTERM");
      await service.ended;
      expect(service.output().includes("LATCHKEY_SECRET is not the one")).toBe(warned);
    }
  });
});
