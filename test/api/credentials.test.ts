import { randomUUID } from "node:crypto";
import { request } from "node:http";
import { makeToken, newTokenId } from "../../src/kernel/token";
import { type Administration, administer, databaseUses, type TestPerson } from "../support/administration";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";

const VIEWER = "{ viewer { kind apiKey { id } } }";
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }";

let latchkey: TestLatchkey;
/** The same service behind a proxy of its own, so that requests can come from any address. */
let proxied: TestLatchkey;
let admin: Administration;
let owner: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  proxied = await startLatchkey({ database: latchkey.database, clock: latchkey.clock, trustProxy: ["127.0.0.1"] });
  admin = administer(latchkey);
  owner = await admin.person({ roles: ["Developer"] });
});
afterAll(async () => {
  await proxied?.stop();
  await latchkey?.stop();
});

const key = (input: object = {}) => admin.key(owner.token, { grants: [NAMES], ...input });
const show = (headers: Record<string, string>, instance = latchkey) => instance.query(VIEWER, { headers });
const bearer = (token: string, more: Record<string, string> = {}) =>
  show({ authorization: `Bearer ${token}`, ...more });
const UNAUTHENTICATED = { status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] };
const forbidden = (reason: string) => ({ status: 403, errors: [{ extensions: { code: "FORBIDDEN", reason } }] });

describe("a key in a request's headers", () => {
  it("is read from Authorization, with the scheme in any case, and from X-API-Key", async () => {
    const { id, token } = await key();
    const spellings: Record<string, string>[] = [
      { authorization: `Bearer ${token}` },
      { authorization: `bearer ${token}` },
      { authorization: `BEARER   ${token} ` },
      { "x-api-key": token },
      { "x-api-key": ` ${token} ` },
      { authorization: `Bearer ${token}`, "x-api-key": token },
    ];
    for (const headers of spellings) {
      expect(await show(headers)).toMatchObject({ status: 200, data: { viewer: { kind: "API_KEY", apiKey: { id } } } });
    }
  });

  it("may stand in both headers in different spellings of one GUID", async () => {
    const value = randomUUID();
    await key({ value });
    expect((await bearer(`{${value.toUpperCase()}}`, { "x-api-key": value })).status).toBe(200);
  });

  it("is refused beside another one, whichever is right: nobody can say who is asking", async () => {
    const [one, two] = [await key(), await key()];
    for (const other of [two.token, "junk", owner.token, ""]) {
      const replies = [
        await bearer(one.token, { "x-api-key": other }),
        await show({ authorization: other === "" ? "" : `Bearer ${other}`, "x-api-key": one.token }),
      ];
      for (const reply of replies) {
        expect(reply).toMatchObject({
          status: 400,
          errors: [{ extensions: { code: "BAD_USER_INPUT", field: "headers" } }],
        });
        expect(reply.text).not.toContain(one.token);
      }
    }
  });

  it("is not read from the URL, nor from a cookie", async () => {
    const { token } = await key();
    const query = encodeURIComponent(VIEWER);
    for (const name of ["token", "key", "api_key", "apiKey", "access_token", "authorization"]) {
      const response = await fetch(`${latchkey.url}/graphql?query=${query}&${name}=${token}`, {
        headers: { "apollo-require-preflight": "1" },
      });
      expect(response.status).toBe(401);
    }
    expect((await show({ cookie: `latchkey_session=${token}` })).status).toBe(401);
    expect(latchkey.logged()).not.toContain(token.slice(-49, -6));
  });
});

