import { type Administration, administer, type GrantJson, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const UPDATE_USER = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const UPDATE_SET = "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }";
const UPDATE_KEY = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }";
const REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }";
const MINUTE = 60_000;

const read = (...fields: string[]): GrantJson => ({ resource: "employee", actions: ["READ"], fields });

let latchkey: TestLatchkey;
let second: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});

const instances = () => [latchkey, second];
const status = async (token: string, fields = "firstName") =>
  Promise.all(
    instances().map(
      async (instance) => (await instance.query(`{ employees { nodes { ${fields} } } }`, { token })).status,
    ),
  );

/** Somebody who may have keys and read names, a session and a key of theirs, both known to both instances. */
async function keyHolder(more: object = {}) {
  const role = await admin.role({ authorities: ["MANAGE_USER_API_KEY"], grants: [read("firstName", "lastName")] });
  const set = await admin.apiSet([read("firstName", "lastName")]);
  const person = await admin.person({ roles: [role], ...more });
  const key = await admin.key(person.token, { apiSetIds: [set] });
  for (const token of [person.token, key.token]) expect(await status(token)).toEqual([200, 200]);
  return { role, set, person, key };
}

async function reach({ token }: Pick<TestPerson, "token">): Promise<string[]> {
  const { viewer } = await second.data<{ viewer: { grants: { fields: string[] }[] } }>(
    "{ viewer { grants { fields } } }",
    {
      token,
    },
  );
  return viewer.grants.flatMap(({ fields }) => fields);
}

describe("a user who may no longer be used", () => {
  it.each(["DISABLED", "LOCKED"])(
    "has sessions and keys stopped by the next request on every instance once set %s; enabled again, keys work, sessions do not",
    async (next) => {
      const { person, key } = await keyHolder();
      await admin.asOwner(SET_STATUS, { id: person.id, status: next });
      expect(await status(key.token)).toEqual([401, 401]);
      expect(await status(person.token)).toEqual([401, 401]);
      await admin.asOwner(SET_STATUS, { id: person.id, status: "ACTIVE" });
      expect(await status(key.token)).toEqual([200, 200]);
      expect(await status(person.token)).toEqual([401, 401]);
    },
  );

  it("has sessions and keys stopped at the instant of expiry, without any change to the database", async () => {
    const expiresAt = new Date(latchkey.clock.now() + MINUTE);
    const { person, key } = await keyHolder({ expiresAt: expiresAt.toISOString() });
    const before = await admin.state();
    const now = jest.spyOn(latchkey.clock, "now").mockReturnValue(expiresAt.getTime() - 1);
    for (const token of [key.token, person.token]) expect(await status(token)).toEqual([200, 200]);
    now.mockReturnValue(expiresAt.getTime());
    for (const token of [key.token, person.token]) expect(await status(token)).toEqual([401, 401]);
    expect((await latchkey.query("{ viewer { kind } }", { token: key.token })).text).toContain(
      "disabled, locked or expired",
    );
    expect(await admin.state()).toBe(before);
    now.mockRestore();
    await admin.asOwner(UPDATE_USER, { id: person.id, input: { expiresAt: null } });
    latchkey.clock.advance(MINUTE);
    for (const token of [key.token, person.token]) expect(await status(token)).toEqual([200, 200]);
    await admin.asOwner(UPDATE_USER, { id: person.id, input: { expiresAt: "2001-01-01T00:00:00Z" } });
    for (const token of [key.token, person.token]) expect(await status(token)).toEqual([401, 401]);
  });

  it("gets no revoked key back by being enabled again", async () => {
    const { person, key } = await keyHolder();
    const other = await admin.key(person.token, { grants: [read("firstName")] });
    await admin.asOwner(SET_STATUS, { id: person.id, status: "DISABLED" });
    await admin.asOwner(REVOKE, { id: key.id });
    await admin.asOwner(SET_STATUS, { id: person.id, status: "ACTIVE" });
    expect(await status(key.token)).toEqual([401, 401]);
    expect(await status(other.token)).toEqual([200, 200]);
  });
});

