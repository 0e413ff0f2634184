import { load } from "../resources/company";
import { type Administration, administer, unique } from "../support/administration";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";
import { callerOf, type GrantGiven, ID, STAFF } from "./staff";

const ROLE = "mutation ($input: RoleInput!) { it: createRole(input: $input) { id } }";
const EDIT_ROLE = "mutation ($id: ID!, $input: RoleInput!) { it: updateRole(id: $id, input: $input) { id } }";
const SET = "mutation ($input: ApiSetInput!) { it: createApiSet(input: $input) { id } }";
const EDIT_SET = "mutation ($id: ID!, $input: ApiSetInput!) { it: updateApiSet(id: $id, input: $input) { id } }";
const KEY = "mutation ($input: GenerateApiKeyInput!) { it: generateApiKey(input: $input) { apiKey { id } } }";
const EDIT_KEY = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { it: updateApiKey(id: $id, input: $input) { id } }";
const UNKNOWN = "0000000d-0000-7000-8000-000000000099";
const MANAGES = ["MANAGE_ROLES", "MANAGE_API_SETS", "MANAGE_USER_API_KEY"];

const reads = (rows?: object): GrantGiven => ({
  resource: "employee",
  actions: ["READ"],
  fields: ["firstName"],
  ...(rows && { rows }),
});

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
});
beforeEach(() => load(latchkey.store, STAFF));
afterAll(() => latchkey?.stop());

/** A role, a set and a key of `token`'s with these grants, each as it is made and as it is changed into them. */
async function placesOf(token: string): Promise<((grants: readonly GrantGiven[]) => Promise<Reply>)[]> {
  const ask = (query: string, variables: object) => latchkey.query(query, { token, variables });
  const owned = await admin.key(token, { grants: [reads()] });
  const [role, set] = [await admin.role({ grants: [reads()] }), await admin.apiSet([reads()])];
  return [
    (grants) => ask(ROLE, { input: { name: unique("Role"), grants } }),
    (grants) => ask(EDIT_ROLE, { id: role, input: { name: unique("Role"), grants } }),
    (grants) => ask(SET, { input: { name: unique("Set"), grants } }),
    (grants) => ask(EDIT_SET, { id: set, input: { name: unique("Set"), grants } }),
    (grants) => ask(KEY, { input: { name: unique("Key"), grants } }),
    (grants) => ask(EDIT_KEY, { id: owned.id, input: { grants } }),
  ];
}

describe("ids in the row scopes of new grants", () => {
  it("may name every department and employee that there is", async () => {
    const rows = { departmentIds: [ID.sales, ID.legal, ID.sales], employeeIds: [ID.ada, ID.gus] };
    for (const write of await placesOf(latchkey.ownerToken)) {
      expect((await write([reads(rows), reads({ employeeIds: [ID.bo] })])).errors).toBeUndefined();
    }
  });

  it.each([
    ["departmentIds[1]", { departmentIds: [ID.sales, UNKNOWN] }],
    ["departmentIds[0]", { departmentIds: ["' OR '1'='1"] }],
    ["departmentIds[0]", { departmentIds: [ID.ada] }],
    ["employeeIds[0]", { employeeIds: [ID.nobody] }],
    ["employeeIds[2]", { employeeIds: [ID.ada, ID.bo, ID.sales], self: true }],
  ])("are refused where there is no such record, naming the place: %s of %j", async (place, rows) => {
    for (const write of await placesOf(latchkey.ownerToken)) {
      const field = `input.grants[1].rows.${place}`;
      const reply = await admin.refused(() => write([reads(), reads(rows)]), "NOT_FOUND", { field });
      expect(reply.status).toBe(404);
    }
  });

  it("that their author may not see are answered like unknown ones, word for word", async () => {
    const grants = [
      reads(),
      { resource: "department", actions: ["READ"], fields: ["name"], rows: { departmentIds: [ID.sales] } },
    ];
    const role = await admin.role({ level: 50, authorities: MANAGES, grants });
    const manager = await admin.person({ roles: [role] });
    for (const write of await placesOf(manager.token)) {
      expect((await write([reads({ departmentIds: [ID.sales] })])).errors).toBeUndefined();
      const field = "input.grants[0].rows.departmentIds[0]";
      const [hidden, unknown] = [ID.legal, UNKNOWN].map(
        (id) => () => admin.refused(() => write([reads({ departmentIds: [id] })]), "NOT_FOUND", { field }),
      );
      expect((await hidden!()).text).toBe((await unknown!()).text);
    }
    // Who sees no department at all names none; people, whom they see, they do.
    const blind = await admin.person({
      roles: [await admin.role({ level: 50, authorities: MANAGES, grants: [reads()] })],
    });
    for (const write of await placesOf(blind.token)) {
      await admin.refused(() => write([reads({ departmentIds: [ID.sales] })]), "NOT_FOUND");
      expect((await write([reads({ employeeIds: [ID.sales, ID.gus].slice(1) })])).errors).toBeUndefined();
    }
  });

  it("may be those that limit their author, seen or not", async () => {
    const grants = [reads({ departmentIds: [ID.sales] })];
    const person = await admin.person({ roles: [await admin.role({ level: 50, authorities: MANAGES, grants })] });
    const caller = callerOf(latchkey, person.token);
    expect((await caller.ask(KEY, { input: { name: unique("Key"), grants } })).errors).toBeUndefined();
  });
});

describe("a department that was deleted", () => {
  it("keeps nobody from editing the rest of a role, set or key that names it, and cannot be named anew", async () => {
    const stale = [reads({ departmentIds: [ID.legal], employeeIds: [ID.gus] })];
    const [role, set] = [await admin.role({ grants: stale }), await admin.apiSet(stale)];
    const { id: key } = await admin.key(latchkey.ownerToken, { grants: stale });
    const owner = callerOf(latchkey, latchkey.ownerToken);
    await owner.read(`mutation { deleteDepartment(id: "${ID.legal}") { id } }`);
    await owner.read(`mutation { deleteEmployee(id: "${ID.gus}") { id } }`);

    const edits = (grants: readonly GrantGiven[]): [string, object][] => [
      [EDIT_ROLE, { id: role, input: { name: unique("Role"), grants } }],
      [EDIT_SET, { id: set, input: { name: unique("Set"), grants } }],
      [EDIT_KEY, { id: key, input: { name: unique("Key"), grants } }],
    ];
    await owner.read(EDIT_ROLE, { id: role, input: { name: unique("Role") } });
    await owner.read(EDIT_KEY, { id: key, input: { name: unique("Key") } });
    for (const [query, variables] of edits(stale)) await owner.read(query, variables);
    const more = [...stale, reads({ departmentIds: [ID.legal, ID.sales] })];
    for (const [query, variables] of edits(more)) await owner.read(query, variables);
    const unknown = [...more, reads({ departmentIds: [UNKNOWN] })];
    for (const [query, variables] of edits(unknown)) {
      const field = "input.grants[2].rows.departmentIds[0]";
      await admin.refused(() => owner.ask(query, variables), "NOT_FOUND", { field });
    }
    // Once left out, it is unknown.
    for (const [query, variables] of edits([reads()])) await owner.read(query, variables);
    for (const [query, variables] of edits(stale)) await admin.refused(() => owner.ask(query, variables), "NOT_FOUND");
  });
});
