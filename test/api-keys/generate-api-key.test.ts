import { randomUUID } from "node:crypto";
import { Action } from "../../src/access/grant";
import type { ApiKey } from "../../src/api-keys/api-key.entity";
import { ApiKeySecret } from "../../src/api-keys/api-key-secret.entity";
import { type GeneratedApiKey, generateApiKey } from "../../src/api-keys/generate-api-key";
import { revokeApiKey } from "../../src/api-keys/revoke-api-key";
import { findKey } from "../../src/api-keys/verify-key";
import type { ApiSet } from "../../src/api-sets/api-set.entity";
import { createApiSet } from "../../src/api-sets/create-api-set";
import { updateApiSet } from "../../src/api-sets/update-api-set";
import type { GrantInput } from "../../src/authorities/grant.input";
import type { RequestContext } from "../../src/context";
import { parseToken } from "../../src/kernel/token";
import { createRole } from "../../src/roles/create-role";
import { setUserRoles } from "../../src/users/set-user-roles";
import { setUserStatus } from "../../src/users/set-user-status";
import { UserKind } from "../../src/users/user-kind";
import { UserStatus } from "../../src/users/user-status";
import { type Keyring, openKeyring, refusalOf } from "./keyring";

const names: GrantInput = { resource: "employee", actions: [Action.READ], fields: ["firstName", "lastName"] };
const pay: GrantInput = { resource: "employee", actions: [Action.READ], fields: ["salary"] };

let ring: Keyring;
let owner: RequestContext;
let developer: RequestContext;
let namesSet: ApiSet;

beforeAll(async () => {
  ring = await openKeyring();
  owner = await ring.as(await ring.ownerId());
  developer = await ring.as(await ring.user("Dev", ["DEVELOPER"]));
  namesSet = await createApiSet(owner, { name: "Names", grants: [names] });
});
afterAll(() => ring?.stop());

const find = (token: string) =>
  findKey(ring.store.reader.manager, ring.schema.index, ring.operator.pepper.digest(token));
const secrets = () => ring.store.reader.manager.find(ApiKeySecret);
const held = async ({ token }: Pick<GeneratedApiKey, "token">) => {
  const scope = (await find(token))!.scope;
  const has = (permission: string) => {
    const bit = ring.schema.index.bitOf(permission)!;
    return (scope.bits[bit >>> 5]! & (1 << (bit & 31))) !== 0;
  };
  return ["employee.firstName:READ", "employee.salary:READ", "employee:DELETE"].filter(has);
};

