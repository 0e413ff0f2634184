import { type Administration, administer, PASSWORD, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const CREATE =
  "mutation ($input: CreateUserInput!) { createUser(input: $input) { id kind status firstName lastName email expiresAt level version roles { id name level } } }";
const UPDATE =
  "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id firstName email expiresAt version } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { status } }";
const SET_ROLES =
  "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { level roles { name } } }";
const NO_SUCH_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";

interface UserPage {
  readonly totalCount: number;
  readonly nodes: { readonly email: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string };
}

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
});
afterAll(() => latchkey?.stop());

const asOwner = (query: string, variables: object) => latchkey.query(query, { token: latchkey.ownerToken, variables });
const address = () => `${unique("somebody").replace(" ", ".")}@example.com`;
const person = (more: object = {}) => ({
  kind: "NON_EMPLOYEE",
  firstName: "Vera",
  lastName: "Vendor",
  email: address(),
  ...more,
});

/** Runs `act` and tells the audit rows it wrote, and expects the epoch to have moved. */
async function changing<T>(action: string, act: () => Promise<T>) {
  const [before, epoch] = [await admin.audited(action), await latchkey.store.readEpoch()];
  const result = await act();
  expect(await latchkey.store.readEpoch()).toBeGreaterThan(epoch);
  return { result, events: (await admin.audited(action)).slice(before.length) };
}

describe("a new user", () => {
  it("is what was given, with roles and level, recorded once and effective at once", async () => {
    const roleId = await admin.builtIn("HR Manager");
    const expiresAt = new Date(latchkey.clock.now() + 86_400_000).toISOString();
    const input = person({ password: PASSWORD, roleIds: [roleId, roleId], expiresAt });
    const { result, events } = await changing("user.create", () => asOwner(CREATE, { input }));
    expect(result.data).toEqual({
      createUser: {
        id: expect.any(String),
        kind: "NON_EMPLOYEE",
        status: "ACTIVE",
        firstName: "Vera",
        lastName: "Vendor",
        email: input.email,
        expiresAt,
        level: 40,
        version: 1,
        roles: [{ id: roleId, name: "HR Manager", level: 40 }],
      },
    });
    expect(events).toMatchObject([{ actorKind: "USER", actorName: "owner@example.com", targetName: input.email }]);
    expect(JSON.stringify(events)).not.toContain("argon2");
    expect(JSON.parse(events[0]?.after as string)).toMatchObject({ kind: "NON_EMPLOYEE", roles: [{ id: roleId }] });
    const token = await latchkey.signIn(input.email, PASSWORD);
    expect(await latchkey.data("{ employees { totalCount } }", { token })).toEqual({ employees: { totalCount: 0 } });
  });

  it.each(["EMPLOYEE", "NON_EMPLOYEE", "BOT"])("may be of kind %s, and without roles may do nothing", async (kind) => {
    const { token } = await admin.person({ kind });
    expect(await latchkey.data("{ viewer { authorities grants { resource } } }", { token })).toEqual({
      viewer: { authorities: [], grants: [] },
    });
    expect((await latchkey.query("{ employees { totalCount } }", { token })).status).toBe(403);
  });

  it("has an address of its own: plus-addressed ones are distinct, spellings in another case are not", async () => {
    const [plain, plus] = ["vera@example.com", "vera+hr@example.com"];
    for (const email of [plain, plus]) expect((await asOwner(CREATE, { input: person({ email }) })).status).toBe(200);
    for (const email of ["VERA@example.com", "Vera+HR@Example.com", "  vera@example.com "]) {
      await admin.refused(() => asOwner(CREATE, { input: person({ email }) }), "CONFLICT", { field: "input.email" });
    }
  });

  it("is made once when the same address comes twice at the same moment", async () => {
    const input = person();
    const replies = await Promise.all([1, 2, 3].map(() => asOwner(CREATE, { input })));
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await latchkey.store.select("SELECT id FROM `user` WHERE email = ?", [input.email])).toHaveLength(1);
  });

  it.each<[string, object]>([
    ["input.firstName", { firstName: "" }],
    ["input.firstName", { firstName: " \t " }],
    ["input.firstName", { firstName: "x".repeat(300) }],
    ["input.lastName", { lastName: "" }],
    ["input.lastName", { lastName: "é".repeat(300) }],
    ["input.lastName", { lastName: "a\u0000b" }],
    ["input.lastName", { lastName: "a\ud800b" }],
    ["input.email", { email: "" }],
    ["input.email", { email: "vera" }],
    ["input.email", { email: "vera@" }],
    ["input.email", { email: `${"x".repeat(300)}@example.com` }],
    ["input.email", { email: "ve\u0000ra@example.com" }],
    ["input.expiresAt", { expiresAt: "2001-01-01T00:00:00Z" }],
    ["input.password", { password: "short" }],
    ["input.password", { password: "x".repeat(201) }],
    ["input.password", { firstName: "Wilhelmina Ann", password: "wilhelmina ann" }],
    ["input.roleIds", { roleIds: Array.from({ length: 51 }, (_, at) => String(at)) }],
    ["input.employeeId", { employeeId: "x".repeat(300) }],
  ])("is refused, naming %s, and leaves nothing behind (case %#)", async (field, more) => {
    const reply = await admin.refused(() => asOwner(CREATE, { input: person(more) }), "BAD_USER_INPUT", { field });
    expect(reply.status).toBe(400);
    expect(reply.errors?.[0]?.message).toContain(field);
  });

  it.each([
    ["a kind that does not exist", { kind: "ROBOT" }],
    ["a date that is none", { expiresAt: "next week" }],
    ["a number for a name", { firstName: 5 }],
    ["a field that does not exist", { isOwner: true }],
  ])("is refused for %s", async (_what, more) => {
    await admin.refused(() => asOwner(CREATE, { input: person(more) }), "BAD_USER_INPUT");
  });

  it.each([[NO_SUCH_ID], [""], ["\u0000"], ["x".repeat(5_000)]])("with an unknown role is refused: %#", async (id) => {
    const role = await admin.builtIn("Employee");
    await admin.refused(() => asOwner(CREATE, { input: person({ roleIds: [role, id] }) }), "NOT_FOUND");
  });
});

