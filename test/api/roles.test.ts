import { type Administration, administer, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const FIELDS =
  "id name description level authorities grants { resource actions fields rows { locations self } } inherits { name } isBuiltIn userCount version";
const CREATE = `mutation ($input: RoleInput!) { createRole(input: $input) { ${FIELDS} } }`;
const UPDATE = `mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { ${FIELDS} } }`;
const DELETE = "mutation ($id: ID!) { deleteRole(id: $id) }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const NO_SUCH_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName", "lastName"] };

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
});
afterAll(() => latchkey?.stop());

const asOwner = (query: string, variables: object) => latchkey.query(query, { token: latchkey.ownerToken, variables });
const rolesOf = (id: string) => asOwner(`query ($id: ID!) { role(id: $id) { ${FIELDS} } }`, { id });

describe("a built-in role", () => {
  it("is there from the start, with level and inheritance", async () => {
    const { roles } = await admin.asOwner<{ roles: { nodes: object[] } }>(
      "{ roles(sort: [{ level: DESC }]) { nodes { name level isBuiltIn inherits { name } authorities } } }",
    );
    expect(roles.nodes).toMatchObject([
      { name: "Account Owner", level: 100, isBuiltIn: true, inherits: { name: "Administrator" }, authorities: [] },
      { name: "Administrator", level: 80, inherits: null, authorities: expect.arrayContaining(["MANAGE_ROLES"]) },
      { name: "Developer", level: 60, inherits: { name: "Employee" } },
      { name: "HR Manager", level: 40, inherits: { name: "Employee" }, authorities: [] },
      { name: "Employee", level: 20, inherits: null, authorities: [] },
    ]);
  });

  it.each(["Account Owner", "Administrator", "Developer", "HR Manager", "Employee"])(
    "can be neither changed nor deleted, not by an account owner: %s",
    async (name) => {
      const id = await admin.builtIn(name);
      const details = { reason: "BUILT_IN_ROLE" };
      await admin.refused(() => asOwner(UPDATE, { id, input: { name, authorities: [] } }), "FORBIDDEN", details);
      await admin.refused(() => asOwner(DELETE, { id }), "FORBIDDEN", details);
    },
  );

  it("keeps its name to itself, whatever the case", async () => {
    const input = { name: "ACCOUNT owner" };
    await admin.refused(() => asOwner(CREATE, { input }), "CONFLICT", { field: "input.name" });
  });
});

