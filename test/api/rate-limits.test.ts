import argon2 from "argon2";
import { makeToken, newTokenId } from "../../src/kernel/token";
import { createRateLimits } from "../../src/rate-limits/rate-limits";
import { RATE_RULES } from "../../src/rate-limits/rate-rules";
import { type Administration, administer, PASSWORD } from "../support/administration";
import { OWNER, type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";

let latchkey: TestLatchkey;
/** A second instance on the same database. Only a database server lets instances share counts. */
let second: TestLatchkey;
let admin: Administration;
let isShared: boolean;

beforeAll(async () => {
  latchkey = await startLatchkey({ trustProxy: ["127.0.0.1"] });
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock, trustProxy: ["127.0.0.1"] });
  isShared = latchkey.store.dialect === "mariadb";
  admin = administer(latchkey);
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});
afterEach(() => jest.restoreAllMocks());

let addresses = 0;
/** An address that nobody has come from yet. */
const newAddress = (): string => `198.51.100.${++addresses}`;
const statusesOf = (replies: readonly Reply[]): Record<number, number> => {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
};
const times = (count: number, work: (at: number) => Promise<Reply>): Promise<Reply[]> =>
  Promise.all(Array.from({ length: count }, (_, at) => work(at)));

/** Expects 429 that says, in the body and in the header alike, how many seconds to wait. */
function expectLimited(reply: Reply, longestSeconds: number): void {
  const { code, retryAfterSeconds } = reply.errors?.[0]?.extensions ?? { code: "none" };
  expect([reply.status, code, reply.data ?? null]).toEqual([429, "RATE_LIMITED", null]);
  expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
  expect(retryAfterSeconds).toBeLessThanOrEqual(longestSeconds);
  expect(reply.headers.get("retry-after")).toBe(String(retryAfterSeconds));
  expect(reply.errors?.[0]?.message).toContain(`Try again in ${retryAfterSeconds} second`);
}

