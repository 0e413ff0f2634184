import {
  type Administration,
  administer,
  databaseUses,
  PASSWORD,
  type TestPerson,
  unique,
} from "../support/administration";
import { type FreshDatabase, freshDatabase } from "../support/database";
import { dialect } from "../support/dialect";
import { OWNER, type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type SeverableProxy, startProxy } from "../support/severable-proxy";

const LIST = "{ employees { totalCount } }";
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const CREATE_SET = "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }";
const SIGN_IN =
  "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken } }";

let latchkey: TestLatchkey;
let admin: Administration;
let key: { token: string };
let person: TestPerson;

async function fill(): Promise<void> {
  admin = administer(latchkey);
  person = await admin.person({ roles: ["Developer"] });
  key = await admin.key(person.token, { grants: [NAMES] });
  // Known from here on: a service that trusted its memory would go on answering.
  for (const { token } of [key, person]) expect((await latchkey.query(LIST, { token })).status).toBe(200);
}

const attempts = (): Promise<Reply>[] => [
  latchkey.query(LIST, { token: key.token }),
  latchkey.query("{ viewer { kind } }", { token: key.token }),
  latchkey.query("{ __typename }", { token: key.token }),
  latchkey.query("{ viewer { kind } }", { token: person.token }),
  latchkey.query("{ viewer { kind } }", { headers: { cookie: `latchkey_session=${person.token}` } }),
  latchkey.query(SIGN_IN, { variables: OWNER }),
  latchkey.query(CREATE_SET, {
    token: latchkey.ownerToken,
    variables: { input: { name: unique("Set"), grants: [NAMES] } },
  }),
];

/** What everybody is told while the database is gone, and what they are still told. */
async function expectUnavailable(): Promise<void> {
  for (const reply of await Promise.all(attempts())) {
    expect(reply).toMatchObject({ status: 503, errors: [{ extensions: { code: "UNAVAILABLE" } }] });
    expect(reply.data ?? null).toBeNull();
    expect(reply.text).not.toMatch(/SELECT|ECONN|sqlite|libsql|mysql|127\.0\.0\.1|connection|at /i);
  }
  const [health, ready] = await Promise.all(["/healthz", "/readyz"].map((path) => fetch(`${latchkey.url}${path}`)));
  expect([health?.status, ready?.status]).toEqual([200, 503]);
  // What no database is needed for is answered as ever.
  expect((await latchkey.query("{ __typename }")).status).toBe(200);
  expect(await latchkey.query(LIST, { token: "junk" })).toMatchObject({ status: 401 });
  expect((await latchkey.query(LIST)).status).toBe(401);
}

describe("a service whose database is closed under it", () => {
  let database: FreshDatabase;
  beforeAll(async () => {
    database = await freshDatabase();
    latchkey = await startLatchkey({ database });
    await fill();
  });
  afterAll(async () => {
    await latchkey?.stop().catch(() => undefined);
    await database?.dispose();
  });

  it("answers UNAVAILABLE to everything that would need it, also to keys that it has just served", async () => {
    expect(await databaseUses(latchkey, () => latchkey.query(LIST, { token: key.token }))).toBeGreaterThan(0);
    await latchkey.store.close();
    await expectUnavailable();
    expect(latchkey.logged()).toContain("The database cannot be reached");
    expect(latchkey.logged()).not.toContain("unexpected error");
  });
});

