import { idOf, load } from "../resources/company";
import { type Administration, administer, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const FIELDS =
  "id name description version keyCount grants { resource actions fields rows { departmentIds locations self reports } }";
const CREATE = `mutation ($input: ApiSetInput!) { createApiSet(input: $input) { ${FIELDS} } }`;
const UPDATE = `mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { ${FIELDS} } }`;
const DELETE = "mutation ($id: ID!) { deleteApiSet(id: $id) }";
const READ = `query ($id: ID!) { apiSet(id: $id) { ${FIELDS} } }`;
const [A, B] = [idOf("d", 1), idOf("d", 2)];
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  const departments = [A, B].map((id, at) => ({ id, code: `D${at}`, name: `Department ${at}`, managerId: null }));
  await load(latchkey.store, { departments, employees: [] });
});
afterAll(() => latchkey?.stop());

const asOwner = (query: string, variables: object) => latchkey.query(query, { token: latchkey.ownerToken, variables });

describe("an API set", () => {
  it("is made, read, changed and deleted, each change recorded and effective at once", async () => {
    const input = {
      name: unique("Directory"),
      description: "Names only",
      grants: [
        { resource: "employee", actions: ["UPDATE", "READ", "READ"], fields: ["lastName", "firstName", "lastName"] },
        { resource: "department", actions: ["DELETE"], rows: { departmentIds: [B, A, B], self: true } },
      ],
    };
    const epoch = await latchkey.store.readEpoch();
    const { createApiSet } = await admin.asOwner<{ createApiSet: { id: string } }>(CREATE, { input });
    const { id } = createApiSet;
    const stored = {
      id,
      name: input.name,
      description: "Names only",
      version: 1,
      keyCount: 0,
      grants: [
        { resource: "employee", actions: ["READ", "UPDATE"], fields: ["firstName", "lastName"], rows: null },
        {
          resource: "department",
          actions: ["DELETE"],
          fields: null,
          rows: { departmentIds: [A, B], self: true, locations: null, reports: null },
        },
      ],
    };
    expect(createApiSet).toEqual(stored);
    expect((await asOwner(READ, { id })).data).toEqual({ apiSet: stored });

    const name = unique("Renamed");
    const changed = (await asOwner(UPDATE, { id, input: { name, grants: [NAMES], version: 1 } })).data?.updateApiSet;
    expect(changed).toMatchObject({ name, description: "Names only", version: 2, grants: [{ ...NAMES, rows: null }] });
    expect((await asOwner(DELETE, { id })).data).toEqual({ deleteApiSet: true });
    expect((await asOwner(READ, { id })).data).toEqual({ apiSet: null });
    expect(await latchkey.store.readEpoch()).toBe(epoch + 3);

    const by = { actorKind: "USER", actorName: "owner@example.com", targetId: id };
    expect(await admin.audited("apiSet.create", id)).toMatchObject([{ ...by, before: null }]);
    expect(await admin.audited("apiSet.update", id)).toMatchObject([
      { ...by, before: expect.stringContaining("lastName"), after: expect.not.stringContaining("lastName") },
    ]);
    expect(await admin.audited("apiSet.delete", id)).toMatchObject([{ ...by, after: null }]);
  });

  it("has a name of its own, whatever the case, also when two of one name come at the same moment", async () => {
    const name = unique("Payroll");
    const id = await admin.apiSet([NAMES]);
    const replies = await Promise.all(
      [name, name.toUpperCase(), name.toLowerCase()].map((spelled) =>
        asOwner(CREATE, { input: { name: spelled, grants: [NAMES] } }),
      ),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    const taken = { name: ` ${name.toUpperCase()} `, grants: [NAMES] };
    await admin.refused(() => asOwner(UPDATE, { id, input: taken }), "CONFLICT", { field: "input.name" });
  });

  it("that was changed since it was read is not overwritten", async () => {
    const id = await admin.apiSet([NAMES]);
    const input = { name: unique("Mine"), grants: [NAMES], version: 1 };
    const both = await Promise.all([asOwner(UPDATE, { id, input }), asOwner(UPDATE, { id, input })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it.each<[string, object]>([
    ["input.name", { name: "" }],
    ["input.name", { name: "   " }],
    ["input.name", { name: "x".repeat(300) }],
    ["input.name", { name: "a\u0000b" }],
    ["input.description", { description: "x".repeat(1_001) }],
    ["input.grants", { grants: [] }],
    ["input.grants", { grants: Array.from({ length: 101 }, () => NAMES) }],
    ["input.grants[0].resource", { grants: [{ resource: "secrets", actions: ["READ"] }] }],
    ["input.grants[0].resource", { grants: [{ resource: "Employee", actions: ["READ"] }] }],
    ["input.grants[1].actions", { grants: [NAMES, { resource: "employee", actions: [] }] }],
    ["input.grants[0].actions[1]", { grants: [{ resource: "department", actions: ["READ", "DOWNLOAD"] }] }],
    ["input.grants[0].fields", { grants: [{ ...NAMES, fields: [] }] }],
    ["input.grants[2].fields[1]", { grants: [NAMES, NAMES, { ...NAMES, fields: ["firstName", "Salary"] }] }],
    ["input.grants[0].fields[0]", { grants: [{ ...NAMES, fields: ["passwordHash"] }] }],
    ["input.grants[0].fields", { grants: [{ ...NAMES, fields: Array.from({ length: 501 }, () => "firstName") }] }],
    ["input.grants[0].rows", { grants: [{ ...NAMES, rows: {} }] }],
    ["input.grants[0].rows.employeeIds[0]", { grants: [{ ...NAMES, rows: { employeeIds: [""] } }] }],
  ])("is refused on creation and on edit, naming %s (case %#)", async (field, bad) => {
    const id = await admin.apiSet([NAMES]);
    const input = { name: unique("Bad"), grants: [NAMES], ...bad };
    for (const act of [() => asOwner(CREATE, { input }), () => asOwner(UPDATE, { id, input })]) {
      const reply = await admin.refused(act, "BAD_USER_INPUT", { field });
      expect(reply.status).toBe(400);
      expect(reply.errors?.[0]?.message).toContain(field);
    }
  });

  it.each([
    ["an action that does not exist", { ...NAMES, actions: ["ADMINISTER"] }],
    ["a resource left out", { actions: ["READ"] }],
    ["a part that does not exist", { ...NAMES, except: ["salary"] }],
  ])("is refused for %s", async (_what, grant) => {
    await admin.refused(() => asOwner(CREATE, { input: { name: unique("Bad"), grants: [grant] } }), "BAD_USER_INPUT");
  });

  it("that does not exist can be neither changed nor deleted nor bound", async () => {
    const id = await admin.apiSet([NAMES]);
    for (const unknown of ["", `${id} `, id.toUpperCase(), "x".repeat(5_000)]) {
      const input = { name: unique("Nothing"), grants: [NAMES] };
      await admin.refused(() => asOwner(UPDATE, { id: unknown, input }), "NOT_FOUND");
      await admin.refused(() => asOwner(DELETE, { id: unknown }), "NOT_FOUND");
      const generate = "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }";
      const apiSetIds = [id, unknown];
      await admin.refused(() => asOwner(generate, { input: { name: unique("Key"), apiSetIds } }), "NOT_FOUND", {
        field: "input.apiSetIds",
        ids: [unknown],
      });
    }
  });

  it("stays as long as a live key is bound to it; revoked and expired keys do not hold it", async () => {
    const id = await admin.apiSet([NAMES]);
    const expiresAt = new Date(latchkey.clock.now() + 60_000).toISOString();
    await admin.key(latchkey.ownerToken, { apiSetIds: [id], expiresAt });
    const disabled = await admin.key(latchkey.ownerToken, { apiSetIds: [id, id] });
    await admin.asOwner("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", disabled);
    await admin.refused(() => asOwner(DELETE, { id }), "CONFLICT", { keyCount: 2 });
    latchkey.clock.advance(60_000);
    await admin.refused(() => asOwner(DELETE, { id }), "CONFLICT", { keyCount: 1 });
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", disabled);
    expect((await asOwner(READ, { id })).data).toMatchObject({ apiSet: { keyCount: 0 } });
    expect((await asOwner(DELETE, { id })).status).toBe(200);
  });

  it("deleted at the very moment it is bound either stays or was never bound", async () => {
    const generate = "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }";
    for (let round = 0; round < 5; round++) {
      const id = await admin.apiSet([NAMES]);
      const [deleted, bound] = await Promise.all([
        asOwner(DELETE, { id }),
        asOwner(generate, { input: { name: unique("Key"), apiSetIds: [id] } }),
      ]);
      expect([deleted.status, bound.status].sort()).toEqual(deleted.status === 200 ? [200, 404] : [200, 409]);
    }
  });
});

describe("the list of API sets", () => {
  it("is by name, found by part of it, page by page", async () => {
    const names = ["Zz b", "zz A", "ZZ c"];
    for (const name of names) await asOwner(CREATE, { input: { name, grants: [NAMES] } });
    const page = `query ($after: String) { apiSets(first: 2, after: $after, filter: { search: "zZ" })
      { totalCount nodes { name } edges { cursor node { name } } pageInfo { hasNextPage endCursor } } }`;
    const first = await admin.asOwner<{ apiSets: { pageInfo: { endCursor: string } } }>(page);
    expect(first.apiSets).toMatchObject({
      totalCount: 3,
      nodes: [{ name: "zz A" }, { name: "Zz b" }],
      pageInfo: { hasNextPage: true },
    });
    expect(await admin.asOwner(page, { after: first.apiSets.pageInfo.endCursor })).toMatchObject({
      apiSets: { totalCount: 3, nodes: [{ name: "ZZ c" }], pageInfo: { hasNextPage: false } },
    });
    await admin.refused(() => asOwner(page, { after: "made up" }), "BAD_USER_INPUT", { field: "after" });
  });

  it("is open to developers, who pick from it; its changes are closed to who lacks the authority", async () => {
    const { token: developer } = await admin.person({ roles: ["Developer"] });
    const { token: reader } = await admin.person({ roles: [await admin.role({ authorities: ["VIEW_ALL_API_KEYS"] })] });
    const { token: manager } = await admin.person({ roles: ["HR Manager"] });
    const id = await admin.apiSet([NAMES]);
    const list = "{ apiSets { nodes { name } } }";
    expect((await latchkey.query(list, { token: developer })).status).toBe(200);
    expect((await latchkey.query(list, { token: reader })).status).toBe(200);
    await admin.refused(() => latchkey.query(list, { token: manager }), "FORBIDDEN");
    const input = { name: unique("Mine"), grants: [NAMES] };
    for (const [query, variables] of [
      [CREATE, { input }],
      [UPDATE, { id, input }],
      [DELETE, { id }],
    ] as const) {
      await admin.refused(() => latchkey.query(query, { token: reader, variables }), "FORBIDDEN", {
        authorities: ["MANAGE_API_SETS"],
      });
    }
  });
});