describe("a key with calls per minute", () => {
  const grants = [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }];
  const newKey = (given: object) => admin.key(latchkey.ownerToken, { grants, ...given });
  const call = (token: string, query = "{ employees { nodes { firstName } } }", instance = latchkey) =>
    instance.query(query, { token });
  const update = (id: string, input: object) =>
    admin.asOwner<{ updateApiKey: { callsPerMinute: number | null } }>(
      "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { callsPerMinute } }",
      { id, input },
    );

  it("passes 10 of 50 at once when it has 10 left, on one instance or on several that share a database", async () => {
    const { token } = await newKey({ callsPerMinute: 15 });
    expect(statusesOf(await times(5, () => call(token)))).toEqual({ 200: 5 });
    const replies = await times(50, (at) => call(token, undefined, isShared && at % 2 ? second : latchkey));
    expect(statusesOf(replies)).toEqual({ 200: 10, 429: 40 });
    for (const reply of replies.filter(({ status }) => status === 429)) expectLimited(reply, 60);
  });

  it("is refused without a write once it has none left", async () => {
    const { token } = await newKey({ callsPerMinute: 1 });
    await call(token);
    expectLimited(await call(token), 60);
    const transaction = jest.spyOn(latchkey.store, "transaction");
    for (let at = 0; at < 10; at++) expectLimited(await call(token), 60);
    const writes = transaction.mock.calls.length;
    transaction.mockRestore();
    // Its use is recorded meanwhile.
    expect(writes).toBeLessThan(5);
  });

  it("is judged after where the request comes from, and before what it asks for", async () => {
    const bound = await newKey({ callsPerMinute: 1, allowedIps: ["203.0.113.0/24"] });
    const from = (ip: string) =>
      latchkey.query("{ __typename }", { token: bound.token, headers: { "x-forwarded-for": ip } });
    expect(statusesOf(await times(3, () => from("192.0.2.1")))).toEqual({ 403: 3 });
    expect((await from("203.0.113.5")).status).toBe(200);
    const spent = await newKey({ callsPerMinute: 1 });
    expect((await call(spent.token, "{ employees { nodes { salary } } }")).status).toBe(403);
    expectLimited(await call(spent.token, "{ employees { nodes { salary } } }"), 60);
    expectLimited(await call(spent.token, "{ not graphql"), 60);
  });

  it("is limited alone: other keys of the same owner and address are not", async () => {
    const [one, other] = [await newKey({ callsPerMinute: 1 }), await newKey({})];
    await call(one.token);
    expect((await call(one.token)).status).toBe(429);
    expect(statusesOf(await times(30, () => call(other.token)))).toEqual({ 200: 30 });
  });

  it("obeys an edit from its next call on; what it has used up in the minute stays", async () => {
    const { id, token } = await newKey({ callsPerMinute: 2 });
    expect(statusesOf(await times(4, () => call(token)))).toEqual({ 200: 2, 429: 2 });
    expect((await update(id, { callsPerMinute: 6 })).updateApiKey.callsPerMinute).toBe(6);
    const more = await times(6, () => call(token));
    expect(more.filter(({ status }) => status === 200).length).toBeGreaterThan(0);
    expect(more.filter(({ status }) => status === 200).length).toBeLessThanOrEqual(4);
    expect((await update(id, { callsPerMinute: null })).updateApiKey.callsPerMinute).toBeNull();
    expect(statusesOf(await times(30, () => call(token)))).toEqual({ 200: 30 });
    await update(id, { name: "Renamed" });
    expect((await update(id, { callsPerMinute: 1 })).updateApiKey.callsPerMinute).toBe(1);
    expect((await call(token)).status).toBe(429);
  });

  it.each([0, -1, 100_001])("cannot have %d", async (callsPerMinute) => {
    const reply = await latchkey.query(
      "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }",
      { token: latchkey.ownerToken, variables: { input: { name: "Limited", grants, callsPerMinute } } },
    );
    expect(reply.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "input.callsPerMinute" });
  });

  it("may have 1 to 100,000, and shows it, to the trail too", async () => {
    const { id } = await newKey({ callsPerMinute: 100_000 });
    const shown = await admin.asOwner("query ($id: ID!) { apiKey(id: $id) { callsPerMinute } }", { id });
    expect(shown).toEqual({ apiKey: { callsPerMinute: 100_000 } });
    expect((await admin.audited("apiKey.generate", id))[0]?.after).toContain('"callsPerMinute":100000');
  });
});

