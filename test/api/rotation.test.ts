import { type Administration, administer, type TestPerson } from "../support/administration";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";

const ROTATE =
  "mutation ($id: ID!, $graceSeconds: Int) { rotateApiKey(id: $id, graceSeconds: $graceSeconds) { token warnings apiKey { id version } } }";
const DETAILS =
  "query ($id: ID!) { apiKey(id: $id) { tokenPrefix retiredSecretUsedAt secrets { state createdAt firstUsedAt expiresAt } } }";
const MINUTE = 60_000;
const names = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const pay = { resource: "employee", actions: ["READ"], fields: ["salary"] };

type Rotated = {
  readonly rotateApiKey: { readonly token: string; readonly warnings: string[]; readonly apiKey: { id: string } };
};
interface Details {
  readonly apiKey: {
    readonly tokenPrefix: string | null;
    readonly retiredSecretUsedAt: string | null;
    readonly secrets: readonly { state: string; firstUsedAt: string | null; expiresAt: string | null }[];
  };
}

let latchkey: TestLatchkey;
/** Another instance on the same database, as behind a load balancer. */
let second: TestLatchkey;
let admin: Administration;
let developer: TestPerson;
let key: { id: string; token: string };

beforeAll(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});
beforeEach(async () => {
  key = await admin.key(developer.token, { grants: [names] });
});

const rotateReply = (graceSeconds?: number, { id = key.id, by = developer.token, on = latchkey } = {}) =>
  on.query<Rotated>(ROTATE, { token: by, variables: { id, graceSeconds } });
const rotate = async (graceSeconds?: number) => {
  const { data, text } = await rotateReply(graceSeconds);
  if (!data) throw new Error(text);
  return data.rotateApiKey;
};
const use = (token: string, on = latchkey) => on.query("{ viewer { apiKey { id } } }", { token });
const worksWith = async (token: string) => (await use(token)).status === 200;
const details = async () =>
  (await latchkey.data<Details>(DETAILS, { token: developer.token, variables: { id: key.id } })).apiKey;
const states = async () => (await details()).secrets.map(({ state }) => state);

