import { setUserRoles } from "../../src/users/set-user-roles";
import { setUserStatus } from "../../src/users/set-user-status";
import { UserStatus } from "../../src/users/user-status";
import { type Administration, administer, PASSWORD, type TestPerson, unique } from "../support/administration";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";

const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";
const UPDATE_USER = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const DELETE_ROLE = "mutation ($id: ID!) { deleteRole(id: $id) }";
const CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";

let latchkey: TestLatchkey;
let second: TestLatchkey;
let admin: Administration;
let ownerRole: string;
let ownerId: string;

beforeAll(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
  ownerRole = await admin.builtIn("Account Owner");
  const { viewer } = await admin.asOwner<{ viewer: { user: { id: string } } }>("{ viewer { user { id } } }");
  ownerId = viewer.user.id;
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});

const as = (token: string, query: string, variables: object, instance = latchkey): Promise<Reply> =>
  instance.query(query, { token, variables });
const asOwner = (query: string, variables: object) => as(latchkey.ownerToken, query, variables);
const lastOwner = (act: () => Promise<Reply>) => admin.refused(act, "CONFLICT", { reason: "LAST_OWNER" });

/** Whom the account could be administered by: active, without an end, with a password, holding Account Owner. */
async function usableOwners(): Promise<number> {
  const rows = await latchkey.store.select(
    `SELECT DISTINCT u.id FROM \`user\` u JOIN user_role h ON h.userId = u.id JOIN role r ON r.id = h.roleId
     WHERE u.status = 'ACTIVE' AND u.expiresAt IS NULL AND u.passwordHash IS NOT NULL
       AND (r.id = ? OR r.inheritsId = ?)`,
    [ownerRole, ownerRole],
  );
  return rows.length;
}

describe("the only account owner", () => {
  it("does not give the role away, in whatever company", async () => {
    for (const roleIds of [[], [await admin.builtIn("Administrator")], [await admin.role({ level: 100 })]]) {
      await lastOwner(() => asOwner(SET_ROLES, { id: ownerId, roleIds }));
    }
  });

  it("stays the only one beside owners who could not take over: disabled, expiring, or without a password", async () => {
    const roles = [ownerRole];
    const disabled = await admin.person({ roles });
    await asOwner(SET_STATUS, { id: disabled.id, status: "DISABLED" });
    await admin.person({ roles, password: null });
    await admin.person({ roles, expiresAt: new Date(latchkey.clock.now() + 86_400_000).toISOString() });
    await lastOwner(() => asOwner(SET_ROLES, { id: ownerId, roleIds: [] }));
  });

  it("is not disabled, locked or given an end by another owner whose own end is set", async () => {
    const ending = await admin.person({
      roles: [ownerRole],
      expiresAt: new Date(latchkey.clock.now() + 86_400_000).toISOString(),
    });
    const expiresAt = "2100-01-01T00:00:00Z";
    await lastOwner(() => as(ending.token, SET_STATUS, { id: ownerId, status: "DISABLED" }));
    await lastOwner(() => as(ending.token, SET_STATUS, { id: ownerId, status: "LOCKED" }));
    await lastOwner(() => as(ending.token, UPDATE_USER, { id: ownerId, input: { expiresAt } }));
    await lastOwner(() => as(ending.token, SET_ROLES, { id: ownerId, roleIds: [] }));
    expect((await as(ending.token, UPDATE_USER, { id: ownerId, input: { firstName: "Olga" } })).status).toBe(200);
  });

  it("through an inherited role keeps it: the inheritance is not cut, nor the role deleted", async () => {
    const heir = await admin.role({ inheritsId: ownerRole });
    const top = await admin.role({ inheritsId: heir });
    expect((await asOwner(SET_ROLES, { id: ownerId, roleIds: [top] })).status).toBe(200);
    for (const inheritsId of [null, await admin.builtIn("Administrator")]) {
      for (const id of [heir, top]) {
        await lastOwner(() => asOwner(UPDATE_ROLE, { id, input: { name: unique("Role"), inheritsId } }));
      }
    }
    for (const id of [heir, top]) await admin.refused(() => asOwner(DELETE_ROLE, { id }), "CONFLICT");
    expect((await asOwner(UPDATE_ROLE, { id: heir, input: { name: unique("Role"), level: 1 } })).status).toBe(200);
    expect((await asOwner(SET_ROLES, { id: ownerId, roleIds: [ownerRole] })).status).toBe(200);
  });

  it("may go once another usable one is there", async () => {
    const next = await admin.person({ roles: [ownerRole] });
    expect((await asOwner(SET_ROLES, { id: ownerId, roleIds: [] })).status).toBe(200);
    await lastOwner(() => as(next.token, SET_ROLES, { id: next.id, roleIds: [] }));
    expect((await as(next.token, SET_ROLES, { id: ownerId, roleIds: [ownerRole] })).status).toBe(200);
    expect((await asOwner(SET_ROLES, { id: next.id, roleIds: [] })).status).toBe(200);
  });
});