describe("failed sign-ins", () => {
  const signIn = (email: string, password: string, address: string, instance = latchkey) =>
    instance.query(
      "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { user { id } } }",
      {
        variables: { email, password },
        headers: { "x-forwarded-for": address },
      },
    );
  const { points: perAccount } = RATE_RULES.signInAccount;
  const { points: perAddress } = RATE_RULES.signInAddress;

  it("are limited per account, whether there is one or not, from however many addresses and on all instances that share counts", async () => {
    const person = await admin.person();
    for (const email of [person.email, "nobody-at-all@example.com"]) {
      const replies = await times(perAccount + 5, (at) =>
        signIn(
          at % 3 ? email : ` ${email.toUpperCase()}`,
          "wrong wrong wrong",
          newAddress(),
          isShared && at % 2 ? second : latchkey,
        ),
      );
      expect(statusesOf(replies)).toEqual({ 401: perAccount, 429: 5 });
      expectLimited(replies.find(({ status }) => status === 429) as Reply, 900);
    }
    expectLimited(await signIn(person.email, PASSWORD, newAddress()), 900);
    expect((await signIn(OWNER.email, OWNER.password, newAddress())).status).toBe(200);
  });

  it("are limited per address, for whatever accounts, and cost nothing from then on", async () => {
    const address = newAddress();
    const replies = await times(perAddress, (at) => signIn(`guess-${at}@example.com`, "wrong wrong wrong", address));
    expect(statusesOf(replies)).toEqual({ 401: perAddress });
    const failures = (await admin.audited("session.signInFailed")).length;
    const verify = jest.spyOn(argon2, "verify");
    expectLimited(await signIn("guess-again@example.com", "wrong wrong wrong", address), 900);
    expectLimited(await signIn(OWNER.email, OWNER.password, address), 900);
    const verified = verify.mock.calls.length;
    verify.mockRestore();
    expect(verified).toBe(0);
    expect(await admin.audited("session.signInFailed")).toHaveLength(failures);
    expect((await signIn(OWNER.email, OWNER.password, newAddress())).status).toBe(200);
  });

  it("count an IPv6 network as one address", async () => {
    const address = (at: number) => `2001:db8:77:1::${(at + 1).toString(16)}`;
    await times(perAddress, (at) => signIn(`six-${at}@example.com`, "wrong wrong wrong", address(at)));
    expect((await signIn(OWNER.email, OWNER.password, address(perAddress))).status).toBe(429);
    expect((await signIn(OWNER.email, OWNER.password, "2001:db8:77:2::1")).status).toBe(200);
  });

  it("are not added to by sign-ins that succeed, such as those of a whole office", async () => {
    const address = newAddress();
    const person = await admin.person();
    for (let at = 0; at < 6; at++) {
      const replies = await times(20, () => signIn(person.email, PASSWORD, address));
      expect(statusesOf(replies)).toEqual({ 200: 20 });
    }
  });

  it("count once per signIn of a document, and 1,000 aliases of it are no attempt at all", async () => {
    const address = newAddress();
    const document = (count: number) =>
      `mutation { ${Array.from({ length: count }, (_, at) => `s${at}: signIn(email: "alias-${at}@example.com", password: "wrong wrong wrong") { user { id } }`).join(" ")} }`;
    const post = (count: number) => latchkey.query(document(count), { headers: { "x-forwarded-for": address } });
    const verify = jest.spyOn(argon2, "verify");
    const many = await post(1_000);
    expect([many.status, many.errors?.[0]?.extensions.code]).toEqual([400, "QUERY_TOO_COSTLY"]);
    expect(verify).not.toHaveBeenCalled();
    // The first that fails ends the document.
    expect((await post(15)).status).toBe(401);
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it("leave no address of a stranger in the database", async () => {
    await signIn("typed-by-a-stranger@example.com", "wrong wrong wrong", newAddress());
    const rows = await latchkey.store.select("SELECT * FROM rate_limit", []);
    expect(rows.length > 0).toBe(isShared);
    expect(JSON.stringify(rows)).not.toContain("stranger");
  });

  it("and all other sign-ins are refused while attempts cannot be counted", async () => {
    if (!isShared) return;
    const verify = jest.spyOn(argon2, "verify");
    const unreachable = Object.assign(new Error("connect ECONNREFUSED"), { code: "ECONNREFUSED" });
    const query = jest.spyOn(latchkey.store.reader, "transaction").mockRejectedValue(unreachable);
    const reply = await signIn(OWNER.email, OWNER.password, newAddress());
    query.mockRestore();
    expect([reply.status, reply.errors?.[0]?.extensions.code]).toEqual([503, "UNAVAILABLE"]);
    expect(verify).not.toHaveBeenCalled();
  });
});

describe("an address that shows unknown credentials", () => {
  const show = (token: string, address: string, instance = latchkey) =>
    instance.query("{ __typename }", { token, headers: { "x-forwarded-for": address } });
  const { points } = RATE_RULES.unknownCredential;
  const unknown = (at: number) => (at % 2 ? makeToken("live", newTokenId()) : crypto.randomUUID());
  const showMany = async (address: string): Promise<Reply[]> => {
    const replies: Reply[] = [];
    for (let at = 0; at < points; at++) replies.push(await show(unknown(at), address));
    return replies;
  };

  it("is answered 401 so many times and then RATE_LIMITED, before any database work", async () => {
    const address = newAddress();
    expect(statusesOf(await showMany(address))).toEqual({ 401: points });
    expectLimited(await show(unknown(1), address), 60);
    const reads = [jest.spyOn(latchkey.store, "readEpoch"), jest.spyOn(latchkey.store.reader, "createQueryRunner")];
    expectLimited(await show(unknown(0), address), 60);
    expectLimited(await show(unknown(1), address), 60);
    for (const read of reads) expect(read).not.toHaveBeenCalled();
    expect((await show(unknown(1), newAddress())).status).toBe(401);
    // Nobody guesses a session's token, so nobody behind the address is kept from a new session.
    expect((await show(makeToken("sess", newTokenId()), address)).status).toBe(401);
    expect((await show(await latchkey.signIn(OWNER.email, OWNER.password), address)).status).toBe(200);
  });

  it("does not stop a neighbour behind it whom this instance knows, nor sign-ins", async () => {
    const address = newAddress();
    const [known, strange] = [
      await admin.key(latchkey.ownerToken, grantAll()),
      await admin.key(latchkey.ownerToken, grantAll()),
    ];
    expect((await show(known.token, address)).status).toBe(200);
    await showMany(address);
    expectLimited(await show(unknown(1), address), 60);
    expect((await show(known.token, address)).status).toBe(200);
    expect((await show(latchkey.ownerToken, address)).status).toBe(200);
    expectLimited(await show(strange.token, address), 60);
    expect((await show(strange.token, newAddress())).status).toBe(200);
    expect((await show(strange.token, address)).status).toBe(200);
  });

  it("spends nothing on junk, on keys that are refused, or on keys that are right", async () => {
    const address = newAddress();
    const key = await admin.key(latchkey.ownerToken, grantAll());
    const revoked = await admin.key(latchkey.ownerToken, grantAll());
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { status } }", { id: revoked.id });
    for (const token of ["lk_live_junk", key.token, revoked.token]) {
      const replies = await times(points + 10, () => show(token, address));
      expect(Object.keys(statusesOf(replies))).toEqual([token === key.token ? "200" : "401"]);
    }
    expect((await show(unknown(1), address)).status).toBe(401);
  });

  it("is known on every instance that shares counts after one more", async () => {
    if (!isShared) return;
    const address = newAddress();
    await showMany(address);
    expectLimited(await show(unknown(1), address, second), 60);
    expectLimited(await show(unknown(1), address, second), 60);
  });
});

describe("limits by themselves", () => {
  const refusals = async (count: number, take: () => Promise<void>): Promise<number> => {
    const results = await Promise.allSettled(Array.from({ length: count }, take));
    return results.filter(({ status }) => status === "rejected").length;
  };
  const withRule = (seconds: number, instance = latchkey) =>
    createRateLimits(instance.store, instance.operator.log, {
      ...RATE_RULES,
      leakReport: { points: 10, seconds, message: "Too many." },
    });

  it("begin anew when their window is over, all at once", async () => {
    const limits = withRule(1);
    expect(await refusals(25, () => limits.take("leakReport", "window"))).toBe(15);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect(await refusals(25, () => limits.take("leakReport", "window"))).toBe(15);
    limits.close();
  });

  it("take back exactly what is given back", async () => {
    const limits = withRule(60);
    await refusals(10, () => limits.take("leakReport", "returned"));
    await Promise.all(Array.from({ length: 4 }, () => limits.giveBack("leakReport", "returned")));
    expect(await refusals(10, () => limits.take("leakReport", "returned"))).toBe(6);
    limits.close();
  });

  it("refuse without counting what is known to be spent", async () => {
    const limits = withRule(60);
    expect(() => limits.refuseSpent("leakReport", "spent")).not.toThrow();
    await refusals(11, () => limits.take("leakReport", "spent"));
    expect(() => limits.refuseSpent("leakReport", "spent")).toThrow(expect.objectContaining({ code: "RATE_LIMITED" }));
    expect(() => limits.refuseSpent("leakReport", "another")).not.toThrow();
    limits.close();
  });
});

const grantAll = () => ({ grants: [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }] });
