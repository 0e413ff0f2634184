import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const UPDATE_SETTINGS = "mutation ($input: UpdateSettingsInput!) { it: updateSettings(input: $input) { version } }";
const UPDATE_KEY =
  "mutation ($id: ID!, $input: UpdateApiKeyInput!) { it: updateApiKey(id: $id, input: $input) { version } }";
const ENABLE = "mutation ($id: ID!, $on: Boolean!) { it: setApiKeyEnabled(id: $id, enabled: $on) { version } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { it: updateRole(id: $id, input: $input) { version } }";
const UPDATE_SET = "mutation ($id: ID!, $input: ApiSetInput!) { it: updateApiSet(id: $id, input: $input) { version } }";
const UPDATE_USER =
  "mutation ($id: ID!, $input: UpdateUserInput!) { it: updateUser(id: $id, input: $input) { version } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { it: setUserRoles(id: $id, roleIds: $roleIds) { version } }";
const SET_STATUS =
  "mutation ($id: ID!, $status: UserStatus!) { it: setUserStatus(id: $id, status: $status) { version } }";
const NAMES = {
  resource: "employee",
  actions: ["READ"],
  fields: ["firstName", "lastName"],
  rows: { locations: ["Oslo"] },
};
/** The same in other words. */
const SAME = {
  ...NAMES,
  actions: ["READ", "READ"],
  fields: ["lastName", "firstName"],
  rows: { locations: ["Oslo"], self: false },
};

type Edited = { readonly it: { readonly version: number } };

let latchkey: TestLatchkey;
let admin: Administration;
let person: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  person = await admin.person({ roles: ["Developer"] });
});
afterAll(() => latchkey?.stop());

const edit = (query: string, variables: object) => admin.asOwner<Edited>(query, variables).then(({ it }) => it.version);

/** Expects each to return `version` and to write nothing at all, the epoch included. */
async function changesNothing(version: number, query: string, all: readonly object[]): Promise<void> {
  const [before, epoch] = [await admin.state(), await latchkey.store.readEpoch()];
  for (const variables of all) expect([variables, await edit(query, variables)]).toEqual([variables, version]);
  expect(await admin.state()).toBe(before);
  expect(await latchkey.store.readEpoch()).toBe(epoch);
}

describe("an edit that changes nothing moves no version or epoch and leaves no trail", () => {
  it("of the settings", async () => {
    const inputs = [{}, { version: 1 }, { apiKeyDefaultLifetimeDays: 90, apiKeysMayNeverExpire: false }];
    await changesNothing(
      1,
      UPDATE_SETTINGS,
      inputs.map((input) => ({ input })),
    );
    expect(await edit(UPDATE_SETTINGS, { input: { apiKeyDefaultLifetimeDays: 80, version: 1 } })).toBe(2);
    // Whoever has seen an older version is told so, whatever they ask for.
    const late = { token: latchkey.ownerToken, variables: { input: { version: 1 } } };
    await admin.refused(() => latchkey.query(UPDATE_SETTINGS, late), "CONFLICT");
  });

  it("of a key, and a colleague's edit of what was read before goes through", async () => {
    const set = await admin.apiSet([NAMES]);
    const expiresAt = new Date(latchkey.clock.now() + 86_400_000).toISOString();
    const given = {
      name: unique("Key"),
      description: "For payroll",
      application: "CRM",
      allowedIps: ["10.0.0.0/8", "192.0.2.1"],
      callsPerMinute: 5,
      limits: { cost: 100, depth: 3 },
      onDenied: "NULL",
      expiresAt,
    };
    const { id } = await admin.key(latchkey.ownerToken, { ...given, apiSetIds: [set], grants: [NAMES] });
    const inputs = [
      {},
      { version: 1 },
      given,
      { apiSetIds: [set], grants: [SAME], limits: { depth: 3, cost: 100 }, allowedIps: ["192.0.2.1", "10.0.0.0/8"] },
      { name: ` ${given.name} `, deviceId: "Any" },
    ];
    await changesNothing(
      1,
      UPDATE_KEY,
      inputs.map((input) => ({ id, input })),
    );
    await changesNothing(1, ENABLE, [{ id, on: true }]);
    expect(await edit(UPDATE_KEY, { id, input: { apiSetIds: [], version: 1 } })).toBe(2);
    expect(await edit(UPDATE_KEY, { id, input: { application: "crm" } })).toBe(3);
    expect(await admin.audited("apiKey.update", id)).toHaveLength(2);
  });

  it("of a role", async () => {
    const name = unique("Role");
    const content = { level: 5, description: "d", authorities: ["VIEW_USERS", "VIEW_AUDIT"], grants: [NAMES] };
    const id = await admin.role({ name, ...content });
    const inputs = [
      { name },
      { name, version: 1, ...content },
      { name, authorities: ["VIEW_AUDIT", "VIEW_USERS", "VIEW_AUDIT"], grants: [SAME] },
    ];
    await changesNothing(
      1,
      UPDATE_ROLE,
      inputs.map((input) => ({ id, input })),
    );
    expect(await edit(UPDATE_ROLE, { id, input: { name: name.toUpperCase(), version: 1 } })).toBe(2);
  });

  it("of an API set", async () => {
    const id = await admin.apiSet([NAMES]);
    const { apiSet } = await admin.asOwner<{ apiSet: { name: string } }>(
      "query ($id: ID!) { apiSet(id: $id) { name } }",
      { id },
    );
    const inputs = [
      { ...apiSet, grants: [NAMES] },
      { ...apiSet, grants: [SAME], version: 1 },
    ];
    await changesNothing(
      1,
      UPDATE_SET,
      inputs.map((input) => ({ id, input })),
    );
    expect(await edit(UPDATE_SET, { id, input: { ...apiSet, grants: [NAMES], description: "New" } })).toBe(2);
  });

  it("of a user, roles and status included", async () => {
    const { id, email } = person;
    const inputs = [{}, { firstName: "Ann", email }, { expiresAt: null, employeeId: null, version: 1 }];
    await changesNothing(
      1,
      UPDATE_USER,
      inputs.map((input) => ({ id, input })),
    );
    const developer = await admin.builtIn("Developer");
    await changesNothing(1, SET_ROLES, [
      { id, roleIds: [developer] },
      { id, roleIds: [developer, developer] },
    ]);
    await changesNothing(1, SET_STATUS, [{ id, status: "ACTIVE" }]);
    expect((await latchkey.query("{ viewer { kind } }", { token: person.token })).status).toBe(200);
    expect(await edit(SET_STATUS, { id, status: "DISABLED" })).toBe(2);
    await changesNothing(2, SET_STATUS, [{ id, status: "DISABLED" }]);
    expect(await edit(SET_STATUS, { id, status: "LOCKED" })).toBe(3);
    expect(await edit(UPDATE_USER, { id, input: { email: email.toUpperCase() } })).toBe(4);
  });

  it("but still needs the authority for it", async () => {
    const { token } = await admin.person();
    const variables = { input: {} };
    await admin.refused(() => latchkey.query(UPDATE_SETTINGS, { token, variables }), "FORBIDDEN");
  });
});