describe("two account owners", () => {
  const pair = async (): Promise<[TestPerson, TestPerson]> => [
    await admin.person({ roles: [ownerRole] }),
    await admin.person({ roles: [ownerRole] }),
  ];

  it("who end each other's ownership at the same moment leave one, in twenty rounds on two instances", async () => {
    const [left, right] = await pair();
    const { operator } = latchkey;
    // Only these two are left to hold it.
    await setUserRoles(operator, ownerId, []);
    const means: ((of: TestPerson) => [string, object])[] = [
      ({ id }) => [SET_STATUS, { id, status: "DISABLED" }],
      ({ id }) => [SET_ROLES, { id, roleIds: [] }],
      ({ id }) => [SET_STATUS, { id, status: "LOCKED" }],
      ({ id }) => [UPDATE_USER, { id, input: { expiresAt: "2100-01-01T00:00:00Z" } }],
    ];
    for (let round = 0; round < 20; round++) {
      const [mine, theirs] = [means[round % 4]!(right), means[(round >> 2) % 4]!(left)];
      const tokens = [await latchkey.signIn(left.email, PASSWORD), await second.signIn(right.email, PASSWORD)] as const;
      const replies = await Promise.all([as(tokens[0], ...mine), as(tokens[1], ...theirs, second)]);
      expect([round, await usableOwners()]).toEqual([round, 1]);
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
      const refusal = replies.find(({ status }) => status !== 200);
      expect(refusal?.errors?.[0]?.extensions.code).toMatch(/^(CONFLICT|FORBIDDEN|UNAUTHENTICATED)$/);
      for (const { id } of [left, right]) {
        await setUserStatus(operator, id, UserStatus.ACTIVE);
        await setUserRoles(operator, id, [ownerRole]);
        await latchkey.store.change((tx) => tx.query("UPDATE `user` SET expiresAt = NULL WHERE id = ?", [id]));
      }
    }
    await setUserRoles(operator, ownerId, [ownerRole]);
    for (const { id } of [left, right]) await setUserRoles(operator, id, []);
  });

  it("who each give up their own leave one", async () => {
    const [left, right] = await pair();
    await setUserRoles(latchkey.operator, ownerId, []);
    const replies = await Promise.all([
      as(left.token, SET_ROLES, { id: left.id, roleIds: [] }),
      as(right.token, SET_ROLES, { id: right.id, roleIds: [] }, second),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(await usableOwners()).toBe(1);
    await setUserRoles(latchkey.operator, ownerId, [ownerRole]);
    for (const { id } of [left, right]) await setUserRoles(latchkey.operator, id, []);
  });

  it("are both locked by bad passwords at the same moment only as far as one stays usable", async () => {
    const [left, right] = await pair();
    await setUserRoles(latchkey.operator, ownerId, []);
    const wrong =
      'mutation ($email: String!) { signIn(email: $email, password: "wrong wrong wrong") { sessionToken } }';
    await Promise.all(
      [left, right].flatMap(({ email }) =>
        Array.from({ length: 10 }, (_, at) => (at % 2 ? latchkey : second).query(wrong, { variables: { email } })),
      ),
    );
    expect(await usableOwners()).toBe(1);
    expect(await admin.audited("user.lock")).toHaveLength(2);
    await setUserRoles(latchkey.operator, ownerId, [ownerRole]);
    for (const { id } of [left, right]) await setUserRoles(latchkey.operator, id, []);
  });
});

describe("an administrator's request that is under way", () => {
  /** Holds up the next change on `latchkey` at its door until `meanwhile`, run on the other instance, is done. */
  async function overtaken(act: () => Promise<Reply>, meanwhile: () => Promise<unknown>): Promise<Reply> {
    const change = latchkey.store.change.bind(latchkey.store);
    let arrived: () => void = () => undefined;
    const there = new Promise<void>((resolve) => (arrived = resolve));
    let goOn: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (goOn = resolve));
    const held = jest.spyOn(latchkey.store, "change").mockImplementationOnce(async (work) => {
      arrived();
      await released;
      return change(work);
    });
    const reply = act();
    await there;
    held.mockRestore();
    await meanwhile();
    goOn();
    return reply;
  }

  const input = () => ({
    input: { kind: "BOT", firstName: "B", lastName: "Ot", email: `${unique("bot").replace(" ", "")}@example.com` },
  });
  const bots = () => latchkey.store.select("SELECT id FROM `user` WHERE kind = 'BOT'", []);

  it.each<[string, string, (id: string) => [string, object]]>([
    ["demoted", "FORBIDDEN", (id) => [SET_ROLES, { id, roleIds: [] }]],
    ["disabled", "UNAUTHENTICATED", (id) => [SET_STATUS, { id, status: "DISABLED" }]],
    ["expired", "UNAUTHENTICATED", (id) => [UPDATE_USER, { id, input: { expiresAt: "2001-01-01T00:00:00Z" } }]],
  ])("does not go through once they are %s, and writes nothing", async (_what, code, deed) => {
    const administrator = await admin.person({ roles: ["Administrator"] });
    const before = await bots();
    const reply = await overtaken(
      () => as(administrator.token, CREATE_USER, input()),
      () => as(second.ownerToken, ...deed(administrator.id), second),
    );
    expect(reply.errors?.[0]?.extensions.code).toBe(code);
    expect(await bots()).toEqual(before);
    expect((await admin.audited("user.create")).filter(({ actorId }) => actorId === administrator.id)).toEqual([]);
  });

  it("goes through as before where only something else has changed", async () => {
    const administrator = await admin.person({ roles: ["Administrator"] });
    const reply = await overtaken(
      () => as(administrator.token, CREATE_USER, input()),
      () => admin.person({ password: null }),
    );
    expect(reply.status).toBe(200);
  });

  it("gives nothing that was taken from them meanwhile", async () => {
    const names = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
    const role = await admin.role({ authorities: ["MANAGE_USER_API_KEY"], grants: [names] });
    const person = await admin.person({ roles: [role] });
    const reply = await overtaken(
      () =>
        as(person.token, "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }", {
          input: { name: unique("Key"), grants: [names] },
        }),
      () => as(second.ownerToken, UPDATE_ROLE, { id: role, input: { name: unique("Role"), grants: [] } }, second),
    );
    expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { code: "OUT_OF_SCOPE" } }] });
    expect(await latchkey.store.select("SELECT id FROM api_key WHERE ownerId = ?", [person.id])).toEqual([]);
  });
});
