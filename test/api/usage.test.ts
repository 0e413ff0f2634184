import { type Administration, administer } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const USAGE = `query ($id: ID!, $from: DateTime, $to: DateTime) {
  apiKey(id: $id) {
    lastUsedAt lastUsedIp lastUsedClient status
    usage(from: $from, to: $to) { hour operationName calls denials errors }
  }
}`;

interface Row {
  readonly hour: string;
  readonly operationName: string;
  readonly calls: number;
  readonly denials: number;
  readonly errors: number;
}

interface Used {
  readonly lastUsedAt: string | null;
  readonly lastUsedIp: string | null;
  readonly lastUsedClient: string | null;
  readonly status: string;
  readonly usage: readonly Row[];
}

let latchkey: TestLatchkey;
/** A second instance on the same database, whose clock is an hour behind. */
let second: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey({ trustProxy: ["127.0.0.1"] });
  const behind = { now: () => latchkey.clock.now() - HOUR, advance: latchkey.clock.advance };
  second = await startLatchkey({ database: latchkey.database, clock: behind, trustProxy: ["127.0.0.1"] });
  admin = administer(latchkey);
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});
afterEach(() => jest.restoreAllMocks());

const newKey = (given: object = {}, by = latchkey.ownerToken) =>
  admin.key(by, { grants: [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }], ...given });
const read = async (id: string, range: { from?: string; to?: string } = {}): Promise<Used> =>
  (await admin.asOwner<{ apiKey: Used }>(USAGE, { id, ...range })).apiKey;
const callsOf = ({ usage }: Used): number => usage.reduce((sum, { calls }) => sum + calls, 0);
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** What is shown of a key once it shows so many calls; fails the test after five seconds, a second being promised. */
async function shown(id: string, calls: number): Promise<Used> {
  for (const deadline = Date.now() + 5_000; ; await pause(50)) {
    const used = await read(id);
    // Key and counts are two statements, between which they may have been written.
    if (callsOf(used) === calls) return read(id);
    if (Date.now() > deadline) throw new Error(`shows ${callsOf(used)} calls instead of ${calls}`);
  }
}

const call = (
  token: string,
  query = "query List { employees { nodes { firstName } } }",
  instance = latchkey,
  from = {},
) => instance.query(query, { token, headers: { "x-forwarded-for": "192.0.2.10", ...from } });

