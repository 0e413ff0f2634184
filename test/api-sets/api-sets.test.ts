import { Action } from "../../src/access/grant";
import { deleteApiSet } from "../../src/api-keys/delete-api-set";
import { generateApiKey } from "../../src/api-keys/generate-api-key";
import { revokeApiKey } from "../../src/api-keys/revoke-api-key";
import { ApiSet } from "../../src/api-sets/api-set.entity";
import { findApiSet, listApiSets } from "../../src/api-sets/api-set.queries";
import { createApiSet } from "../../src/api-sets/create-api-set";
import { updateApiSet } from "../../src/api-sets/update-api-set";
import type { GrantInput } from "../../src/authorities/grant.input";
import { SortDirection } from "../../src/connection/sort-direction";
import type { RequestContext } from "../../src/context";
import { type Keyring, openKeyring, refusalOf } from "../api-keys/keyring";

const names: GrantInput = { resource: "employee", actions: [Action.READ], fields: ["firstName", "lastName"] };
const pay: GrantInput = { resource: "employee", actions: [Action.READ], fields: ["salary"] };

let ring: Keyring;
let owner: RequestContext;
let developer: RequestContext;

beforeAll(async () => {
  ring = await openKeyring();
  owner = await ring.as(await ring.ownerId());
  developer = await ring.as(await ring.user("Dev", ["DEVELOPER"]));
});
afterAll(() => ring?.stop());

const stored = (id: string) => findApiSet(ring.store.reader.manager, id);

describe("a new API set", () => {
  it("is stored in one form, audited, and moves the epoch", async () => {
    const before = await ring.epoch();
    const set = await createApiSet(developer, {
      name: " Names ",
      description: " ",
      grants: [{ ...names, fields: ["lastName", "firstName", "lastName"] }],
    });
    expect(await stored(set.id)).toMatchObject({
      name: "Names",
      nameKey: "names",
      description: null,
      grants: [{ resource: "employee", actions: ["READ"], fields: ["firstName", "lastName"], rows: null }],
      version: 1,
    });
    expect(await ring.epoch()).toBeGreaterThan(before);
    const [event] = (await ring.audited("apiSet.create")).slice(-1);
    expect(event).toMatchObject({ targetId: set.id, targetName: "Names", actorKind: "USER", after: { name: "Names" } });
  });

  it.each([
    ["input.name", { name: "", grants: [names] }],
    ["input.name", { name: "x".repeat(300), grants: [names] }],
    ["input.name", { name: "a\0b", grants: [names] }],
    ["input.description", { name: "Bad", description: "x".repeat(1001), grants: [names] }],
    ["input.grants", { name: "Bad", grants: [] }],
  ])("is refused, naming %s, and leaves nothing behind", async (field, input) => {
    const count = await ring.store.reader.manager.count(ApiSet);
    const epoch = await ring.epoch();
    expect(await refusalOf(createApiSet(owner, input))).toMatchObject({ code: "BAD_USER_INPUT", details: { field } });
    expect(await ring.store.reader.manager.count(ApiSet)).toBe(count);
    expect(await ring.epoch()).toBe(epoch);
  });

  it("is refused under a name that differs only in case", async () => {
    await createApiSet(owner, { name: "Directory", grants: [names] });
    expect(await refusalOf(createApiSet(owner, { name: "DIRECTORY", grants: [names] }))).toMatchObject({
      code: "CONFLICT",
      details: { field: "input.name" },
    });
  });

  it("gives nothing that its maker lacks", async () => {
    const refusal = await refusalOf(createApiSet(developer, { name: "Pay", grants: [names, pay] }));
    expect(refusal).toMatchObject({ code: "OUT_OF_SCOPE", details: { missing: ["employee.salary:READ (rows)"] } });
    expect(await ring.audited("apiSet.create")).not.toContainEqual(expect.objectContaining({ targetName: "Pay" }));
  });

  it("is made by nobody without MANAGE_API_SETS, judged as the transaction sees it", async () => {
    const person = await ring.as(await ring.user("Clerk", ["HR_MANAGER"]));
    expect(await refusalOf(createApiSet(person, { name: "Mine", grants: [names] }))).toMatchObject({
      code: "FORBIDDEN",
      details: { authorities: ["MANAGE_API_SETS"] },
    });
  });
});