describe("a change of what a user or key may do", () => {
  it("takes effect with the next request on every instance when a role is narrowed, widened or inherits another", async () => {
    const { role, person, key } = await keyHolder();
    const update = (input: object) =>
      admin.asOwner(UPDATE_ROLE, { id: role, input: { name: unique("Role"), ...input } });
    await update({ grants: [read("lastName")] });
    for (const token of [person.token, key.token]) {
      expect(await status(token)).toEqual([403, 403]);
      expect(await status(token, "lastName")).toEqual([200, 200]);
    }
    await update({ grants: [], inheritsId: await admin.role({ grants: [read("firstName")] }) });
    for (const token of [person.token, key.token]) {
      expect(await status(token)).toEqual([200, 200]);
      expect(await status(token, "lastName")).toEqual([403, 403]);
    }
  });

  it("takes effect with the next request when roles are taken away, and nothing of the key is left", async () => {
    const { role, person, key } = await keyHolder();
    await admin.asOwner(SET_ROLES, { id: person.id, roleIds: [] });
    expect(await status(key.token)).toEqual([403, 403]);
    expect(await reach(key)).toEqual([]);
    expect((await latchkey.query("{ apiKeys { totalCount } }", { token: person.token })).status).toBe(403);
    await admin.asOwner(SET_ROLES, { id: person.id, roleIds: [role] });
    expect(await status(key.token)).toEqual([200, 200]);
  });

  it("takes effect with the next request when an API set or the key itself is edited", async () => {
    const { set, person, key } = await keyHolder();
    await admin.asOwner(UPDATE_SET, { id: set, input: { name: unique("Set"), grants: [read("lastName")] } });
    expect(await status(key.token)).toEqual([403, 403]);
    expect(await status(key.token, "lastName")).toEqual([200, 200]);
    await latchkey.data(UPDATE_KEY, {
      token: person.token,
      variables: { id: key.id, input: { apiSetIds: [], grants: [read("firstName")] } },
    });
    expect(await status(key.token)).toEqual([200, 200]);
    expect(await status(key.token, "lastName")).toEqual([403, 403]);
  });

  it("never lets a key do more than its owner, however much its sets gain", async () => {
    const { set, key } = await keyHolder();
    const grants = [
      { resource: "employee", actions: ["READ", "UPDATE"] },
      { resource: "department", actions: ["READ"] },
    ];
    await admin.asOwner(UPDATE_SET, { id: set, input: { name: unique("Set"), grants } });
    expect(await reach(key)).toEqual(["firstName", "lastName"]);
    const reply = await second.query("{ employees { nodes { salary } } }", { token: key.token });
    expect(reply).toMatchObject({
      status: 403,
      errors: [{ extensions: { deniedBy: "OWNER", missing: "employee.salary:READ" } }],
    });
  });

  it("is seen by every one of a hundred requests that begin after it, also while reads of the epoch are shared", async () => {
    const { key } = await keyHolder();
    const query = "{ employees { totalCount } }";
    const before = Promise.all(
      Array.from({ length: 50 }, (_, at) => instances()[at % 2]!.query(query, { token: key.token })),
    );
    await admin.asOwner(REVOKE, { id: key.id });
    const after = await Promise.all(
      Array.from({ length: 100 }, (_, at) => instances()[at % 2]!.query(query, { token: key.token })),
    );
    expect(new Set(after.map((reply) => reply.status))).toEqual(new Set([401]));
    // Those that were under way may have been answered either way, but in no third one.
    for (const reply of await before) expect([200, 401]).toContain(reply.status);
  });
});

describe("a change that is refused", () => {
  it("moves no epoch, so nothing that is known is forgotten for it", async () => {
    const { person } = await keyHolder();
    const epoch = await latchkey.store.readEpoch();
    await latchkey.query(SET_STATUS, { token: person.token, variables: { id: person.id, status: "ACTIVE" } });
    await latchkey.query(SET_STATUS, { token: latchkey.ownerToken, variables: { id: "nobody", status: "ACTIVE" } });
    await latchkey.query(SET_ROLES, { token: latchkey.ownerToken, variables: { id: person.id, roleIds: ["nothing"] } });
    expect(await latchkey.store.readEpoch()).toBe(epoch);
  });
});
