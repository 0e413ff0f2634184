import { Action } from "../../src/access/grant";
import { ApiKey } from "../../src/api-keys/api-key.entity";
import type { UpdateApiKeyInput } from "../../src/api-keys/api-key.input";
import { findVisibleApiKey, listApiKeys } from "../../src/api-keys/api-key.queries";
import { ApiKeyStatus } from "../../src/api-keys/api-key-status";
import { boundApiSets } from "../../src/api-keys/bound-api-sets";
import { generateApiKey } from "../../src/api-keys/generate-api-key";
import { revokeAllApiKeys } from "../../src/api-keys/revoke-all-api-keys";
import { revokeApiKey } from "../../src/api-keys/revoke-api-key";
import { setApiKeyEnabled } from "../../src/api-keys/set-api-key-enabled";
import { updateApiKey } from "../../src/api-keys/update-api-key";
import { createApiSet } from "../../src/api-sets/create-api-set";
import type { GrantInput } from "../../src/authorities/grant.input";
import type { RequestContext } from "../../src/context";
import { createRole } from "../../src/roles/create-role";
import { UserKind } from "../../src/users/user-kind";
import { type Keyring, openKeyring, refusalOf } from "./keyring";

const names: GrantInput = { resource: "employee", actions: [Action.READ], fields: ["firstName", "lastName"] };
const pay: GrantInput = { resource: "employee", actions: [Action.READ], fields: ["salary"] };

let ring: Keyring;
let owner: RequestContext;
let developer: RequestContext;
let stranger: RequestContext;

beforeAll(async () => {
  ring = await openKeyring();
  owner = await ring.as(await ring.ownerId());
  developer = await ring.as(await ring.user("Dev", ["DEVELOPER"]));
  stranger = await ring.as(await ring.user("Stranger", ["DEVELOPER"]));
});
afterAll(() => ring?.stop());

const stored = (id: string) => ring.store.reader.manager.findOneByOrFail(ApiKey, { id });
let made = 0;
const generate = async (by: RequestContext, more = {}) => {
  made += 1;
  const { apiKey } = await generateApiKey(by, { name: `key ${made}`, grants: [names], ...more });
  return apiKey.id;
};

describe("a key that is changed", () => {
  it("has what was given, keeps what was not, and is audited with before and after", async () => {
    const set = await createApiSet(owner, { name: "Given", grants: [names] });
    const id = await generate(developer, { description: "Old", application: "calendar" });
    const before = await stored(id);
    const epoch = await ring.epoch();
    await updateApiKey(developer, id, {
      name: "Renamed",
      apiSetIds: [set.id],
      grants: null,
      allowedIps: ["10.0.0.1/8"],
    });
    expect(await stored(id)).toEqual({
      ...before,
      name: "Renamed",
      nameKey: "renamed",
      grants: [],
      allowedIps: ["10.0.0.0/8"],
      version: 2,
    });
    expect(await boundApiSets(ring.store.reader.manager, id)).toMatchObject([{ id: set.id }]);
    expect(await ring.epoch()).toBeGreaterThan(epoch);
    const [event] = (await ring.audited("apiKey.update")).slice(-1);
    expect(event).toMatchObject({ before: { apiSetIds: [] }, after: { apiSetIds: [set.id], name: "Renamed" } });
    await updateApiKey(developer, id, { description: null, application: null });
    expect(await stored(id)).toMatchObject({ description: null, application: null, allowedIps: ["10.0.0.0/8"] });
  });

  it.each<[string, UpdateApiKeyInput]>([
    ["input.name", { name: null }],
    ["input.apiSetIds", { grants: [] }],
    ["input.expiresAt", { expiresAt: new Date(0) }],
  ])("is refused, naming %s, and stays as it was", async (field, input) => {
    const id = await generate(developer);
    const before = await stored(id);
    expect(await refusalOf(updateApiKey(developer, id, input))).toMatchObject({
      code: "BAD_USER_INPUT",
      details: { field },
    });
    expect(await stored(id)).toEqual(before);
  });

  it("is given nothing that its owner or the actor lacks, yet may be renamed by an owner who has lost something", async () => {
    const id = await generate(developer);
    expect(await refusalOf(updateApiKey(developer, id, { grants: [pay] }))).toMatchObject({ code: "OUT_OF_SCOPE" });
    const bot = await ring.user("Bot", [await createRole(owner, { name: "Names", grants: [names] })], UserKind.BOT);
    const botKey = await generate(owner, { forUserId: bot });
    const widened = await refusalOf(updateApiKey(owner, botKey, { grants: [names, pay] }));
    expect(widened).toMatchObject({ code: "OUT_OF_SCOPE", details: { missing: ["employee.salary:READ"] } });
    await updateApiKey(owner, botKey, { name: "Bot's" });
    expect(await stored(botKey)).toMatchObject({ name: "Bot's", version: 2 });
  });

  it("is not overwritten by whoever saw an older version, nor renamed to a live sibling", async () => {
    const [id, sibling] = [await generate(developer), await generate(developer)];
    await updateApiKey(developer, id, { description: "new", version: 1 });
    expect(await refusalOf(updateApiKey(developer, id, { version: 1 }))).toMatchObject({ code: "CONFLICT" });
    const { name } = await stored(sibling);
    expect(await refusalOf(updateApiKey(developer, id, { name }))).toMatchObject({ code: "CONFLICT" });
  });

  it("comes back to life by a later expiry, unless its name was taken meanwhile", async () => {
    const soon = () => new Date(ring.operator.clock.now() + 1_000);
    const id = await generate(developer, { name: "Expiring", expiresAt: soon() });
    ring.advance(1_000);
    await updateApiKey(developer, id, { description: "expired" });
    const second = await generate(developer, { name: "Expiring" });
    expect(await refusalOf(updateApiKey(developer, id, { expiresAt: soon() }))).toMatchObject({ code: "CONFLICT" });
    await revokeApiKey(developer, second);
    await updateApiKey(developer, id, { expiresAt: soon() });
    expect(await stored(id)).toMatchObject({ expiresAt: soon(), revokedAt: null });
  });
});

