import { type Administration, administer, PASSWORD, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const OPEN = "mutation ($userId: ID!) { createPasswordReset(userId: $userId) { token } }";
const RESET = "mutation ($token: String!, $next: String!) { resetPassword(token: $token, next: $next) }";
const GENERATE = "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }";
const ROTATE = "mutation ($id: ID!) { rotateApiKey(id: $id) { token } }";
const UPDATE_KEY = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }";
const UPDATE_SET = "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }";
const LINK = "mutation ($id: ID!, $to: ID) { updateUser(id: $id, input: { employeeId: $to }) { id } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const NEXT = "seven other words for the door";
const KEY_AUTHORITIES = ["MANAGE_USER_API_KEY", "MANAGE_BOT_API_KEYS", "MANAGE_API_SETS"];
const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const reads = (rows: object | null) => ({ resource: "employee", actions: ["READ"], rows });

let latchkey: TestLatchkey;
let admin: Administration;
/** A record that is nobody's who acts here, and one of an actor. */
let theirs: string;
let mine: string;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  [theirs, mine] = [await hire(), await hire()];
});
afterAll(() => latchkey?.stop());

async function hire(): Promise<string> {
  const { createEmployee } = await admin.asOwner<{ createEmployee: { id: string } }>(
    "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }",
    { input: { employeeNumber: unique("E"), firstName: "Em", lastName: "Ployee" } },
  );
  return createEmployee.id;
}

const as = ({ token }: Pick<TestPerson, "token">, query: string, variables: object) =>
  latchkey.query(query, { token, variables });
const reset = (token: string) => latchkey.query(RESET, { variables: { token, next: NEXT } });
const UNUSABLE = { status: 401, errors: [{ message: "The reset token is malformed, unknown, used or expired." }] };

async function open(by: Pick<TestPerson, "token">, userId: string): Promise<string> {
  const reply = await as(by, OPEN, { userId });
  expect(reply).toMatchObject({ status: 200 });
  return (reply.data!.createPasswordReset as { token: string }).token;
}

/** Has the built-in role Employee and `authorities`, and is linked to a record of their own. */
async function colleague(authorities: readonly string[], more: object = {}): Promise<TestPerson> {
  const inheritsId = await admin.builtIn("Employee");
  const roles = [await admin.role({ level: 20, inheritsId, authorities })];
  return admin.person({ roles, employeeId: mine, ...more });
}

describe("a password reset for somebody else's own record", () => {
  it("is not opened by an actor whose SELF is another record", async () => {
    const actor = await colleague(["MANAGE_USERS"]);
    const victim = await admin.person({ roles: ["Employee"], employeeId: theirs });
    const reply = await admin.refused(() => as(actor, OPEN, { userId: victim.id }), "OUT_OF_SCOPE");
    expect(reply.errors?.[0]?.extensions.missing).toContain("employee.salary:READ (rows)");
  });

  it("is not opened while the user's roles are taken away, to be given back", async () => {
    const actor = await colleague(["MANAGE_USERS", "ASSIGN_ROLES"]);
    const victim = await admin.person({ roles: ["Employee"], employeeId: theirs });
    expect((await as(actor, SET_ROLES, { id: victim.id, roleIds: [] })).status).toBe(200);
    await admin.refused(() => as(actor, OPEN, { userId: victim.id }), "OUT_OF_SCOPE", { field: "userId" });
  });

  it("is opened by one who reads every record, and for an account of the same employee", async () => {
    const administrator = await admin.person({ roles: ["Administrator"] });
    const victim = await admin.person({ roles: ["Employee"], employeeId: theirs });
    expect(await reset(await open(administrator, victim.id))).toMatchObject({ status: 200 });
    const actor = await colleague(["MANAGE_USERS"]);
    const second = await admin.person({ roles: ["Employee"], employeeId: mine });
    expect(await reset(await open(actor, second.id))).toMatchObject({ status: 200 });
  });
});