describe("an API set that is edited", () => {
  it("is replaced, audited with before and after, and moves version and epoch", async () => {
    const set = await createApiSet(owner, { name: "Editable", description: "Old", grants: [names] });
    const epoch = await ring.epoch();
    ring.advance(1_000);
    await updateApiSet(owner, set.id, { name: "Edited", grants: [pay], version: 1 });
    const now = await stored(set.id);
    expect(now).toMatchObject({
      name: "Edited",
      nameKey: "edited",
      description: "Old",
      version: 2,
      createdAt: set.createdAt,
    });
    expect(now?.grants).toEqual([{ ...pay, rows: null }]);
    expect(now?.updatedAt.getTime()).toBe(set.updatedAt.getTime() + 1_000);
    expect(await ring.epoch()).toBeGreaterThan(epoch);
    const [event] = (await ring.audited("apiSet.update")).slice(-1);
    expect(event).toMatchObject({ before: { name: "Editable" }, after: { name: "Edited" } });
  });

  it("keeps its own name, and loses its description by null only", async () => {
    const set = await createApiSet(owner, { name: "Kept", description: "Old", grants: [names] });
    await updateApiSet(owner, set.id, { name: "KEPT", description: null, grants: [names] });
    expect(await stored(set.id)).toMatchObject({ name: "KEPT", description: null });
  });

  it("is not overwritten by whoever saw an older version", async () => {
    const set = await createApiSet(owner, { name: "Contended", grants: [names] });
    await updateApiSet(owner, set.id, { name: "Contended", grants: [pay], version: 1 });
    const late = updateApiSet(owner, set.id, { name: "Late", grants: [names], version: 1 });
    expect(await refusalOf(late)).toMatchObject({ code: "CONFLICT", details: { version: 2 } });
    expect(await stored(set.id)).toMatchObject({ name: "Contended", version: 2 });
  });

  it("is beyond an actor who lacks what it gives, even to take it away", async () => {
    const set = await createApiSet(owner, { name: "Payroll", grants: [names, pay] });
    const missing = ["employee.salary:READ (rows)"];
    const stripped = updateApiSet(developer, set.id, { name: "Payroll", grants: [names] });
    expect(await refusalOf(stripped)).toMatchObject({ code: "OUT_OF_SCOPE", details: { missing } });
    expect(await refusalOf(deleteApiSet(developer, set.id))).toMatchObject({
      code: "OUT_OF_SCOPE",
      details: { missing },
    });
    expect(await stored(set.id)).toMatchObject({ version: 1 });
  });

  it.each(["", "nothing", "00000000-0000-7000-8000-000000000000", "x\0"])("is not found by %j", async (id) => {
    expect(await refusalOf(updateApiSet(owner, id, { name: "New", grants: [names] }))).toMatchObject({
      code: "NOT_FOUND",
    });
    expect(await refusalOf(deleteApiSet(owner, id))).toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("an API set that keys are bound to", () => {
  it("is deleted only when no live key is bound, and the refusal counts them", async () => {
    const set = await createApiSet(owner, { name: "Bound", grants: [names] });
    const generate = (name: string, expiresAt: Date | null) =>
      generateApiKey(owner, { name, apiSetIds: [set.id], expiresAt });
    const { apiKey } = await generate("bound key", null);
    await generate("expiring key", new Date(ring.operator.clock.now() + 1_000));
    const refusal = { code: "CONFLICT", details: { keyCount: 2 } };
    expect(await refusalOf(deleteApiSet(owner, set.id))).toMatchObject(refusal);
    ring.advance(1_000);
    expect(await refusalOf(deleteApiSet(owner, set.id))).toMatchObject({ ...refusal, details: { keyCount: 1 } });
    await revokeApiKey(owner, apiKey.id);
    await deleteApiSet(owner, set.id);
    expect(await stored(set.id)).toBeNull();
    const [event] = (await ring.audited("apiSet.delete")).slice(-1);
    expect(event).toMatchObject({ targetId: set.id, before: { name: "Bound" } });
  });
});

describe("the list of API sets", () => {
  it("is by name, page by page, and finds parts of a name in any case and as they are written", async () => {
    for (const name of ["zz list 10%", "zz LIST b", "zz list_c"]) await createApiSet(owner, { name, grants: [names] });
    const list = (search: string, rest = {}) => listApiSets(developer, { filter: { search }, ...rest });
    const first = await list("ZZ list", { first: 2 });
    expect((await Promise.all(first.nodes)).map((set) => set.name)).toEqual(["zz list 10%", "zz LIST b"]);
    expect(await first.totalCount()).toBe(3);
    const { endCursor, hasNextPage } = first.pageInfo();
    expect(hasNextPage).toBe(true);
    const second = await list("ZZ list", { first: 2, after: endCursor });
    expect((await Promise.all(second.nodes)).map((set) => set.name)).toEqual(["zz list_c"]);
    expect((await Promise.all((await list("list_")).nodes)).map((set) => set.name)).toEqual(["zz list_c"]);
    expect((await list("0%")).nodes).toHaveLength(1);
  });

  it("pages by time as well", async () => {
    const sort = [{ createdAt: SortDirection.DESC }];
    const all = await listApiSets(owner, { first: 500, sort });
    const paged: string[] = [];
    for (let after: string | null = null; ; ) {
      const page = await listApiSets(owner, { first: 1, sort, after });
      paged.push(...(await Promise.all(page.nodes)).map((set) => set.id));
      if (!page.pageInfo().hasNextPage) break;
      after = page.pageInfo().endCursor;
    }
    expect(paged).toEqual((await Promise.all(all.nodes)).map((set) => set.id));
  });
});