describe("a link of a user to an employee record", () => {
  it.each([[NO_SUCH_ID], ["E-1001"], ["nobody"]])(
    "that does not exist is refused by name, for a new user and an old one: %s",
    async (employeeId) => {
      const { id } = await admin.person();
      const field = { field: "input.employeeId" };
      await admin.refused(() => asOwner(CREATE, { input: person({ employeeId }) }), "NOT_FOUND", field);
      const reply = await admin.refused(() => asOwner(UPDATE, { id, input: { employeeId } }), "NOT_FOUND", field);
      expect(reply.errors?.[0]?.message).toBe(`input.employeeId: no such employee "${employeeId}".`);
    },
  );

  it("is made to one that exists, kept by an edit that leaves it alone, and taken away by null", async () => {
    const { createEmployee } = await admin.asOwner<{ createEmployee: { id: string } }>(
      "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }",
      { input: { employeeNumber: unique("E"), firstName: "Em", lastName: "Ployee" } },
    );
    const { id } = await admin.person({ employeeId: createEmployee.id });
    const linked = "query ($id: ID!) { user(id: $id) { employeeId } }";
    await asOwner(UPDATE, { id, input: { firstName: "Emil" } });
    expect((await asOwner(linked, { id })).data).toEqual({ user: { employeeId: createEmployee.id } });
    await asOwner(UPDATE, { id, input: { employeeId: null } });
    expect((await asOwner(linked, { id })).data).toEqual({ user: { employeeId: null } });
  });
});

describe("an edit of a user", () => {
  it("changes what is given, keeps the rest, and records both states", async () => {
    const { id, email } = await admin.person({ firstName: "Bob" });
    const input = { firstName: "Robert", expiresAt: "2100-01-01T00:00:00.000Z", version: 1 };
    const { result, events } = await changing("user.update", () => asOwner(UPDATE, { id, input }));
    expect(result.data).toEqual({ updateUser: { id, email, ...input, version: 2 } });
    expect(events).toHaveLength(1);
    expect(JSON.parse(events[0]?.before as string)).toMatchObject({ firstName: "Bob", expiresAt: null });
    expect(JSON.parse(events[0]?.after as string)).toMatchObject({ firstName: "Robert", expiresAt: input.expiresAt });
    expect((await asOwner(UPDATE, { id, input: { expiresAt: null } })).data).toMatchObject({
      updateUser: { firstName: "Robert", expiresAt: null, version: 3 },
    });
  });

  it("that was made from an older version is refused", async () => {
    const { id } = await admin.person();
    await asOwner(UPDATE, { id, input: { firstName: "First" } });
    await admin.refused(() => asOwner(UPDATE, { id, input: { firstName: "Second", version: 1 } }), "CONFLICT", {
      field: "input.version",
      version: 2,
    });
  });

  it("moves the sign-in to the new address", async () => {
    const { id, email } = await admin.person();
    const next = address();
    await asOwner(UPDATE, { id, input: { email: next.toUpperCase() } });
    await latchkey.signIn(next, PASSWORD);
    await expect(latchkey.signIn(email, PASSWORD)).rejects.toThrow("401");
    await admin.refused(() => asOwner(UPDATE, { id, input: { email: "OWNER@example.com" } }), "CONFLICT");
  });

  it.each<[string, object]>([
    ["input.firstName", { firstName: "" }],
    ["input.lastName", { lastName: "x".repeat(300) }],
    ["input.email", { email: "nothing" }],
    ["input.expiresAt", { expiresAt: "1969-12-31T23:59:59Z" }],
    ["input.employeeId", { employeeId: " " }],
    ["input.employeeId", { employeeId: "" }],
  ])("is refused, naming %s", async (field, input) => {
    const { id } = await admin.person();
    await admin.refused(() => asOwner(UPDATE, { id, input }), "BAD_USER_INPUT", { field });
  });

  it.each([
    [UPDATE, { input: { firstName: "Nobody" } }],
    [SET_STATUS, { status: "DISABLED" }],
    [SET_ROLES, { roleIds: [] }],
  ])("of a user who does not exist is refused, whatever the spelling of the id: %#", async (mutation, variables) => {
    const { id } = await admin.person();
    for (const unknown of [NO_SUCH_ID, "", `${id} `, id.toUpperCase(), `${id}\u0000`]) {
      await admin.refused(() => asOwner(mutation, { id: unknown, ...variables }), "NOT_FOUND");
    }
  });
});