describe("the use of an API key", () => {
  it("shows when, from where and by which client it was last used, within about a second", async () => {
    const { id, token } = await newKey();
    expect(await read(id)).toMatchObject({ lastUsedAt: null, lastUsedIp: null, lastUsedClient: null, usage: [] });
    const before = latchkey.clock.now();
    const client = { "apollographql-client-name": "payroll-sync", "x-forwarded-for": "198.51.100.4" };
    expect((await call(token, undefined, latchkey, client)).status).toBe(200);
    const after = latchkey.clock.now();
    const used = await shown(id, 1);
    expect(used).toMatchObject({ lastUsedIp: "198.51.100.4", lastUsedClient: "payroll-sync" });
    const at = Date.parse(used.lastUsedAt ?? "");
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(after);
  });

  it("is counted by hour and operation name: calls, denials and errors", async () => {
    const { id, token } = await newKey();
    const hour = new Date(latchkey.clock.now() - (latchkey.clock.now() % HOUR)).toISOString();
    await call(token);
    await call(token);
    expect((await call(token, "query List { employees { nodes { salary } } }")).status).toBe(403);
    expect((await call(token, 'mutation Remove { deleteEmployee(id: "x") { id } }')).status).toBe(403);
    expect((await call(token, "query One { employees(first: 501) { nodes { firstName } } }")).status).toBe(400);
    await call(token, "{ employees { totalCount } }");
    expect((await call(token, "{ employees {")).status).toBe(400);
    expect((await call(token, "query A { __typename } query B { __typename }")).status).toBe(400);
    const { usage } = await shown(id, 8);
    const rows = usage.filter((row) => row.hour === hour || Date.parse(row.hour) > Date.parse(hour));
    const sum = new Map<string, number[]>();
    for (const { operationName, calls, denials, errors } of rows) {
      const [c = 0, d = 0, e = 0] = sum.get(operationName) ?? [];
      sum.set(operationName, [c + calls, d + denials, e + errors]);
    }
    expect(Object.fromEntries(sum)).toEqual({
      List: [3, 1, 0],
      Remove: [1, 1, 0],
      One: [1, 0, 1],
      "(anonymous)": [1, 0, 0],
      "(invalid)": [2, 0, 2],
    });
  });

  it("counts what is turned away at the door as denials, which are no use of it", async () => {
    const { id, token } = await newKey({ allowedIps: ["203.0.113.0/24"] });
    expect((await call(token)).status).toBe(403);
    const used = await shown(id, 1);
    expect(used.usage).toMatchObject([{ operationName: "(refused)", calls: 1, denials: 1, errors: 0 }]);
    expect(used).toMatchObject({ lastUsedAt: null, lastUsedIp: null });
  });

  it("does not count sessions", async () => {
    const { id } = await newKey();
    await read(id);
    await pause(1_100);
    expect((await read(id)).usage).toEqual([]);
  });

  it("never waits for a write: requests are answered while the database takes none", async () => {
    const { id, token } = await newKey();
    const writes = holdWrites();
    for (let at = 0; at < 5; at++) expect((await call(token)).status).toBe(200);
    await pause(1_000);
    expect((await call(token)).status).toBe(200);
    expect(writes.waiting()).toBe(1);
    expect(callsOf(await read(id))).toBe(0);
    writes.release();
    await shown(id, 6);
  });

  it("moves no epoch, so nothing that instances remember becomes worthless", async () => {
    const { id, token } = await newKey();
    const epoch = await latchkey.store.readEpoch();
    await call(token);
    await shown(id, 1);
    expect(await latchkey.store.readEpoch()).toBe(epoch);
  });

  it("adds up over instances that write at the same moment", async () => {
    const { id, token } = await newKey();
    for (let round = 0; round < 4; round++) {
      await Promise.all(Array.from({ length: 20 }, (_, at) => call(token, undefined, at % 2 ? second : latchkey)));
      await pause(200);
    }
    expect(callsOf(await shown(id, 80))).toBe(80);
  });

  it("never goes back to an earlier last use, also when an instance whose clock is behind writes later", async () => {
    const { id, token } = await newKey();
    await call(token);
    const { lastUsedAt } = await shown(id, 1);
    await call(token, undefined, second, { "x-forwarded-for": "203.0.113.9" });
    expect(await shown(id, 2)).toMatchObject({ lastUsedAt, lastUsedIp: "192.0.2.10" });
  });

  it("is kept and written once when writing fails, whatever comes in between", async () => {
    const { id, token } = await newKey();
    const failing = jest.spyOn(latchkey.store, "transaction").mockRejectedValue(new Error("disk full"));
    await call(token);
    while (failing.mock.calls.length < 1) await pause(50);
    await call(token);
    while (failing.mock.calls.length < 3) await pause(50);
    expect(callsOf(await read(id))).toBe(0);
    failing.mockRestore();
    await shown(id, 2);
    await pause(1_100);
    expect(callsOf(await read(id))).toBe(2);
    expect(latchkey.logged()).toContain("use of API keys could not be written; it is kept");
  });

  it("neither is lost nor revives the key when it is revoked while a flush is under way", async () => {
    const { id, token } = await newKey();
    const writes = holdWrites();
    await call(token);
    while (writes.waiting() === 0) await pause(20);
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { status } }", { id });
    const refused = await call(token);
    writes.release();
    const used = await shown(id, 2);
    expect(refused.status).toBe(401);
    expect(used.status).toBe("REVOKED");
    expect(used.lastUsedAt).not.toBeNull();
    expect(used.usage.map(({ operationName }) => operationName).sort()).toEqual(["(refused)", "List"]);
    expect((await call(token)).status).toBe(401);
  });

  it("survives a stop right after the call", async () => {
    const { id, token } = await newKey();
    const third = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    await third.query("query Last { __typename }", { token });
    await third.stop();
    expect(await read(id)).toMatchObject({ lastUsedIp: "127.0.0.1", usage: [{ operationName: "Last", calls: 1 }] });
  });

  it("takes bounded room, however a client names its operations; every call is counted", async () => {
    const { id, token } = await newKey();
    for (let at = 0; at < 70; at++) await call(token, `query N${at} { __typename }`);
    await call(token, `query ${"x".repeat(3_000)} { __typename }`);
    const { usage } = await shown(id, 71);
    const names = new Set(usage.map(({ operationName }) => operationName));
    expect(names).toContain("(other)");
    // The hour may have changed in between.
    expect(names.size).toBeLessThanOrEqual(102);
    expect(usage.filter(({ hour }) => hour === usage[0]?.hour).length).toBeLessThanOrEqual(51);
  });

  it("keeps 120 characters of a name", async () => {
    const { id, token } = await newKey();
    await call(token, `query ${"x".repeat(3_000)} { __typename }`);
    expect((await shown(id, 1)).usage).toMatchObject([{ operationName: "x".repeat(120) }]);
  });

  it("is seen by the key itself, but not its use by others", async () => {
    const { id, token } = await newKey();
    await call(token);
    await shown(id, 1);
    const own = await call(token, "query Self { viewer { apiKey { id usage { operationName calls } } } }");
    expect(own.data).toEqual({ viewer: { apiKey: { id, usage: [{ operationName: "List", calls: 1 }] } } });
    const stranger = await admin.person({ roles: ["Developer"] });
    expect(await latchkey.data(USAGE, { token: stranger.token, variables: { id } })).toEqual({ apiKey: null });
  });
});