describe.each([{ self: true }, { reports: true }])("a bot's key limited to %j", (rows) => {
  const holding = (limit: object | null) => admin.role({ level: 20, grants: [reads(limit)] });
  async function actorAndBot() {
    const manages = await admin.role({ level: 20, authorities: KEY_AUTHORITIES });
    const actor = await admin.person({ roles: [manages, await holding(rows)], employeeId: mine });
    const all = await admin.person({ roles: [manages, await holding(null)] });
    const bot = await admin.person({ kind: "BOT", password: null, roles: [await holding(rows)], employeeId: theirs });
    return { actor, all, bot };
  }

  it("is neither generated, rotated nor widened by an actor whose rows are others", async () => {
    const { actor, bot } = await actorAndBot();
    const grants = [reads(rows)];
    const set = await admin.apiSet(grants);
    const key = await admin.key(latchkey.ownerToken, { forUserId: bot.id, grants });
    const narrow = await admin.key(latchkey.ownerToken, {
      forUserId: bot.id,
      grants: [{ ...NAMES, rows }],
    });
    const attempts: [string, object][] = [
      [GENERATE, { input: { name: unique("Key"), forUserId: bot.id, grants } }],
      [GENERATE, { input: { name: unique("Key"), forUserId: bot.id, apiSetIds: [set] } }],
      [ROTATE, { id: key.id }],
      [UPDATE_KEY, { id: narrow.id, input: { grants } }],
      [UPDATE_KEY, { id: narrow.id, input: { apiSetIds: [set] } }],
    ];
    for (const [query, variables] of attempts) {
      const reply = await admin.refused(() => as(actor, query, variables), "OUT_OF_SCOPE");
      expect(reply.errors?.[0]?.extensions.missing).toContain("employee.salary:READ (rows)");
    }
  });

  it("is not widened through a set that it is bound to", async () => {
    const { actor, bot } = await actorAndBot();
    const set = await admin.apiSet([{ ...NAMES, rows }]);
    const input = () => ({ name: unique("Set"), grants: [reads(rows)] });
    expect((await as(actor, UPDATE_SET, { id: set, input: input() })).status).toBe(200);
    await admin.key(latchkey.ownerToken, { forUserId: bot.id, apiSetIds: [set] });
    await admin.refused(() => as(actor, UPDATE_SET, { id: set, input: input() }), "OUT_OF_SCOPE");
  });

  it("is generated and rotated by one who reads every record, or for the own record of both", async () => {
    const { actor, all, bot } = await actorAndBot();
    const input = { name: unique("Key"), forUserId: bot.id, grants: [reads(rows)] };
    expect((await as(all, GENERATE, { input })).status).toBe(200);
    const own = await admin.key(actor.token, { grants: [reads(rows)] });
    expect((await as(actor, ROTATE, { id: own.id })).status).toBe(200);
    await admin.asOwner(LINK, { id: bot.id, to: mine });
    expect((await as(actor, GENERATE, { input: { ...input, name: unique("Key") } })).status).toBe(200);
  });
});