describe("a custom role", () => {
  it("is made of authorities, grants, a level and an inherited role, and recorded", async () => {
    const input = {
      name: unique("Payroll vendor"),
      description: "Reads names\nand nothing else",
      level: 30,
      inheritsId: await admin.builtIn("Employee"),
      authorities: ["VIEW_USERS", "MANAGE_USER_API_KEY", "VIEW_USERS"],
      grants: [{ ...NAMES, fields: ["lastName", "firstName", "lastName"], rows: { locations: ["Berlin"] } }],
    };
    const epoch = await latchkey.store.readEpoch();
    const { createRole } = await admin.asOwner<{ createRole: { id: string } }>(CREATE, { input });
    expect(createRole).toEqual({
      id: expect.any(String),
      name: input.name,
      description: input.description,
      level: 30,
      authorities: ["MANAGE_USER_API_KEY", "VIEW_USERS"],
      grants: [{ ...NAMES, rows: { locations: ["Berlin"], self: null } }],
      inherits: { name: "Employee" },
      isBuiltIn: false,
      userCount: 0,
      version: 1,
    });
    expect(await latchkey.store.readEpoch()).toBeGreaterThan(epoch);
    expect(await admin.audited("role.create", createRole.id)).toMatchObject([{ actorName: "owner@example.com" }]);
  });

  it("gives its holders what it and what it inherits give, and its highest level", async () => {
    const base = await admin.role({ level: 50, authorities: ["VIEW_AUDIT"] });
    const middle = await admin.role({ inheritsId: base, grants: [NAMES] });
    const top = await admin.role({ inheritsId: middle, level: 5, authorities: ["VIEW_USERS"] });
    const { id, token } = await admin.person({ roles: [top] });
    const { viewer } = await latchkey.data<{ viewer: object }>(
      "{ viewer { authorities grants { resource fields } } }",
      {
        token,
      },
    );
    expect(viewer).toEqual({
      authorities: ["VIEW_AUDIT", "VIEW_USERS"],
      grants: [{ resource: "employee", fields: ["firstName", "lastName"] }],
    });
    expect(await admin.asOwner("query ($id: ID!) { user(id: $id) { level } }", { id })).toEqual({
      user: { level: 50 },
    });
  });

  it("keeps on an edit what is left out, replaces what is given, clears what is null, and records both states", async () => {
    const id = await admin.role({ description: "Old", level: 10, authorities: ["VIEW_USERS"], grants: [NAMES] });
    const name = unique("Renamed");
    const epoch = await latchkey.store.readEpoch();
    expect((await asOwner(UPDATE, { id, input: { name } })).data?.updateRole).toMatchObject({
      name,
      description: "Old",
      level: 10,
      authorities: ["VIEW_USERS"],
      grants: [NAMES],
      version: 2,
    });
    const cleared = { name, description: null, authorities: [], grants: [], level: 0 };
    const input = { ...cleared, inheritsId: null, version: 2 };
    expect((await asOwner(UPDATE, { id, input })).data?.updateRole).toMatchObject({
      ...cleared,
      inherits: null,
      version: 3,
    });
    expect(await latchkey.store.readEpoch()).toBe(epoch + 2);
    expect(await admin.audited("role.update", id)).toMatchObject([
      { before: expect.stringContaining("Old") },
      { before: expect.stringContaining("VIEW_USERS"), after: expect.stringContaining('"authorities":[]') },
    ]);
    await admin.refused(() => asOwner(UPDATE, { id, input: { name, version: 2 } }), "CONFLICT", {
      field: "input.version",
    });
  });

  it.each<[string, object]>([
    ["input.name", { name: "" }],
    ["input.name", { name: "x".repeat(300) }],
    ["input.name", { name: "a\nb" }],
    ["input.description", { description: "x".repeat(1_001) }],
    ["input.description", { description: "a\u0000b" }],
    ["input.level", { level: -1 }],
    ["input.level", { level: 101 }],
    ["input.authorities[1]", { authorities: ["VIEW_USERS", "RULE_THE_WORLD"] }],
    ["input.authorities[0]", { authorities: ["manage_users"] }],
    ["input.grants[0].resource", { grants: [{ ...NAMES, resource: "salary" }] }],
    ["input.grants[1].actions", { grants: [NAMES, { ...NAMES, actions: [] }] }],
    ["input.grants[0].actions[0]", { grants: [{ resource: "department", actions: ["DOWNLOAD"] }] }],
    ["input.grants[0].fields", { grants: [{ ...NAMES, fields: [] }] }],
    ["input.grants[0].fields[2]", { grants: [{ ...NAMES, fields: ["lastName", "firstName", "shoeSize"] }] }],
    ["input.grants[0].rows", { grants: [{ ...NAMES, rows: {} }] }],
    ["input.grants[0].rows", { grants: [{ ...NAMES, rows: { self: false, locations: [] } }] }],
    ["input.grants[0].rows.locations[1]", { grants: [{ ...NAMES, rows: { locations: ["Berlin", " "] } }] }],
  ])("is refused on creation and on edit, naming %s (case %#)", async (field, bad) => {
    const id = await admin.role({});
    const input = { name: unique("Bad"), ...bad };
    await admin.refused(() => asOwner(CREATE, { input }), "BAD_USER_INPUT", { field });
    await admin.refused(() => asOwner(UPDATE, { id, input }), "BAD_USER_INPUT", { field });
  });

  it("inherits only a role that exists, and never itself, however far round", async () => {
    const input = { name: unique("Orphan"), inheritsId: NO_SUCH_ID };
    await admin.refused(() => asOwner(CREATE, { input }), "NOT_FOUND");
    const first = await admin.role({});
    const second = await admin.role({ inheritsId: first });
    const third = await admin.role({ inheritsId: second });
    for (const inheritsId of [first, second, third]) {
      await admin.refused(
        () => asOwner(UPDATE, { id: first, input: { name: unique("Round"), inheritsId } }),
        "BAD_USER_INPUT",
        { field: "input.inheritsId" },
      );
    }
  });

  it("makes no cycle either when two edits that would close it together arrive at the same moment", async () => {
    for (let round = 0; round < 5; round++) {
      const [left, right] = [await admin.role({}), await admin.role({})];
      const replies = await Promise.all([
        asOwner(UPDATE, { id: left, input: { name: unique("Left"), inheritsId: right } }),
        asOwner(UPDATE, { id: right, input: { name: unique("Right"), inheritsId: left } }),
      ]);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    }
  });

  it("is deleted when nobody uses it, which is recorded", async () => {
    const id = await admin.role({ authorities: ["VIEW_AUDIT"] });
    expect(await asOwner(DELETE, { id })).toMatchObject({ status: 200, data: { deleteRole: true } });
    expect((await rolesOf(id)).data).toEqual({ role: null });
    expect(await admin.audited("role.delete", id)).toMatchObject([{ before: expect.stringContaining("VIEW_AUDIT") }]);
    await admin.refused(() => asOwner(DELETE, { id }), "NOT_FOUND");
    await admin.refused(() => asOwner(UPDATE, { id, input: { name: unique("Gone") } }), "NOT_FOUND");
  });

  it("is not deleted while a user has it or a role inherits it, which the reply counts", async () => {
    const id = await admin.role({});
    const heir = await admin.role({ inheritsId: id });
    const { id: userId } = await admin.person({ roles: [id] });
    await admin.refused(() => asOwner(DELETE, { id }), "CONFLICT", { users: 1, roles: 1 });
    await asOwner(SET_ROLES, { id: userId, roleIds: [] });
    await admin.refused(() => asOwner(DELETE, { id }), "CONFLICT", { users: 0, roles: 1 });
    expect((await asOwner(DELETE, { id: heir })).status).toBe(200);
    expect((await asOwner(DELETE, { id })).status).toBe(200);
  });

  it("deleted at the very moment it is assigned either stays or was never assigned", async () => {
    for (let round = 0; round < 5; round++) {
      const id = await admin.role({});
      const { id: userId } = await admin.person({ password: null });
      const [deleted, assigned] = await Promise.all([
        asOwner(DELETE, { id }),
        asOwner(SET_ROLES, { id: userId, roleIds: [id] }),
      ]);
      expect([deleted.status, assigned.status].sort()).toEqual(deleted.status === 200 ? [200, 404] : [200, 409]);
    }
  });
});

