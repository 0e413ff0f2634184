import { randomUUID } from "node:crypto";
import { makeToken } from "../../src/kernel/token";
import { type Administration, administer } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

let latchkey: TestLatchkey;
let second: TestLatchkey;
let admin: Administration;
beforeAll(async () => {
  latchkey = await startLatchkey({ trustProxy: ["127.0.0.1"] });
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});

let reporters = 0;
/** Reports from an address that has not reported yet, so that limits do not meet other tests. */
const report = (token: string, from = `203.0.113.${++reporters}`) =>
  latchkey.query("mutation ($token: String!) { reportLeakedApiKey(token: $token) }", {
    variables: { token },
    headers: { "x-forwarded-for": from, "apollographql-client-name": "github secret scanning" },
  });

const GRANTS = [{ resource: "employee", actions: ["READ"] }];
const newKey = (rest: object = {}) => admin.key(latchkey.ownerToken, { grants: GRANTS, ...rest });
const works = async (token: string, on = latchkey): Promise<boolean> =>
  (await on.query("{ employees { totalCount } }", { token })).status === 200;
const statusOf = async (id: string): Promise<string> => {
  const { apiKey } = await admin.asOwner<{ apiKey: { status: string } }>(
    "query ($id: ID!) { apiKey(id: $id) { status } }",
    { id },
  );
  return apiKey.status;
};
const rotate = async (id: string, graceSeconds: number): Promise<string> => {
  const { rotateApiKey } = await admin.asOwner<{ rotateApiKey: { token: string } }>(
    "mutation ($id: ID!, $graceSeconds: Int) { rotateApiKey(id: $id, graceSeconds: $graceSeconds) { token } }",
    { id, graceSeconds },
  );
  return rotateApiKey.token;
};