describe("a generated key", () => {
  it("has a token that leads to it, of which only the digest is stored", async () => {
    const { apiKey, token, warnings } = await generateApiKey(developer, { name: "First", apiSetIds: [namesSet.id] });
    expect(parseToken(token)).toEqual({ prefix: "live", id: apiKey.id });
    expect(warnings).toEqual([]);
    expect(await find(token)).toMatchObject({ id: apiKey.id, name: "First", secret: { state: "ACTIVE" } });
    const dump = JSON.stringify([await secrets(), apiKey, await ring.audited("apiKey.generate")]);
    expect(dump).toContain(ring.operator.pepper.digest(token));
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(token.slice(21));
  });

  it("is audited without its secret, and moves the epoch", async () => {
    const epoch = await ring.epoch();
    const { apiKey } = await generateApiKey(developer, { name: "Audited", apiSetIds: [namesSet.id], grants: [names] });
    expect(await ring.epoch()).toBeGreaterThan(epoch);
    const [event] = (await ring.audited("apiKey.generate")).slice(-1);
    expect(event).toMatchObject({
      targetId: apiKey.id,
      targetName: "Audited",
      after: { ownerId: apiKey.ownerId, apiSetIds: [namesSet.id], onDenied: "ERROR" },
    });
  });

  it("warns of every resource on which it has ALL fields, by its own grants or its sets'", async () => {
    const set = await createApiSet(owner, {
      name: "Wide",
      grants: [{ resource: "department", actions: [Action.READ] }],
    });
    const grants: GrantInput[] = [
      { resource: "employee", actions: [Action.READ], fields: null },
      { resource: "employee", actions: [Action.DELETE] },
    ];
    const { warnings } = await generateApiKey(owner, { name: "Wide", apiSetIds: [set.id], grants });
    expect(warnings).toEqual(["ALL_FIELDS: department", "ALL_FIELDS: employee"]);
    const narrow = await generateApiKey(owner, { name: "Deletes", grants: [grants[1]!] });
    expect(narrow.warnings).toEqual([]);
  });

  it("may be one of several of its owner's, under names that differ in more than case", async () => {
    const generate = (name: string) => generateApiKey(developer, { name, apiSetIds: [namesSet.id] });
    const { apiKey } = await generate("Twice");
    expect(await refusalOf(generate("tWICE"))).toMatchObject({ code: "CONFLICT", details: { field: "input.name" } });
    await generateApiKey(owner, { name: "Twice", apiSetIds: [namesSet.id] });
    await revokeApiKey(developer, apiKey.id);
    expect((await generate("Twice")).apiKey.id).not.toBe(apiKey.id);
  });

  it.each([
    ["input.name", { name: " " }],
    ["input.apiSetIds", { apiSetIds: [] }],
    ["input.apiSetIds", { apiSetIds: null, grants: null }],
    ["input.apiSetIds", { apiSetIds: Array.from({ length: 51 }, () => randomUUID()) }],
    ["input.value", { value: "" }],
    ["input.value", { value: "secret" }],
    ["input.value", { value: "00000000-0000-0000-0000-000000000000" }],
    ["input.value", { value: "{FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF}" }],
    ["input.expiresAt", { expiresAt: new Date(0) }],
  ])("is refused, naming %s, and leaves no secret behind", async (field, wrong) => {
    const before = await secrets();
    const input = { name: "Refused", apiSetIds: [namesSet.id], ...wrong };
    expect(await refusalOf(generateApiKey(owner, input))).toMatchObject({ code: "BAD_USER_INPUT", details: { field } });
    expect(await secrets()).toEqual(before);
  });

  it("is refused with an unknown set, naming it", async () => {
    const ids = ["nowhere"];
    const refusal = await refusalOf(generateApiKey(owner, { name: "Refused", apiSetIds: [namesSet.id, ...ids] }));
    expect(refusal).toMatchObject({ code: "NOT_FOUND", details: { field: "input.apiSetIds", ids } });
    expect(refusal.message).toContain("nowhere");
  });
});

describe("a key with a supplied value", () => {
  it("is found by the GUID in any spelling that is normalised, and no GUID is ever taken twice", async () => {
    const value = randomUUID();
    const given = { name: "Supplied", apiSetIds: [namesSet.id], value: `{${value.toUpperCase()}}` };
    const { apiKey, token } = await generateApiKey(developer, given);
    expect(token).toBe(value);
    expect(apiKey.hasSuppliedValue).toBe(true);
    expect(await find(value)).toMatchObject({ id: apiKey.id });
    const again = () => refusalOf(generateApiKey(owner, { ...given, name: "Again", value }));
    expect(await again()).toMatchObject({ code: "CONFLICT", details: { field: "input.value" } });
    await revokeApiKey(developer, apiKey.id);
    expect(await again()).toMatchObject({ code: "CONFLICT", details: { field: "input.value" } });
  });
});

describe("what a key may do", () => {
  it("is never more than its maker holds at that moment", async () => {
    const paySet = await createApiSet(owner, { name: "Pay", grants: [pay] });
    const details = { missing: ["employee.salary:READ (rows)"] };
    const bySet = generateApiKey(developer, { name: "Pay", apiSetIds: [paySet.id] });
    expect(await refusalOf(bySet)).toMatchObject({ code: "OUT_OF_SCOPE", details });
    const byGrant = generateApiKey(developer, { name: "Pay", grants: [pay] });
    expect(await refusalOf(byGrant)).toMatchObject({ code: "OUT_OF_SCOPE", details });
  });

  it("is the sum of its sets and grants, and follows an edit of a set", async () => {
    const set = await createApiSet(owner, { name: "Followed", grants: [names] });
    const made = await generateApiKey(owner, { name: "Follows", apiSetIds: [set.id], grants: [pay] });
    expect(await held(made)).toEqual(["employee.firstName:READ", "employee.salary:READ"]);
    const grants = [{ resource: "employee", actions: [Action.DELETE] }];
    await updateApiSet(owner, set.id, { name: "Followed", grants });
    expect(await held(made)).toEqual(["employee.salary:READ", "employee:DELETE"]);
  });

  it("shrinks with what its owner may do, and carries no authority whoever owns it", async () => {
    const id = await ring.user("Shrinking", ["ADMINISTRATOR"]);
    const made = await generateApiKey(await ring.as(id), { name: "All", grants: [names, pay] });
    expect((await find(made.token))?.scope.authorities.size).toBe(0);
    const role = await createRole(owner, { name: "Names only", grants: [names] });
    await setUserRoles(owner, id, [role.id]);
    expect(await held(made)).toEqual(["employee.firstName:READ"]);
    expect((await find(made.token))?.owner).toMatchObject({ user: { id }, status: "ACTIVE" });
  });
});