describe("a list of use", () => {
  /** Fixed, so that the hour may change meanwhile. */
  let thisHour: number;
  beforeAll(() => {
    thisHour = latchkey.clock.now() - (latchkey.clock.now() % HOUR);
  });

  const stored = (apiKeyId: string, rows: readonly [hoursAgo: number, name: string][]) =>
    latchkey.store.transaction(async (tx) => {
      for (const [hoursAgo, operationName] of rows) {
        const hour = hourAgo(hoursAgo);
        await tx
          .getRepository("api_key_usage")
          .insert({ apiKeyId, hour, operationName, calls: 1, denials: 0, errors: 0 });
      }
    });
  const hourAgo = (hours: number) => new Date(thisHour - hours * HOUR);

  it("is the newest first, of the hours that overlap the range asked for", async () => {
    const { id } = await newKey();
    await stored(id, [
      [4, "D"],
      [2, "B"],
      [3, "C"],
      [1, "A"],
    ]);
    const names = async (range: object) =>
      (await read(id, range)).usage.map(({ operationName }) => operationName).join("");
    expect(await names({})).toBe("ABCD");
    expect(await names({ from: hourAgo(2).toISOString() })).toBe("AB");
    expect(await names({ from: new Date(hourAgo(2).getTime() + 1).toISOString() })).toBe("AB");
    expect(await names({ from: new Date(hourAgo(2).getTime() - 1).toISOString() })).toBe("ABC");
    expect(await names({ to: hourAgo(2).toISOString() })).toBe("CD");
    expect(await names({ from: hourAgo(3).toISOString(), to: new Date(hourAgo(2).getTime() + 1).toISOString() })).toBe(
      "BC",
    );
  });

  it("is refused for a range that ends before it begins", async () => {
    const { id } = await newKey();
    const now = new Date(latchkey.clock.now()).toISOString();
    const reply = await latchkey.query(USAGE, { token: latchkey.ownerToken, variables: { id, from: now, to: now } });
    expect(reply.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "to" });
  });

  it("has 500 rows at most, and at most 50 of them come in one reply", async () => {
    const { id } = await newKey();
    await stored(
      id,
      Array.from({ length: 510 }, (_, hour): [number, string] => [hour + 1, "List"]),
    );
    const { usage } = await read(id);
    expect(usage).toHaveLength(500);
    expect(usage.at(-1)?.hour).toBe(hourAgo(500).toISOString());
    const times = (lists: number) =>
      latchkey.query(
        `query ($id: ID!) { apiKey(id: $id) { ${Array.from({ length: lists }, (_, at) => `l${at}: usage { calls }`).join(" ")} } }`,
        { token: latchkey.ownerToken, variables: { id } },
      );
    expect((await times(50)).errors).toBeUndefined();
    expect((await times(51)).errors?.[0]?.extensions.code).toBe("QUERY_TOO_COSTLY");
  });

  it("reaches back 400 days: what is older is removed", async () => {
    const { id } = await newKey();
    await stored(id, [
      [399 * 24, "Kept"],
      [401 * 24, "Old"],
    ]);
    const third = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    for (const deadline = Date.now() + 5_000; Date.now() < deadline; await pause(50)) {
      if ((await read(id)).usage.length === 1) break;
    }
    await third.stop();
    expect((await read(id)).usage).toMatchObject([{ operationName: "Kept" }]);
  });
});