describe("B10: a report of a leaked API key", () => {
  it("revokes the key, from its next request on, on every instance", async () => {
    const { id, token } = await newKey();
    expect([await works(token), await works(token, second)]).toEqual([true, true]);
    expect(await report(token)).toMatchObject({ status: 200, data: { reportLeakedApiKey: true } });
    expect([await works(token), await works(token, second)]).toEqual([false, false]);
    expect(await statusOf(id)).toBe("REVOKED");
  });

  it("raises an event of high severity that says where the report came from, and holds no secret", async () => {
    const { id, token } = await newKey({ name: "Leaky one" });
    await report(token, "198.51.100.7");
    const { auditEvents } = await admin.asOwner<{ auditEvents: { nodes: object[] } }>(
      `query ($id: ID!) {
        auditEvents(filter: { targetId: $id, severity: HIGH }) {
          nodes { action actorKind targetKind targetName ip client after }
        }
      }`,
      { id },
    );
    expect(auditEvents.nodes).toEqual([
      {
        action: "apiKey.leakReported",
        actorKind: "NOBODY",
        targetKind: "apiKey",
        targetName: "Leaky one",
        ip: "198.51.100.7",
        client: "github secret scanning",
        after: expect.objectContaining({ revoked: true, secretState: "ACTIVE" }),
      },
    ]);
    expect(JSON.stringify(await latchkey.store.select("SELECT * FROM audit_event", []))).not.toContain(token);
    expect(latchkey.logged()).not.toContain(token);
  });

  it("revokes a key whose value was supplied, in whatever spelling it was found", async () => {
    const value = randomUUID();
    const { id } = await newKey({ value });
    await report(`{${value.toUpperCase()}}`);
    expect(await statusOf(id)).toBe("REVOKED");
    expect(await works(value)).toBe(false);
  });

  it("revokes it by the pending secret of a rotation, and by one in its grace period", async () => {
    const pending = await newKey();
    await report(await rotate(pending.id, 0));
    expect(await statusOf(pending.id)).toBe("REVOKED");
    expect(await works(pending.token)).toBe(false);

    const grace = await newKey();
    const next = await rotate(grace.id, 3600);
    expect(await works(next)).toBe(true);
    expect(await works(grace.token)).toBe(true);
    await report(grace.token);
    expect([await works(next), await works(grace.token)]).toEqual([false, false]);
  });

  it("revokes it while it is disabled or expired, since these could come back", async () => {
    const { id, token } = await newKey();
    await admin.asOwner("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", { id });
    await report(token);
    expect(await statusOf(id)).toBe("REVOKED");
    const expiring = await newKey({ expiresAt: new Date(latchkey.clock.now() + 60_000).toISOString() });
    await latchkey.store.change((tx) =>
      tx
        .createQueryBuilder()
        .update("api_key")
        .set({ expiresAt: new Date(0) })
        .where({ id: expiring.id })
        .execute(),
    );
    await report(expiring.token);
    expect(await statusOf(expiring.id)).toBe("REVOKED");
  });

  it("leaves the key alone when the secret is retired, and warns", async () => {
    const { id, token } = await newKey();
    const next = await rotate(id, 0);
    expect(await works(next)).toBe(true);
    expect(await works(token)).toBe(false);
    await report(token);
    expect(await works(next)).toBe(true);
    expect(await admin.audited("apiKey.leakReported", id)).toMatchObject([{ severity: "WARNING" }]);
  });

  it("of a retired secret is one row a minute, whoever repeats it from wherever, and moves no epoch", async () => {
    const { id, token } = await newKey();
    expect(await works(await rotate(id, 0))).toBe(true);
    const epoch = await latchkey.store.readEpoch();
    for (let times = 0; times < 8; times++) expect((await report(token)).status).toBe(200);
    expect(await admin.audited("apiKey.leakReported", id)).toHaveLength(1);
    latchkey.clock.advance(61_000);
    await report(token);
    expect(await admin.audited("apiKey.leakReported", id)).toHaveLength(2);
    expect(await latchkey.store.readEpoch()).toBe(epoch);
  });

  it("ends a session, and says whose in the trail", async () => {
    const { id, token } = await admin.person();
    expect((await latchkey.query("{ viewer { kind } }", { token })).status).toBe(200);
    await report(token);
    expect((await latchkey.query("{ viewer { kind } }", { token })).status).toBe(401);
    expect(await admin.audited("session.leakReported", id)).toMatchObject([{ severity: "HIGH" }]);
  });

  it("ends an open password reset", async () => {
    const { id } = await admin.person();
    const { createPasswordReset } = await admin.asOwner<{ createPasswordReset: { token: string } }>(
      "mutation ($id: ID!) { createPasswordReset(userId: $id) { token } }",
      { id },
    );
    const { token } = createPasswordReset;
    await report(token);
    const reset = 'mutation ($token: String!) { resetPassword(token: $token, next: "some other long words") }';
    expect((await latchkey.query(reset, { variables: { token } })).errors).toBeDefined();
    expect(await admin.audited("user.passwordResetLeakReported", id)).toHaveLength(1);
  });

  it.each([
    ["an unknown token", makeToken("live", "AbCdEfGhIjKl")],
    ["a wrong checksum", `${makeToken("live", "AbCdEfGhIjKl").slice(0, -6)}000000`],
    ["an unknown GUID", randomUUID()],
    ["nothing", ""],
    ["text with NUL", "lk_live_\u0000"],
    ["half a megabyte", "x".repeat(500_000)],
    ["a digest", "a".repeat(64)],
  ])("answers %s as it answers a live key, and changes nothing", async (_what, token) => {
    const live = await report((await newKey()).token);
    const before = await admin.state();
    const reply = await report(token);
    expect([reply.status, reply.text]).toEqual([live.status, live.text]);
    expect(await admin.state()).toBe(before);
  });

  it("changes nothing the second time", async () => {
    const { token } = await newKey();
    await report(token);
    const before = await admin.state();
    expect(await report(token)).toMatchObject({ data: { reportLeakedApiKey: true } });
    expect(await admin.state()).toBe(before);
  });

  it("is recorded once when it comes twice at the same moment", async () => {
    const { id, token } = await newKey();
    await Promise.all([report(token), report(token), report(token)]);
    expect(await admin.audited("apiKey.leakReported", id)).toHaveLength(1);
  });

  it("is limited by address, also within one document, and another address is not", async () => {
    const from = "192.0.2.99";
    const fields = Array.from({ length: 20 }, (_unused, at) => `a${at}: reportLeakedApiKey(token: "x")`).join(" ");
    const twenty = () =>
      latchkey.query<Record<string, unknown>>(`mutation { ${fields} }`, { headers: { "x-forwarded-for": from } });
    expect((await twenty()).errors).toBeUndefined();
    expect((await twenty()).errors?.[0]?.extensions.code).toBe("RATE_LIMITED");
    const { token } = await newKey();
    expect(await report(token, from)).toMatchObject({
      status: 429,
      errors: [{ extensions: { code: "RATE_LIMITED" } }],
    });
    expect(await works(token)).toBe(true);
    expect((await report(token)).status).toBe(200);
    expect(await works(token)).toBe(false);
  });
});