describe("a credential that proves nothing", () => {
  const answers = new Set<string>();
  const kept = async (reply: Reply): Promise<void> => {
    const headers = [...reply.headers].filter(([name]) => !["x-request-id", "date"].includes(name));
    answers.add(JSON.stringify([reply.status, headers, reply.text]));
  };
  afterAll(() => {
    expect([...answers]).toHaveLength(1);
    expect([...answers][0]).toContain("UNAUTHENTICATED");
    expect([...answers][0]).toContain('["www-authenticate","Bearer"]');
  });

  it("is answered without any database work when it is junk, mistyped or too long", async () => {
    const { token } = await key();
    const swapped = token.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const inTheMiddle = `${token.slice(0, 30)}${token[30] === "a" ? "b" : "a"}${token.slice(31)}`;
    const junk = [
      "",
      "junk",
      "lk_live_",
      swapped,
      inTheMiddle,
      token.slice(0, -1),
      `${token}0`,
      token.toLowerCase(),
      token.replace("lk_live_", "lk_sess_"),
      token.replace("lk_live_", "lk_test_"),
      "x".repeat(600),
      "x".repeat(12_000),
      "'; DROP TABLE api_key; --",
      randomUUID().replaceAll("-", ""),
      `{${randomUUID()}`,
    ];
    const uses = await databaseUses(latchkey, async () => {
      for (const text of junk) {
        await kept(await bearer(text));
        await kept(await show({ "x-api-key": text }));
      }
      await kept(await show({ authorization: `Basic ${Buffer.from("a:b").toString("base64")}` }));
      await kept(await show({ authorization: token }));
    });
    expect(uses).toBe(0);
    expect(await databaseUses(latchkey, () => bearer(token))).toBeGreaterThan(0);
  });

  it("is answered in the same words when it is well-formed but unknown", async () => {
    await kept(await bearer(makeToken("live", newTokenId())));
    await kept(await bearer(makeToken("sess", newTokenId())));
    await kept(await bearer(makeToken("live", (await key()).id)));
    await kept(await bearer(randomUUID()));
  });

  it("is answered in the same words when it was a secret once: a retired one, a session that is over", async () => {
    const retired = await key();
    await latchkey.store.change((tx) =>
      tx.query("UPDATE api_key_secret SET state = 'RETIRED' WHERE apiKeyId = ?", [retired.id]),
    );
    await kept(await bearer(retired.token));
    const { token } = await admin.person();
    await latchkey.data("mutation { signOut }", { token });
    await kept(await bearer(token));
  });

  it("is answered so for any operation, also for what needs no sign-in, and for none at all", async () => {
    for (const query of ["{ __typename }", "mutation { signOut }", "{ not graphql"]) {
      await kept(await latchkey.query(query, { token: "junk" }));
    }
    expect(await latchkey.query("{ __typename }")).toMatchObject({ status: 200, data: { __typename: "Query" } });
  });

  it("writes nothing, and its text is in no log line", async () => {
    const before = await admin.state();
    const token = makeToken("live", newTokenId());
    await kept(await bearer(token));
    await kept(await bearer("a-very-special-junk-token"));
    expect(await admin.state()).toBe(before);
    expect(latchkey.logged()).not.toContain(token.slice(-49, -6));
    expect(latchkey.logged()).not.toContain("a-very-special-junk-token");
  });
});

describe("a key with an expiry", () => {
  it("works to the last millisecond before it, and not at it; it stays listed, and a later expiry revives it", async () => {
    const expiresAt = new Date(latchkey.clock.now() + 60_000);
    const { id, token } = await key({ expiresAt: expiresAt.toISOString() });
    const now = jest.spyOn(latchkey.clock, "now");
    for (const instance of [latchkey, proxied]) {
      now.mockReturnValue(expiresAt.getTime() - 1);
      expect((await instance.query(VIEWER, { token })).status).toBe(200);
      now.mockReturnValue(expiresAt.getTime());
      expect(await instance.query(VIEWER, { token })).toMatchObject(UNAUTHENTICATED);
    }
    const list = "query ($id: ID!) { apiKey(id: $id) { status expiresAt } }";
    expect(await latchkey.data(list, { token: owner.token, variables: { id } })).toEqual({
      apiKey: { status: "EXPIRED", expiresAt: expiresAt.toISOString() },
    });
    const later = new Date(expiresAt.getTime() + 60_000).toISOString();
    await latchkey.data(
      "mutation ($id: ID!, $at: DateTime) { updateApiKey(id: $id, input: { expiresAt: $at }) { id } }",
      {
        token: owner.token,
        variables: { id, at: later },
      },
    );
    expect((await bearer(token)).status).toBe(200);
    now.mockRestore();
  });
});

describe("a key that is disabled", () => {
  it("is refused from the next request on every instance, says so to its holder, and works again when enabled", async () => {
    const { id, token } = await key();
    const enable =
      "mutation ($id: ID!, $enabled: Boolean!) { setApiKeyEnabled(id: $id, enabled: $enabled) { status } }";
    for (const instance of [latchkey, proxied]) {
      expect((await instance.query(VIEWER, { token })).status).toBe(200);
      await latchkey.data(enable, { token: owner.token, variables: { id, enabled: false } });
      expect(await instance.query(VIEWER, { token })).toMatchObject({
        ...UNAUTHENTICATED,
        errors: [{ message: "This API key is disabled." }],
      });
      await latchkey.data(enable, { token: owner.token, variables: { id, enabled: true } });
      expect((await instance.query(VIEWER, { token })).status).toBe(200);
    }
    expect(await admin.audited("apiKey.disable", id)).toHaveLength(2);
    expect(await admin.audited("apiKey.enable", id)).toHaveLength(2);
  });
});