describe("somebody else's key", () => {
  it("does not exist for who may not see it", async () => {
    const id = await generate(developer);
    const before = await stored(id);
    const attempts = [
      updateApiKey(stranger, id, { name: "Mine" }),
      setApiKeyEnabled(stranger, id, false),
      revokeApiKey(stranger, id),
      revokeApiKey(stranger, "nothing"),
    ];
    for (const attempt of attempts) {
      expect(await refusalOf(attempt)).toMatchObject({ code: "NOT_FOUND", message: "No such API key." });
    }
    expect(await findVisibleApiKey(stranger, id)).toBeNull();
    expect(await stored(id)).toEqual(before);
  });

  it("is not changed even by the account owner, who may stop, enable and revoke it", async () => {
    const id = await generate(developer);
    expect(await refusalOf(updateApiKey(owner, id, { name: "Mine" }))).toMatchObject({ code: "FORBIDDEN" });
    await setApiKeyEnabled(owner, id, false);
    expect(await stored(id)).toMatchObject({ isEnabled: false });
    await setApiKeyEnabled(owner, id, true);
    await revokeApiKey(owner, id);
    expect(await stored(id)).toMatchObject({ isEnabled: true, revokedById: await ring.ownerId() });
  });

  it("is stopped whatever its owner's level, but enabled only up to one's own", async () => {
    const administrator = await ring.as(await ring.user("Admin", ["ADMINISTRATOR"]));
    const id = await generate(owner);
    await setApiKeyEnabled(administrator, id, false);
    expect(await refusalOf(setApiKeyEnabled(administrator, id, true))).toMatchObject({ code: "FORBIDDEN" });
    expect(await stored(id)).toMatchObject({ isEnabled: false });
  });
});

describe("a key that is disabled", () => {
  it("is audited once, and again when it is enabled", async () => {
    const id = await generate(developer);
    for (const enabled of [false, false, true, true]) await setApiKeyEnabled(developer, id, enabled);
    const about = async (action: string) => (await ring.audited(action)).filter((event) => event.targetId === id);
    expect(await about("apiKey.disable")).toHaveLength(1);
    expect(await about("apiKey.enable")).toHaveLength(1);
    expect(await stored(id)).toMatchObject({ isEnabled: true, version: 3 });
  });
});

describe("a key that is revoked", () => {
  it("stays so: revoking again changes nothing, and nothing else is possible", async () => {
    const id = await generate(developer);
    const epoch = await ring.epoch();
    await revokeApiKey(developer, id);
    const before = await stored(id);
    expect(before.revokedAt).toEqual(new Date(ring.operator.clock.now()));
    expect(await ring.epoch()).toBeGreaterThan(epoch);
    ring.advance(1_000);
    await revokeApiKey(developer, id);
    const attempts = [
      updateApiKey(developer, id, { name: "Back" }),
      setApiKeyEnabled(developer, id, true),
      setApiKeyEnabled(developer, id, false),
    ];
    for (const attempt of attempts) expect(await refusalOf(attempt)).toMatchObject({ code: "CONFLICT" });
    expect(await stored(id)).toEqual(before);
    const events = (await ring.audited("apiKey.revoke")).filter((event) => event.targetId === id);
    expect(events).toHaveLength(1);
  });
});