describe("whose key it is", () => {
  const input = (forUserId: string) => ({ name: `For ${forUserId}`, grants: [names], forUserId });

  it("is one's own, also when one names oneself", async () => {
    const id = await ring.user("Oneself", ["DEVELOPER"]);
    const { apiKey } = await generateApiKey(await ring.as(id), input(id));
    expect(apiKey).toMatchObject({ ownerId: id, createdById: id } satisfies Partial<ApiKey>);
  });

  it.each([UserKind.BOT, UserKind.NON_EMPLOYEE])("may be a %s's by an administrator", async (kind) => {
    const id = await ring.user(`Machine-${kind}`, ["DEVELOPER"], kind);
    const { apiKey } = await generateApiKey(owner, input(id));
    expect(apiKey).toMatchObject({ ownerId: id, createdById: await ring.ownerId() });
  });

  it("is never another employee's", async () => {
    const id = await ring.user("Colleague", ["DEVELOPER"]);
    const refusal = await refusalOf(generateApiKey(owner, input(id)));
    expect(refusal).toMatchObject({ code: "FORBIDDEN", details: { authorities: ["MANAGE_BOT_API_KEYS"] } });
    expect(refusal.message).toContain("MANAGE_BOT_API_KEYS");
  });

  it("is never anybody else's without MANAGE_BOT_API_KEYS, which tells nothing of who exists", async () => {
    const bot = await ring.user("Bot", ["DEVELOPER"], UserKind.BOT);
    const refusals = [bot, "nobody"].map((id) => refusalOf(generateApiKey(developer, input(id))));
    const [known, unknown] = await Promise.all(refusals);
    expect(known).toMatchObject({ code: "FORBIDDEN", details: { authorities: ["MANAGE_BOT_API_KEYS"] } });
    expect(unknown?.message).toBe(known?.message);
    expect(await refusalOf(generateApiKey(owner, input("nobody")))).toMatchObject({ code: "NOT_FOUND" });
  });

  it("is nobody's of a higher level", async () => {
    const bot = await ring.user("Highest", ["ACCOUNT_OWNER"], UserKind.BOT);
    const administrator = await ring.as(await ring.user("Admin", ["ADMINISTRATOR"]));
    expect(await refusalOf(generateApiKey(administrator, input(bot)))).toMatchObject({ code: "FORBIDDEN" });
  });

  it("must be somebody who holds all of it and whose account can be used", async () => {
    const bot = await ring.user("Poor", [], UserKind.BOT);
    const poor = await refusalOf(generateApiKey(owner, input(bot)));
    expect(poor).toMatchObject({ code: "OUT_OF_SCOPE", details: { field: "input.grants" } });
    const disabled = await ring.user("Disabled", ["DEVELOPER"], UserKind.BOT);
    await setUserStatus(owner, disabled, UserStatus.DISABLED);
    expect(await refusalOf(generateApiKey(owner, input(disabled)))).toMatchObject({ code: "CONFLICT" });
  });

  it("needs MANAGE_USER_API_KEY, judged as the transaction sees it", async () => {
    const id = await ring.user("Demoted", ["DEVELOPER"]);
    const before = await ring.as(id);
    await setUserRoles(owner, id, []);
    expect(await refusalOf(generateApiKey(before, { name: "Late", grants: [names] }))).toMatchObject({
      code: "FORBIDDEN",
      details: { authorities: ["MANAGE_USER_API_KEY"] },
    });
  });

  it("is never made by a key, whoever owns that", async () => {
    const user = (owner.principal as Extract<RequestContext["principal"], { kind: "USER" }>).user;
    const byKey: RequestContext = { ...owner, principal: { kind: "API_KEY", user, apiKey: { id: "k", name: "k" } } };
    expect(await refusalOf(generateApiKey(byKey, { name: "Child", grants: [names] }))).toMatchObject({
      code: "FORBIDDEN",
    });
  });
});

describe("an unknown token", () => {
  it("finds no key", async () => {
    expect(await find("lk_live_nothing")).toBeNull();
    expect(await find("")).toBeNull();
  });
});