describe("a key that is bound to addresses", () => {
  it.each([
    ["10.0.0.1", ["10.0.0.1", "::ffff:10.0.0.1"], ["10.0.0.2", "::1"]],
    ["10.0.0.0/8", ["10.0.0.1", "10.255.255.255", "::ffff:10.9.9.9"], ["11.0.0.0", "9.255.255.255"]],
    ["192.168.1.128/25", ["192.168.1.128", "192.168.1.255"], ["192.168.1.127", "192.168.2.128"]],
    ["::ffff:10.0.0.0/104", ["10.1.2.3"], ["11.1.2.3"]],
    ["2001:db8::/32", ["2001:db8::1", "2001:DB8:ffff::"], ["2001:db9::1", "32.1.13.184"]],
    ["2001:db8::1", ["2001:0db8:0:0:0:0:0:1"], ["2001:db8::2"]],
    ["0.0.0.0/0", ["1.2.3.4", "::ffff:1.2.3.4"], ["2001:db8::1"]],
    ["::/0", ["2001:db8::1"], ["1.2.3.4"]],
  ])("works from inside %s only", async (range, inside, outside) => {
    const { token } = await key({ allowedIps: [range] });
    const from = (address: string) => show({ "x-api-key": token, "x-forwarded-for": address }, proxied);
    for (const address of inside) expect([address, (await from(address)).status]).toEqual([address, 200]);
    for (const address of outside) expect(await from(address)).toMatchObject(forbidden("IP_NOT_ALLOWED"));
    expect(await from("not an address")).toMatchObject(forbidden("IP_NOT_ALLOWED"));
  });

  it("is not opened by X-Forwarded-For where no proxy is trusted, nor by what stands before the proxy's own entry", async () => {
    const { token } = await key({ allowedIps: ["10.0.0.1"] });
    const headers = { "x-api-key": token, "x-forwarded-for": "10.0.0.1" };
    expect(await show(headers)).toMatchObject(forbidden("IP_NOT_ALLOWED"));
    const spoofed = { ...headers, "x-forwarded-for": "10.0.0.1, 203.0.113.9" };
    expect(await show(spoofed, proxied)).toMatchObject(forbidden("IP_NOT_ALLOWED"));
    const local = await key({ allowedIps: ["127.0.0.0/8"] });
    expect((await show({ "x-api-key": local.token })).status).toBe(200);
  });
});

describe("a key that is bound to an application or a device", () => {
  it("needs that very name in its header, and says which header it is", async () => {
    const { token } = await key({ application: "calendar", deviceId: "phone-1" });
    const good = { "apollographql-client-name": "calendar", "x-device-id": "phone-1" };
    expect((await bearer(token, good)).status).toBe(200);
    for (const name of ["", "Calendar", "calendar2"]) {
      const reply = await bearer(token, { ...good, "apollographql-client-name": name });
      expect(reply).toMatchObject(forbidden("APPLICATION_MISMATCH"));
      expect(reply.errors?.[0]?.message).toContain("apollographql-client-name");
      expect(reply.errors?.[0]?.message).toContain("`CRM` is not `crm`");
    }
    expect(await bearer(token, { "x-device-id": "phone-1" })).toMatchObject(forbidden("APPLICATION_MISMATCH"));
    const reply = await bearer(token, { ...good, "x-device-id": "phone-2" });
    expect(reply).toMatchObject(forbidden("DEVICE_MISMATCH"));
    expect(reply.errors?.[0]?.message).toContain("x-device-id");
    expect(reply.errors?.[0]?.message).toContain("`AB` is not `ab`");
    expect(reply.text).not.toContain("phone-1");
  });

  it("given as Any, is bound to none", async () => {
    const { token } = await key({ application: "Any", deviceId: "Any" });
    expect((await bearer(token)).status).toBe(200);
  });
});

describe("a revoked key", () => {
  it("tells its holder that it is revoked, whatever else is wrong with it or the request", async () => {
    const expiresAt = new Date(latchkey.clock.now() + 60_000).toISOString();
    const { id, token } = await key({ expiresAt, allowedIps: ["10.0.0.1"], application: "calendar" });
    await latchkey.data(REVOKE, { token: owner.token, variables: { id } });
    latchkey.clock.advance(60_000);
    expect(await bearer(token)).toMatchObject({
      ...UNAUTHENTICATED,
      errors: [{ message: "This API key is revoked." }],
    });
  });
});

describe("two headers of one name", () => {
  it("are refused unless they say the same", async () => {
    const [one, two] = [await key(), await key()];
    const send = (name: string, values: string[]) =>
      new Promise<number | undefined>((resolve, reject) => {
        const body = JSON.stringify({ query: VIEWER });
        const headers = ["content-type", "application/json", "host", "x", ...values.flatMap((value) => [name, value])];
        const sent = request(`${latchkey.url}/graphql`, { method: "POST", headers }, (response) => {
          response.resume().on("end", () => resolve(response.statusCode));
        });
        sent.on("error", reject).end(body);
      });
    expect(await send("X-API-Key", [one.token])).toBe(200);
    expect(await send("X-API-Key", [one.token, two.token])).not.toBe(200);
    expect(await send("Authorization", [`Bearer ${one.token}`])).toBe(200);
    expect(await send("Authorization", [`Bearer ${one.token}`, `Bearer ${two.token}`])).not.toBe(200);
  });
});