describe("the list of keys", () => {
  it("has one's own, and everyone's for who may view all", async () => {
    const lister = await ring.user("Lister", ["DEVELOPER"]);
    const own = await ring.as(lister);
    const ids = [await generate(own), await generate(own)];
    const listed = async (by: RequestContext, filter = {}) =>
      (await Promise.all((await listApiKeys(by, { first: 500, filter })).nodes)).map((key) => key.id);
    expect((await listed(own)).sort()).toEqual([...ids].sort());
    expect(await listed(stranger, { ownerId: lister })).toEqual([]);
    expect((await listed(owner, { ownerId: lister })).sort()).toEqual([...ids].sort());
    expect((await listed(owner, { search: "LISTER@example" })).sort()).toEqual([...ids].sort());
    const foreign = await generate(stranger);
    expect(await listed(owner)).toContain(foreign);
    expect(await listed(own)).not.toContain(foreign);
    expect(await findVisibleApiKey(owner, ids[0]!)).toMatchObject({ id: ids[0] });
  });

  it("is newest first and can be narrowed to a status", async () => {
    const own = await ring.as(await ring.user("Status", ["DEVELOPER"]));
    const keys: string[] = [];
    for (const expiresAt of [null, null, null, new Date(ring.operator.clock.now() + 500)]) {
      keys.push(await generate(own, { expiresAt }));
      ring.advance(100);
    }
    const [active, disabled, revoked, expired] = keys;
    await setApiKeyEnabled(own, disabled!, false);
    await revokeApiKey(own, revoked!);
    ring.advance(500);
    const listed = async (status?: ApiKeyStatus, first = 50) => {
      const page = await listApiKeys(own, { first, filter: { status } });
      expect(await page.totalCount()).toBe(page.nodes.length);
      return (await Promise.all(page.nodes)).map((key) => key.id);
    };
    expect(await listed()).toEqual([expired, revoked, disabled, active]);
    expect(await listed(ApiKeyStatus.ACTIVE)).toEqual([active]);
    expect(await listed(ApiKeyStatus.DISABLED)).toEqual([disabled]);
    expect(await listed(ApiKeyStatus.REVOKED)).toEqual([revoked]);
    expect(await listed(ApiKeyStatus.EXPIRED)).toEqual([expired]);
    const second = await listApiKeys(own, {
      first: 2,
      after: (await listApiKeys(own, { first: 2 })).pageInfo().endCursor,
    });
    expect((await Promise.all(second.nodes)).map((key) => key.id)).toEqual([disabled, active]);
  });
});

describe("revoking all keys", () => {
  it("wants the typed confirmation and REVOKE_ALL_API_KEYS", async () => {
    const id = await generate(developer);
    for (const confirm of ["", "revoke all", "REVOKE ALL "]) {
      expect(await refusalOf(revokeAllApiKeys(owner, confirm))).toMatchObject({ code: "BAD_USER_INPUT" });
    }
    expect(await refusalOf(revokeAllApiKeys(developer, "REVOKE ALL"))).toMatchObject({
      code: "FORBIDDEN",
      details: { authorities: ["REVOKE_ALL_API_KEYS"] },
    });
    expect(await stored(id)).toMatchObject({ revokedAt: null });
  });

  it("ends every key at once, tells how many it were, and is one event of high severity", async () => {
    const { manager } = ring.store.reader;
    const live = (await manager.find(ApiKey)).filter((key) => key.revokedAt === null);
    expect(await revokeAllApiKeys(owner, "REVOKE ALL")).toEqual({ count: live.length });
    const keys = await manager.find(ApiKey);
    expect(keys.filter((key) => key.revokedAt === null)).toEqual([]);
    expect(keys.find((key) => key.id === live[0]?.id)?.version).toBe(live[0]!.version + 1);
    expect(await ring.audited("apiKey.revokeAll")).toMatchObject([{ severity: "HIGH", after: { count: live.length } }]);
    expect(await revokeAllApiKeys(owner, "REVOKE ALL")).toEqual({ count: 0 });
  });
});