describe("a user's status and roles", () => {
  it("change by their own mutations, each recorded with what was before", async () => {
    const { id } = await admin.person();
    const disabled = await changing("user.setStatus", () => asOwner(SET_STATUS, { id, status: "DISABLED" }));
    expect(disabled.result.data).toEqual({ setUserStatus: { status: "DISABLED" } });
    expect(disabled.events).toMatchObject([{ targetId: id, before: expect.stringContaining("ACTIVE") }]);
    const roleIds = [await admin.builtIn("Employee"), await admin.builtIn("Developer")];
    const given = await changing("user.setRoles", () => asOwner(SET_ROLES, { id, roleIds }));
    expect(given.result.data).toEqual({
      setUserRoles: { level: 60, roles: [{ name: "Developer" }, { name: "Employee" }] },
    });
    expect(given.events).toMatchObject([{ targetId: id, after: expect.stringContaining("Developer") }]);
    const taken = await changing("user.setRoles", () => asOwner(SET_ROLES, { id, roleIds: [] }));
    expect(taken.result.data).toEqual({ setUserRoles: { level: 0, roles: [] } });
  });

  it("stay as they are when one of several roles is unknown", async () => {
    const { id } = await admin.person({ roles: ["Employee"] });
    const roleIds = [await admin.builtIn("Developer"), NO_SUCH_ID];
    await admin.refused(() => asOwner(SET_ROLES, { id, roleIds }), "NOT_FOUND");
  });
});

describe("the list of users", () => {
  it("finds by part of name or address in any case, by kind, status and role, and pages through all of them", async () => {
    const { id } = await admin.person({ firstName: "Zoë", lastName: "Quux", kind: "BOT", roles: ["HR Manager"] });
    const roleId = await admin.builtIn("HR Manager");
    for (const filter of [{ search: "ZOË quux" }, { search: "zoë", kind: "BOT", status: "ACTIVE", roleId }]) {
      expect(
        await admin.asOwner("query ($filter: UserFilter) { users(filter: $filter) { totalCount nodes { id } } }", {
          filter,
        }),
      ).toEqual({ users: { totalCount: 1, nodes: [{ id }] } });
    }
    const page = `query ($after: String) { users(first: 3, after: $after, sort: [{ email: DESC }])
      { totalCount nodes { email } pageInfo { hasNextPage endCursor } } }`;
    const emails: string[] = [];
    let users: UserPage | undefined;
    while (users === undefined || users.pageInfo.hasNextPage) {
      const data: { users: UserPage } = await admin.asOwner(page, { after: users?.pageInfo.endCursor });
      users = data.users;
      emails.push(...users.nodes.map(({ email }) => email));
    }
    expect(emails).toHaveLength(users.totalCount);
    expect(new Set(emails).size).toBe(emails.length);
    expect(emails.map((email) => email.toLowerCase())).toEqual(
      emails
        .map((email) => email.toLowerCase())
        .sort()
        .reverse(),
    );
  });

  it("and every change of them are closed to who lacks the authority, by its name", async () => {
    const { id, token } = await admin.person({ roles: ["Developer"] });
    const attempts: [string, object, string[]][] = [
      ["{ users { totalCount } }", {}, ["MANAGE_USERS", "VIEW_USERS"]],
      ["query ($id: ID!) { user(id: $id) { email } }", { id }, ["MANAGE_USERS", "VIEW_USERS"]],
      [CREATE, { input: person() }, ["MANAGE_USERS"]],
      [UPDATE, { id, input: { firstName: "Me" } }, ["MANAGE_USERS"]],
      [SET_STATUS, { id, status: "ACTIVE" }, ["MANAGE_USERS"]],
      [SET_ROLES, { id, roleIds: [] }, ["ASSIGN_ROLES"]],
    ];
    for (const [query, variables, authorities] of attempts) {
      const reply = await admin.refused(() => latchkey.query(query, { token, variables }), "FORBIDDEN", {
        authorities,
      });
      expect(reply.status).toBe(403);
      for (const name of authorities) expect(reply.errors?.[0]?.message).toContain(name);
      await admin.refused(() => latchkey.query(query, { variables }), "UNAUTHENTICATED");
    }
  });
});