describe("the catalogues of authorities and resources", () => {
  it("name all there is for who composes roles, each with its area and meaning", async () => {
    const { authorities, resources } = await admin.asOwner<{
      authorities: { name: string; area: string; description: string }[];
      resources: { name: string; actions: string[]; fields: { name: string }[] }[];
    }>("{ authorities { name area description } resources { name actions fields { name } } }");
    expect(authorities.map(({ name }) => name)).toEqual(expect.arrayContaining(["MANAGE_USER_API_KEY", "VIEW_AUDIT"]));
    for (const { area, description } of authorities) expect([area, description]).not.toContain("");
    const employee = resources.find(({ name }) => name === "employee");
    expect(employee?.actions).toEqual(expect.arrayContaining(["CREATE", "READ", "UPDATE", "DELETE"]));
    expect(employee?.fields.map(({ name }) => name)).toEqual(expect.arrayContaining(["salary", "manager"]));
  });

  it("tell a key only the names that it holds, and nobody nothing", async () => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [NAMES] });
    const { resources } = await latchkey.data<{ resources: object[] }>(
      "{ resources { name actions fields { name } } }",
      { token },
    );
    expect(resources).toEqual([
      { name: "employee", actions: ["READ"], fields: [{ name: "firstName" }, { name: "lastName" }] },
    ]);
    expect((await latchkey.query("{ resources { name } }")).status).toBe(401);
    expect((await latchkey.query("{ authorities { name } }")).status).toBe(401);
  });

  it("and roles are closed to who lacks the authority", async () => {
    const { token } = await admin.person({ roles: ["HR Manager"] });
    const id = await admin.role({});
    const attempts: [string, object][] = [
      ["{ roles { totalCount } }", {}],
      ["query ($id: ID!) { role(id: $id) { name } }", { id }],
      [CREATE, { input: { name: unique("Mine") } }],
      [UPDATE, { id, input: { name: unique("Mine") } }],
      [DELETE, { id }],
    ];
    for (const [query, variables] of attempts) {
      await admin.refused(() => latchkey.query(query, { token, variables }), "FORBIDDEN", {
        authorities: expect.arrayContaining(["MANAGE_ROLES"]),
      });
    }
  });
});