const onMariaDb = dialect === "mariadb" ? describe : undefined;
onMariaDb?.("a service whose database server goes away and comes back", () => {
  let database: FreshDatabase;
  let proxy: SeverableProxy;
  beforeAll(async () => {
    database = await freshDatabase();
    const url = new URL(database.url);
    proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    latchkey = await startLatchkey({ database: { ...database, url: url.href } });
    await fill();
  });
  afterAll(async () => {
    await latchkey?.stop();
    await proxy?.sever();
    await database?.dispose();
  });

  it("answers UNAVAILABLE while it is away, and as before once it is back, with nothing half written", async () => {
    const before = await admin.state();
    for (let outage = 0; outage < 2; outage++) {
      await proxy.sever();
      await expectUnavailable();
      await expectUnavailable();
      await proxy.mend();
      expect((await fetch(`${latchkey.url}/readyz`)).status).toBe(200);
      for (const { token } of [key, person]) expect((await latchkey.query(LIST, { token })).status).toBe(200);
    }
    expect(await admin.state()).toBe(before);
    await latchkey.signIn(person.email, PASSWORD);
  });

  it("sees, once it is back, what others changed meanwhile", async () => {
    await proxy.sever();
    const other = await startLatchkey({ database, clock: latchkey.clock });
    await other.data("mutation ($id: ID!) { setUserStatus(id: $id, status: DISABLED) { id } }", {
      token: other.ownerToken,
      variables: { id: person.id },
    });
    await other.stop();
    await expectUnavailable();
    await proxy.mend();
    for (const { token } of [key, person]) expect((await latchkey.query(LIST, { token })).status).toBe(401);
  });

  it("that is cut off in the middle of a request answers UNAVAILABLE or has done it, and never both ways", async () => {
    for (let round = 0; round < 5; round++) {
      const name = unique("Cut");
      const reply = latchkey.query(CREATE_SET, {
        token: latchkey.ownerToken,
        variables: { input: { name, grants: [NAMES] } },
      });
      await new Promise((resolve) => setTimeout(resolve, round * 3));
      await proxy.sever();
      const { status } = await reply;
      await proxy.mend();
      const written = await latchkey.store.select("SELECT id FROM api_set WHERE name = ?", [name]);
      const recorded = await latchkey.store.select("SELECT id FROM audit_event WHERE targetName = ?", [name]);
      expect(recorded).toHaveLength(written.length);
      expect([status, written.length]).toEqual(status === 200 ? [200, 1] : [503, written.length]);
    }
  });
});

onMariaDb?.("a service whose database server is frozen: connections stand, and nothing is said", () => {
  const longestSilenceMs = 500;
  /** Two waits of a request: for what is under way, then for its own, on a connection that is yet to be made (5 s). */
  const longestAnswerMs = 12_000;
  let database: FreshDatabase;
  let proxy: SeverableProxy;
  beforeAll(async () => {
    database = await freshDatabase();
    const url = new URL(database.url);
    proxy = await startProxy(Number(url.port));
    url.port = String(proxy.port);
    latchkey = await startLatchkey({ database: { ...database, url: url.href }, longestSilenceMs });
    await fill();
  });
  afterAll(async () => {
    proxy?.thaw();
    await latchkey?.stop();
    await proxy?.sever();
    await database?.dispose();
  });

  it("answers UNAVAILABLE instead of waiting, and as before once the server is back, with nothing half written", async () => {
    const before = await admin.state();
    for (let outage = 0; outage < 2; outage++) {
      proxy.freeze();
      const frozenAt = Date.now();
      await expectUnavailable();
      expect(Date.now() - frozenAt).toBeLessThan(longestAnswerMs);
      proxy.thaw();
      for (const { token } of [key, person]) expect((await latchkey.query(LIST, { token })).status).toBe(200);
    }
    expect(await admin.state()).toBe(before);
    await latchkey.signIn(person.email, PASSWORD);
  }, 60_000);

  it("frees the connections that it waited on: the next outage finds a pool that is whole", async () => {
    proxy.freeze();
    const replies = await Promise.all(Array.from({ length: 30 }, () => latchkey.query(LIST, { token: key.token })));
    expect(replies.map(({ status }) => status)).toEqual(replies.map(() => 503));
    proxy.thaw();
    const after = await Promise.all(Array.from({ length: 30 }, () => latchkey.query(LIST, { token: key.token })));
    expect(after.map(({ status }) => status)).toEqual(after.map(() => 200));
  }, 60_000);

  it("leaves a statement alone that waits for its turn while others are answered", async () => {
    const waiting = latchkey.store.select("SELECT SLEEP(?) AS slept", [(longestSilenceMs * 0.6) / 1000]);
    const behind = Array.from({ length: 20 }, () => latchkey.store.select("SELECT SLEEP(0.3) AS slept", []));
    await expect(Promise.all([waiting, ...behind])).resolves.toHaveLength(21);
    await expect(latchkey.store.select("SELECT SLEEP(2) AS slept", [])).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });
});

onMariaDb?.("a command, which is told of no longest silence", () => {
  it("waits for a statement for as long as it takes", async () => {
    const database = await freshDatabase();
    const other = await startLatchkey({ database });
    await expect(other.store.select("SELECT SLEEP(1.5) AS slept", [])).resolves.toHaveLength(1);
    await other.stop();
    await database.dispose();
  });
});