describe("the filter for keys unused for N days", () => {
  const unused = async (unusedForDays: number, token = latchkey.ownerToken) => {
    const query = "query ($filter: ApiKeyFilter) { apiKeys(filter: $filter, first: 500) { nodes { id } } }";
    const variables = { filter: { unusedForDays } };
    const { apiKeys } = await latchkey.data<{ apiKeys: { nodes: { id: string }[] } }>(query, { token, variables });
    return apiKeys.nodes.map(({ id }) => id);
  };

  it("lists live keys whose last use, or creation when they had none, is so long ago", async () => {
    const [idle, used, revoked, gone] = await Promise.all([
      newKey(),
      newKey(),
      newKey(),
      newKey({ expiresAt: new Date(latchkey.clock.now() + 2 * DAY).toISOString() }),
    ]);
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { status } }", { id: revoked.id });
    latchkey.clock.advance(30 * DAY);
    // Sessions do not last so long.
    const owner = await latchkey.signIn("owner@example.com", "correct horse battery staple");
    const fresh = await newKey({}, owner);
    await call(used.token);
    await pause(1_200);
    const listed = await unused(30, owner);
    expect(listed).toContain(idle.id);
    for (const other of [used, revoked, gone, fresh]) expect(listed).not.toContain(other.id);
    expect(await unused(31, owner)).not.toContain(idle.id);
    expect(await unused(1, owner)).toContain(idle.id);
  });

  it.each([0, -1, 3_651])("refuses %d days", async (unusedForDays) => {
    const token = await latchkey.signIn("owner@example.com", "correct horse battery staple");
    const reply = await latchkey.query("query ($filter: ApiKeyFilter) { apiKeys(filter: $filter) { totalCount } }", {
      token,
      variables: { filter: { unusedForDays } },
    });
    expect(reply.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "filter.unusedForDays" });
  });
});

/** Lets no plain write of the first instance begin until `release`; administrative changes go on. */
function holdWrites() {
  const { transaction } = latchkey.store;
  let release: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (release = resolve));
  const spy = jest.spyOn(latchkey.store, "transaction").mockImplementation(async (work) => {
    await held;
    return transaction(work);
  });
  return {
    waiting: () => spy.mock.calls.length,
    release() {
      spy.mockRestore();
      release();
    },
  };
}