describe("a rotated key (K16)", () => {
  it("has a new token of the same public id, in this reply only; nothing else of it changes", async () => {
    const { token, warnings, apiKey } = await rotate();
    expect(token).toMatch(/^lk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(token).not.toBe(key.token);
    expect(token).toContain(key.id);
    expect(apiKey).toMatchObject({ id: key.id });
    expect(warnings).toEqual([]);
    expect((await use(token)).data).toEqual({ viewer: { apiKey: { id: key.id } } });
    expect(await admin.state()).not.toContain(token.slice(21));
    expect(latchkey.logged()).not.toContain(token.slice(21));
    const [event] = await admin.audited("apiKey.rotate", key.id);
    expect(event).toMatchObject({ actorId: developer.id });
  });

  it("works with the old token for as long as nobody uses the new one (B8)", async () => {
    await rotate();
    latchkey.clock.advance(10 * MINUTE);
    expect(await worksWith(key.token)).toBe(true);
    expect(await states()).toEqual(["PENDING", "ACTIVE"]);
  });

  it("refuses the old token from the first use of the new one, where no grace period was asked for", async () => {
    const { token } = await rotate(0);
    expect(await worksWith(token)).toBe(true);
    expect((await use(key.token, second)).status).toBe(401);
    expect(await worksWith(key.token)).toBe(false);
    expect(await states()).toEqual(["ACTIVE", "RETIRED"]);
  });

  it("begins the grace period at the first use of the new token, on every instance, and ends it on the instant (B8)", async () => {
    const { token } = await rotate(60);
    latchkey.clock.advance(10 * MINUTE);
    expect((await use(token, second)).status).toBe(200);
    expect(await states()).toEqual(["ACTIVE", "GRACE"]);
    const [active, grace] = (await details()).secrets;
    const firstUsedAt = Date.parse(active?.firstUsedAt ?? "");
    expect(Date.parse(grace?.expiresAt ?? "")).toBe(firstUsedAt + MINUTE);
    latchkey.clock.advance(firstUsedAt + MINUTE - 5_000 - latchkey.clock.now());
    expect(await worksWith(key.token)).toBe(true);
    expect(await worksWith(token)).toBe(true);
    latchkey.clock.advance(5_000);
    expect(await worksWith(key.token)).toBe(false);
    expect(await worksWith(token)).toBe(true);
    expect(await states()).toEqual(["ACTIVE", "RETIRED"]);
  });

  it("never works past its expiry, whatever the grace period", async () => {
    const expiresAt = new Date(latchkey.clock.now() + MINUTE).toISOString();
    key = await admin.key(developer.token, { grants: [names], expiresAt });
    const { token } = await rotate(30 * 86_400);
    expect(await worksWith(token)).toBe(true);
    expect((await details()).secrets[1]).toMatchObject({ state: "GRACE", expiresAt });
    latchkey.clock.advance(MINUTE);
    expect([await worksWith(token), await worksWith(key.token)]).toEqual([false, false]);
  });

  it("starts its grace period once when 50 requests use the new token at the same moment on two instances", async () => {
    const { token } = await rotate(60);
    const uses = Array.from({ length: 50 }, (_, at) => use(token, at % 2 === 0 ? latchkey : second));
    const replies = await Promise.all(uses);
    expect(replies.filter(({ status }) => status !== 200)).toEqual([]);
    expect(await admin.audited("apiKey.newSecretUsed", key.id)).toHaveLength(1);
    expect(await states()).toEqual(["ACTIVE", "GRACE"]);
    expect(await worksWith(key.token)).toBe(true);
  });

  it("has a generated token instead of the GUID that was supplied for it", async () => {
    key = await admin.key(developer.token, { grants: [names], value: "7f9c1f52-5a0e-4b0c-9d27-3a0f3f2f9f10" });
    const { token } = await rotate();
    expect((await details()).tokenPrefix).toBeNull();
    expect(await worksWith(key.token)).toBe(true);
    expect(await worksWith(token)).toBe(true);
    expect(await worksWith(key.token)).toBe(false);
    expect((await details()).tokenPrefix).toBe(`lk_live_${key.id}`);
  });
});

describe("a key that is rotated again", () => {
  it("loses the new token that nobody has used: it stops at once, the present one goes on", async () => {
    const first = await rotate();
    const again = await rotate();
    expect(again.warnings).toEqual(["ENDED_EARLY: PENDING"]);
    expect(await worksWith(first.token)).toBe(false);
    expect(await worksWith(key.token)).toBe(true);
    expect(await states()).toEqual(["PENDING", "RETIRED", "ACTIVE"]);
    expect(await worksWith(again.token)).toBe(true);
  });

  it("has two live secrets at most: one still in its grace period stops", async () => {
    const first = await rotate(60);
    await use(first.token);
    const again = await rotate(60);
    expect(again.warnings).toEqual(["ENDED_EARLY: GRACE"]);
    expect(await states()).toEqual(["PENDING", "ACTIVE", "RETIRED"]);
    expect([await worksWith(key.token), await worksWith(first.token)]).toEqual([false, true]);
  });

  it("keeps its history to itself but for the last 20 secrets", async () => {
    for (let times = 0; times < 21; times++) await rotate();
    expect(await states()).toEqual(["PENDING", ...Array.from({ length: 19 }, () => "RETIRED")]);
  });
});

describe("two rotations of a key at once", () => {
  it.each(["one instance", "two instances"])(
    "are one, on %s: the other is a CONFLICT and cancels nothing",
    async (where) => {
      for (let round = 0; round < 3; round++) {
        const replies = await Promise.all([
          rotateReply(60),
          rotateReply(60, { on: where === "two instances" ? second : latchkey }),
        ]);
        const won = replies.filter(({ data }) => data);
        expect(won).toHaveLength(1);
        const lost = replies.find(({ data }) => !data);
        expect(lost).toMatchObject({ status: 409, errors: [{ extensions: { code: "CONFLICT" } }] });
        expect(await worksWith(won[0]?.data?.rotateApiKey.token ?? "")).toBe(true);
      }
    },
  );

  it("are one also when the other takes long to be authenticated, on an instance that is busy", async () => {
    const read = second.store.readEpoch.bind(second.store);
    let arrived = (): void => undefined;
    const isThere = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    const slow = jest.spyOn(second.store, "readEpoch").mockImplementationOnce(async () => {
      arrived();
      await new Promise((resolve) => setTimeout(resolve, 500));
      return read();
    });
    const late = rotateReply(60, { on: second });
    await isThere;
    const won = await rotateReply(60);
    expect(await late).toMatchObject({ status: 409, errors: [{ extensions: { code: "CONFLICT" } }] });
    slow.mockRestore();
    expect(await worksWith(won.data?.rotateApiKey.token ?? "")).toBe(true);
  });

  it("never leave a cancelled token working: a first use at the moment of another rotation", async () => {
    const { token } = await rotate(60);
    const [again] = await Promise.all([rotateReply(60), ...Array.from({ length: 10 }, () => use(token, second))]);
    expect(again.status).toBe(200);
    expect((await states()).slice(0, 1)).toEqual(["PENDING"]);
    const live = (await states()).filter((state) => state !== "RETIRED");
    expect(live).toHaveLength(2);
    expect(await worksWith(again.data?.rotateApiKey.token ?? "")).toBe(true);
  });
});

describe("a key that is not rotated", () => {
  const refused = (code: string, details: object, ...args: Parameters<typeof rotateReply>) =>
    admin.refused(() => rotateReply(...args), code, details);
  const asDeveloper = (mutation: string) =>
    latchkey.data(`mutation ($id: ID!) { ${mutation} { id } }`, { token: developer.token, variables: { id: key.id } });

  it("is revoked, disabled or expired", async () => {
    await asDeveloper("setApiKeyEnabled(id: $id, enabled: false)");
    expect((await refused("CONFLICT", {})).status).toBe(409);
    await asDeveloper("revokeApiKey(id: $id)");
    await refused("CONFLICT", {});
    const expiresAt = new Date(latchkey.clock.now() + MINUTE).toISOString();
    key = await admin.key(developer.token, { grants: [names], expiresAt });
    latchkey.clock.advance(MINUTE);
    await refused("CONFLICT", {});
  });

  it.each([-1, 30 * 86_400 + 1])("is given a grace period of %d seconds", async (graceSeconds) => {
    await refused("BAD_USER_INPUT", { field: "graceSeconds" }, graceSeconds);
  });

  it("is somebody else's, or unknown", async () => {
    const stranger = await admin.person({ roles: ["Developer"] });
    await refused("NOT_FOUND", {}, 0, { by: stranger.token });
    await refused("NOT_FOUND", {}, 0, { id: "AAAAAAAAAAAA" });
    await refused("FORBIDDEN", { authorities: ["MANAGE_BOT_API_KEYS"] }, 0, { by: latchkey.ownerToken });
    await refused("FORBIDDEN", { authorities: ["MANAGE_USER_API_KEY"] }, 0, { by: key.token });
    const employee = await admin.person({ roles: ["Employee"] });
    await refused("FORBIDDEN", { authorities: ["MANAGE_USER_API_KEY"] }, 0, { by: employee.token });
  });

  it("has more than its owner holds by now: the ceiling is checked again", async () => {
    const wide = await admin.role({ grants: [names, pay], authorities: ["MANAGE_USER_API_KEY"] });
    const narrow = await admin.role({ grants: [names], authorities: ["MANAGE_USER_API_KEY"] });
    const person = await admin.person({ roles: [wide] });
    const setId = await admin.apiSet([pay]);
    const own = await admin.key(person.token, { grants: [names, pay] });
    const bound = await admin.key(person.token, { apiSetIds: [setId] });
    const setRoles = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
    await admin.asOwner(setRoles, { id: person.id, roleIds: [narrow] });
    for (const { id } of [own, bound]) {
      await refused("OUT_OF_SCOPE", { missing: ["employee.salary:READ"] }, 0, { id, by: person.token });
    }
    await admin.asOwner(setRoles, { id: person.id, roleIds: [wide] });
    expect((await rotateReply(0, { id: own.id, by: person.token })).status).toBe(200);
  });

  it("is a bot's that an administrator does not outrank; other bots' are rotated by MANAGE_BOT_API_KEYS", async () => {
    const bot = await admin.person({ kind: "BOT", roles: ["Developer"] });
    const botKey = await admin.key(latchkey.ownerToken, { grants: [names], forUserId: bot.id });
    const reply = await rotateReply(0, { id: botKey.id, by: latchkey.ownerToken });
    expect(reply.data?.rotateApiKey.apiKey.id).toBe(botKey.id);
    const high = await admin.person({ kind: "BOT", roles: ["Account Owner"] });
    const highKey = await admin.key(latchkey.ownerToken, { grants: [names], forUserId: high.id });
    const administrator = await admin.person({ roles: ["Administrator"] });
    await refused("FORBIDDEN", {}, 0, { id: highKey.id, by: administrator.token });
  });
});

describe("the use of a retired secret (B8)", () => {
  const alerts = () => admin.audited("apiKey.retiredSecretUsed", key.id);
  let unknown: Reply;

  beforeAll(async () => {
    unknown = await use(`${"00000000-0000-4000-8000-00000000000"}1`);
  });

  it("is answered like an unknown key, and raises an alert of high severity, which the key shows", async () => {
    const { token } = await rotate();
    await use(token);
    expect(await alerts()).toEqual([]);
    expect((await details()).retiredSecretUsedAt).toBeNull();
    const reply = await use(key.token);
    expect([reply.status, reply.text]).toEqual([unknown.status, unknown.text]);
    expect(await alerts()).toMatchObject([{ severity: "HIGH", actorKind: "NOBODY", ip: "127.0.0.1" }]);
    expect(Date.parse((await details()).retiredSecretUsedAt ?? "")).toBeLessThanOrEqual(latchkey.clock.now());
    expect(JSON.stringify(await alerts())).not.toContain(key.token.slice(21, 40));
  });

  it("raises one alert in a minute and the next one after it, however many try on however many instances", async () => {
    const { token } = await rotate();
    await use(token);
    const flood = () => Promise.all(Array.from({ length: 40 }, (_, at) => use(key.token, at % 2 ? latchkey : second)));
    expect((await flood()).filter(({ status }) => status !== 401)).toEqual([]);
    await flood();
    expect(await alerts()).toHaveLength(1);
    latchkey.clock.advance(60_000);
    await flood();
    expect(await alerts()).toHaveLength(2);
  });

  it.each([
    ["a grace period that is over", 60],
    ["a new secret that another rotation cancelled", undefined],
  ])("is seen for %s", async (_, graceSeconds) => {
    const first = await rotate(graceSeconds);
    if (graceSeconds === undefined) await rotate();
    else {
      await use(first.token);
      latchkey.clock.advance(graceSeconds * 1_000);
    }
    const retired = graceSeconds === undefined ? first.token : key.token;
    expect((await use(retired)).text).toBe(unknown.text);
    expect(await alerts()).toHaveLength(1);
  });

  it("tells nothing of the key's secrets to the key itself", async () => {
    const reply = await latchkey.query("{ viewer { apiKey { secrets { state } retiredSecretUsedAt } } }", {
      token: key.token,
    });
    expect(reply.status).toBe(403);
    expect(reply.data).toBeUndefined();
  });
});
