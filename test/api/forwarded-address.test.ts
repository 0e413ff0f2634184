import { type Administration, administer } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

let latchkey: TestLatchkey;
let admin: Administration;
beforeAll(async () => {
  latchkey = await startLatchkey({ trustProxy: ["127.0.0.1"] });
  admin = administer(latchkey);
});
afterAll(() => latchkey?.stop());

const GRANTS = [{ resource: "employee", actions: ["READ"] }];
const newKey = (rest: object = {}) => admin.key(latchkey.ownerToken, { grants: GRANTS, ...rest });
/** Longer than any column of addresses. */
const junk = { "x-forwarded-for": "A".repeat(300) };
const zone = { "x-forwarded-for": `fe80::1%${"a".repeat(300)}` };
const within = async (read: () => Promise<boolean>): Promise<boolean> => {
  for (const deadline = Date.now() + 5_000; Date.now() < deadline; ) {
    if (await read()) return true;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return false;
};

describe("a client that has written no address into the X-Forwarded-For that a proxy passes on", () => {
  it("does not keep the use of other keys from being recorded, nor its own", async () => {
    const [liar, zoned, honest] = [await newKey(), await newKey(), await newKey()];
    await latchkey.data("{ viewer { kind } }", { token: liar.token, headers: junk });
    await latchkey.data("{ viewer { kind } }", { token: zoned.token, headers: zone });
    await latchkey.data("{ viewer { kind } }", { token: honest.token, headers: { "x-forwarded-for": "192.0.2.1" } });
    const used = () =>
      latchkey.store.select<{ id: string; lastUsedIp: string | null }>(
        "SELECT id, lastUsedIp FROM api_key WHERE lastUsedAt IS NOT NULL",
        [],
      );
    expect(await within(async () => (await used()).length === 3)).toBe(true);
    expect(Object.fromEntries((await used()).map(({ id, lastUsedIp }) => [id, lastUsedIp]))).toEqual({
      [liar.id]: null,
      [zoned.id]: null,
      [honest.id]: "192.0.2.1",
    });
  });

  it("does not escape the alert for a retired secret, nor the record of a bad sign-in", async () => {
    const { id, token } = await newKey();
    const { rotateApiKey } = await admin.asOwner<{ rotateApiKey: { token: string } }>(
      "mutation ($id: ID!) { rotateApiKey(id: $id) { token } }",
      { id },
    );
    await latchkey.data("{ viewer { kind } }", { token: rotateApiKey.token });
    expect((await latchkey.query("{ viewer { kind } }", { token, headers: junk })).status).toBe(401);
    expect(await admin.audited("apiKey.retiredSecretUsed", id)).toMatchObject([{ severity: "HIGH", ip: null }]);

    const before = (await admin.audited("session.signInFailed")).length;
    const signIn = 'mutation { signIn(email: "nobody@example.com", password: "x") { sessionToken } }';
    expect((await latchkey.query(signIn, { headers: junk })).status).toBe(401);
    expect(await admin.audited("session.signInFailed")).toHaveLength(before + 1);
  });

  it("cannot stop its own report of a leak, nor pass where addresses are limited", async () => {
    const limited = await newKey({ allowedIps: ["0.0.0.0/0", "::/0"] });
    const refused = await latchkey.query("{ viewer { kind } }", { token: limited.token, headers: junk });
    expect(refused.errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", reason: "IP_NOT_ALLOWED" });
    const report = "mutation ($token: String!) { reportLeakedApiKey(token: $token) }";
    await latchkey.data(report, { variables: { token: limited.token }, headers: junk });
    expect((await latchkey.query("{ viewer { kind } }", { token: limited.token })).status).toBe(401);
  });
});

describe("a refused change that cannot be recorded", () => {
  afterEach(() => jest.restoreAllMocks());

  it("takes no other with it", async () => {
    const person = await admin.person();
    const revokeAll = 'mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }';
    // The first is written by itself; those that come meanwhile go together, and the middle one of them cannot be written.
    const write = latchkey.store.transaction.bind(latchkey.store);
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    jest.spyOn(latchkey.store, "transaction").mockImplementationOnce(async (work) => {
      await held;
      return write(work);
    });
    const sent = ["one", "two", "bad", "three"];
    for (const client of sent) {
      await latchkey.query(revokeAll, { token: person.token, headers: { "apollographql-client-name": client } });
    }
    const breaking = async (work: Parameters<typeof write>[0]): Promise<unknown> =>
      write(async (tx) => {
        const insert = tx.insert.bind(tx);
        jest.spyOn(tx, "insert").mockImplementation((entity, row) => {
          if ([row].flat().some((one) => (one as { client?: string }).client === "bad"))
            throw new Error("this row is too long");
          return insert(entity, row);
        });
        return work(tx);
      });
    jest.spyOn(latchkey.store, "transaction").mockImplementation(breaking as typeof write);
    release();
    const clients = async () => (await admin.audited("request.refused")).map(({ client }) => client);
    expect(await within(async () => (await clients()).length >= 3)).toBe(true);
    expect(await clients()).toEqual(["one", "two", "three"]);
  });
});