describe("a reset token that was opened early", () => {
  const desk = async () => {
    const role = await admin.role({ level: 20, authorities: ["MANAGE_USERS"] });
    return { role, maker: await admin.person({ roles: [role] }) };
  };

  it("stops when its target gets roles, by assignment or by an edit of one it has", async () => {
    const { maker } = await desk();
    const promoted = await admin.person();
    const early = await open(maker, promoted.id);
    await admin.asOwner(SET_ROLES, { id: promoted.id, roleIds: [await admin.builtIn("Account Owner")] });
    expect(await reset(early)).toMatchObject(UNUSABLE);

    const role = await admin.role({ level: 1 });
    const { id } = await admin.person({ roles: [role] });
    const token = await open(maker, id);
    await admin.asOwner(UPDATE_ROLE, { id: role, input: { name: unique("Role"), authorities: ["VIEW_AUDIT"] } });
    expect(await reset(token)).toMatchObject(UNUSABLE);
    await admin.asOwner(UPDATE_ROLE, { id: role, input: { name: unique("Role"), authorities: [], level: 30 } });
    expect(await reset(token)).toMatchObject(UNUSABLE);
    await admin.asOwner(UPDATE_ROLE, { id: role, input: { name: unique("Role"), level: 1 } });
    expect(await reset(token)).toMatchObject({ status: 200 });
  });

  it("stops when its target is linked to a record", async () => {
    const { maker } = await desk();
    const { id } = await admin.person();
    const token = await open(maker, id);
    await admin.asOwner(LINK, { id, to: theirs });
    expect(await reset(token)).toMatchObject(UNUSABLE);
  });

  it.each(["DISABLED", "LOCKED"])("stops when its maker is %s, also when that ends", async (status) => {
    const { maker } = await desk();
    const token = await open(maker, (await admin.person()).id);
    await admin.asOwner(SET_STATUS, { id: maker.id, status });
    expect(await reset(token)).toMatchObject(UNUSABLE);
    await admin.asOwner(SET_STATUS, { id: maker.id, status: "ACTIVE" });
    expect(await reset(token)).toMatchObject(UNUSABLE);
  });

  it("stops when its maker has lost MANAGE_USERS", async () => {
    const { maker } = await desk();
    const token = await open(maker, (await admin.person()).id);
    await admin.asOwner(SET_ROLES, { id: maker.id, roleIds: [] });
    expect(await reset(token)).toMatchObject(UNUSABLE);
  });

  it("stops when its target changes the password or is disabled", async () => {
    const changed = await admin.person();
    const first = await open({ token: latchkey.ownerToken }, changed.id);
    const CHANGE = "mutation ($current: String!, $next: String!) { changePassword(current: $current, next: $next) }";
    expect((await as(changed, CHANGE, { current: PASSWORD, next: "my own new pass phrase" })).status).toBe(200);
    expect(await reset(first)).toMatchObject(UNUSABLE);
    const { id } = await admin.person();
    const second = await open({ token: latchkey.ownerToken }, id);
    await admin.asOwner(SET_STATUS, { id, status: "DISABLED" });
    await admin.asOwner(SET_STATUS, { id, status: "ACTIVE" });
    expect(await reset(second)).toMatchObject(UNUSABLE);
  });
});

describe("a link to an employee record", () => {
  it("is made by nobody who could not read the record, though no role gives SELF yet", async () => {
    const actor = await admin.person({ roles: [await admin.role({ level: 20, authorities: ["MANAGE_USERS"] })] });
    const { id } = await admin.person({ password: null });
    const bot = { kind: "BOT", firstName: "B", lastName: "Ot", email: "linked-bot@example.com", employeeId: theirs };
    const attempts: [string, object][] = [
      [LINK, { id: actor.id, to: theirs }],
      [LINK, { id, to: theirs }],
      ["mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", { input: bot }],
    ];
    for (const [query, variables] of attempts) {
      await admin.refused(() => as(actor, query, variables), "OUT_OF_SCOPE", { field: "input.employeeId" });
    }
  });

  it("is made for others by one who reads every employee, for oneself by one who reads everything", async () => {
    const roles = [await admin.role({ level: 20, authorities: ["MANAGE_USERS"], grants: [reads(null)] })];
    const actor = await admin.person({ roles });
    const { id } = await admin.person({ password: null });
    expect((await as(actor, LINK, { id, to: theirs })).status).toBe(200);
    await admin.refused(() => as(actor, LINK, { id: actor.id, to: theirs }), "OUT_OF_SCOPE");
    const administrator = await admin.person({ roles: ["Administrator"] });
    expect((await as(administrator, LINK, { id: administrator.id, to: theirs })).status).toBe(200);
  });
});

it("makes no chain of more than ten inherited roles by joining two", async () => {
  const chain = async (length: number) => {
    const ids: string[] = [await admin.role({})];
    while (ids.length < length) ids.push(await admin.role({ inheritsId: ids.at(-1) }));
    return { top: ids[0]!, bottom: ids.at(-1)! };
  };
  const [upper, lower, short] = [await chain(6), await chain(5), await chain(4)];
  const join = (below: string) =>
    as({ token: latchkey.ownerToken }, UPDATE_ROLE, {
      id: below,
      input: { name: unique("Role"), inheritsId: upper.bottom },
    });
  await admin.refused(() => join(lower.top), "BAD_USER_INPUT", { field: "input.inheritsId" });
  expect((await join(short.top)).status).toBe(200);
});
