import { idOf, load } from "../resources/company";
import { type Administration, administer, type GrantJson, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const CREATE_ROLE = "mutation ($input: RoleInput!) { createRole(input: $input) { id } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const DELETE_ROLE = "mutation ($id: ID!) { deleteRole(id: $id) }";
const CREATE_SET = "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }";
const UPDATE_SET = "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }";
const DELETE_SET = "mutation ($id: ID!) { deleteApiSet(id: $id) }";
const GENERATE =
  "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token apiKey { id owner { id } } } }";
const UPDATE_KEY = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }";
const CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }";
const UPDATE_USER = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";

const MANAGER_AUTHORITIES = [
  "ASSIGN_ROLES",
  "MANAGE_API_SETS",
  "MANAGE_ROLES",
  "MANAGE_USERS",
  "MANAGE_USER_API_KEY",
  "VIEW_ALL_API_KEYS",
];
const [D1, D2, D3] = [1, 2, 3].map((n) => idOf("d", n)) as [string, string, string];
const names = (more: object = {}) => ({ resource: "employee", actions: ["READ"], fields: ["firstName"], ...more });

let latchkey: TestLatchkey;
let admin: Administration;
/** Manages everything there is, but holds little: names of employees, everything of departments in Berlin. */
let manager: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  const departments = [D1, D2, D3].map((id, at) => ({ id, code: `D${at}`, name: `Department ${at}`, managerId: null }));
  await load(latchkey.store, { departments, employees: [] });
  const role = await admin.role({
    level: 50,
    authorities: MANAGER_AUTHORITIES,
    grants: [
      names({ fields: ["firstName", "lastName", "department"] }),
      { resource: "employee", actions: ["UPDATE"], fields: ["phone"], rows: { locations: ["Berlin", "Bonn"] } },
      { resource: "department", actions: ["READ"], rows: { departmentIds: [D1, D2] } },
    ],
  });
  manager = await admin.person({ roles: [role] });
});
afterAll(() => latchkey?.stop());

const as = ({ token }: Pick<TestPerson, "token">, query: string, variables: object) =>
  latchkey.query(query, { token, variables });

/** Grants that the manager does not hold, each for another reason, with what is missing. */
const BEYOND: [string, GrantJson, string][] = [
  ["a field", names({ fields: ["firstName", "salary"] }), "employee.salary:READ"],
  ["all fields, today's and later ones", names({ fields: null }), "employee.birthDate:READ"],
  ["an action", names({ actions: ["READ", "UPDATE"] }), "employee.firstName:UPDATE"],
  ["an action on the record as a whole", { resource: "employee", actions: ["DELETE"] }, "employee:DELETE"],
  [
    "a resource's records beyond one's rows",
    { resource: "department", actions: ["READ"] },
    "department.name:READ (rows)",
  ],
  [
    "rows beyond one's own",
    { resource: "department", actions: ["READ"], rows: { departmentIds: [D2, D3] } },
    "department.name:READ (rows)",
  ],
  [
    "rows said in another way, which may reach further",
    { resource: "employee", actions: ["UPDATE"], fields: ["phone"], rows: { self: true } },
    "employee.phone:UPDATE (rows)",
  ],
];
const WITHIN: GrantJson[] = [
  names(),
  { resource: "employee", actions: ["UPDATE"], fields: ["phone"], rows: { locations: ["Bonn"] } },
  { resource: "department", actions: ["READ"], fields: ["name"], rows: { departmentIds: [D2] } },
];

describe("whoever does not hold something", () => {
  it.each(BEYOND)("puts it into no role, set or key: %s", async (_what, grant, missing) => {
    const role = await admin.role({ grants: [names()] });
    const set = await admin.apiSet([names()]);
    const key = await admin.key(manager.token, { grants: [names()] });
    const grants = [names(), grant];
    const attempts: [string, object][] = [
      [CREATE_ROLE, { input: { name: unique("Role"), grants } }],
      [UPDATE_ROLE, { id: role, input: { name: unique("Role"), grants } }],
      [CREATE_SET, { input: { name: unique("Set"), grants } }],
      [UPDATE_SET, { id: set, input: { name: unique("Set"), grants } }],
      [GENERATE, { input: { name: unique("Key"), grants } }],
      [UPDATE_KEY, { id: key.id, input: { grants } }],
    ];
    for (const [query, variables] of attempts) {
      const reply = await admin.refused(() => as(manager, query, variables), "OUT_OF_SCOPE", { field: "input.grants" });
      expect(reply.status).toBe(403);
      expect(reply.errors?.[0]?.extensions.missing).toContain(missing);
    }
  });

  it.each(BEYOND)(
    "neither changes nor takes away nor hands on what others have it through: %s",
    async (_what, grant, missing) => {
      const role = await admin.role({ grants: [grant] });
      const heir = await admin.role({ inheritsId: role });
      const set = await admin.apiSet([grant]);
      const key = await admin.key(manager.token, { grants: [names()] });
      const { id } = await admin.person({ password: null });
      const person = {
        kind: "BOT",
        firstName: "B",
        lastName: "Ot",
        email: `${unique("bot").replace(" ", "")}@example.com`,
      };
      const attempts: [string, object][] = [
        [UPDATE_ROLE, { id: role, input: { name: unique("Role"), grants: [] } }],
        [UPDATE_ROLE, { id: heir, input: { name: unique("Role"), inheritsId: null } }],
        [DELETE_ROLE, { id: heir }],
        [CREATE_ROLE, { input: { name: unique("Role"), inheritsId: heir } }],
        [SET_ROLES, { id, roleIds: [heir] }],
        [SET_ROLES, { id: manager.id, roleIds: [heir] }],
        [CREATE_USER, { input: { ...person, roleIds: [role] } }],
        [UPDATE_SET, { id: set, input: { name: unique("Set"), grants: [names()] } }],
        [DELETE_SET, { id: set }],
        [GENERATE, { input: { name: unique("Key"), apiSetIds: [set] } }],
        [UPDATE_KEY, { id: key.id, input: { apiSetIds: [set] } }],
      ];
      for (const [query, variables] of attempts) {
        const reply = await admin.refused(() => as(manager, query, variables), "OUT_OF_SCOPE");
        expect(reply.errors?.[0]?.extensions.missing).toContain(missing);
      }
    },
  );

  it("gives no authority that they lack, directly or by a role that has it", async () => {
    const role = await admin.role({ authorities: ["VIEW_AUDIT"] });
    const own = await admin.role({ authorities: ["MANAGE_USERS"] });
    const { id } = await admin.person({ password: null });
    const attempts: [string, object][] = [
      [CREATE_ROLE, { input: { name: unique("Role"), authorities: ["MANAGE_USERS", "VIEW_AUDIT"] } }],
      [UPDATE_ROLE, { id: own, input: { name: unique("Role"), authorities: ["VIEW_AUDIT"] } }],
      [UPDATE_ROLE, { id: own, input: { name: unique("Role"), inheritsId: role } }],
      [SET_ROLES, { id, roleIds: [own, role] }],
    ];
    for (const [query, variables] of attempts) {
      await admin.refused(() => as(manager, query, variables), "OUT_OF_SCOPE", { missing: ["authority:VIEW_AUDIT"] });
    }
    expect((await as(manager, SET_ROLES, { id, roleIds: [own] })).status).toBe(200);
  });

  it("still gives what they do hold, in any narrower form", async () => {
    expect(
      (await as(manager, CREATE_ROLE, { input: { name: unique("Role"), grants: WITHIN, level: 50 } })).status,
    ).toBe(200);
    const made = await as(manager, CREATE_SET, { input: { name: unique("Set"), grants: WITHIN } });
    const { id } = made.data!.createApiSet as { id: string };
    expect(
      (await as(manager, GENERATE, { input: { name: unique("Key"), apiSetIds: [id], grants: WITHIN } })).status,
    ).toBe(200);
  });

  it("is judged by what they hold now: what was lost a moment ago is not given any more", async () => {
    const role = await admin.role({ level: 10, authorities: ["MANAGE_API_SETS"], grants: [names()] });
    const person = await admin.person({ roles: [role] });
    const input = () => ({ name: unique("Set"), grants: [names()] });
    expect((await as(person, CREATE_SET, { input: input() })).status).toBe(200);
    await admin.asOwner(UPDATE_ROLE, { id: role, input: { name: unique("Role"), grants: [] } });
    await admin.refused(() => as(person, CREATE_SET, { input: input() }), "OUT_OF_SCOPE");
  });

  it("opens no employee record by linking an account of theirs to it", async () => {
    const self = await admin.role({ level: 10, grants: [names({ fields: ["salary"], rows: { self: true } })] });
    const { id } = await admin.person({ roles: [self], password: null });
    await admin.refused(() => as(manager, UPDATE_USER, { id, input: { employeeId: "e-1" } }), "OUT_OF_SCOPE", {
      field: "input.employeeId",
    });
    const owner = { token: latchkey.ownerToken };
    const { createEmployee } = await admin.asOwner<{ createEmployee: { id: string } }>(
      "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }",
      { input: { employeeNumber: unique("E"), firstName: "Em", lastName: "Ployee" } },
    );
    const input = { employeeId: createEmployee.id };
    expect((await as(owner, UPDATE_USER, { id, input })).status).toBe(200);
  });
});

describe("rank", () => {
  const above = { level: 51 };

  it("keeps one from administering a user whose highest level, inherited ones included, is above one's own", async () => {
    const high = await admin.role(above);
    const heir = await admin.role({ inheritsId: high, level: 1 });
    const { id } = await admin.person({ roles: [heir], password: null });
    const attempts: [string, object][] = [
      [UPDATE_USER, { id, input: { email: "mine@example.com" } }],
      [SET_STATUS, { id, status: "DISABLED" }],
      [SET_STATUS, { id, status: "ACTIVE" }],
      [SET_ROLES, { id, roleIds: [] }],
      [UPDATE_USER, { id: await ownerId(), input: { firstName: "Nobody" } }],
      [SET_STATUS, { id: await ownerId(), status: "LOCKED" }],
    ];
    for (const [query, variables] of attempts) {
      await admin.refused(() => as(manager, query, variables), "FORBIDDEN", { reason: "RANK", ownLevel: 50 });
    }
  });

  it("lets one administer equals", async () => {
    const { id } = await admin.person({ roles: [await admin.role({ level: 50 })], password: null });
    expect((await as(manager, SET_STATUS, { id, status: "DISABLED" })).status).toBe(200);
    expect((await as(manager, SET_ROLES, { id, roleIds: [] })).status).toBe(200);
  });

  it("is not raised by oneself: no role above one's own level is made, changed, inherited or assigned", async () => {
    const high = await admin.role(above);
    const own = await admin.role({ level: 10 });
    const attempts: [string, object][] = [
      [CREATE_ROLE, { input: { name: unique("Role"), level: 51 } }],
      [UPDATE_ROLE, { id: own, input: { name: unique("Role"), level: 51 } }],
      [UPDATE_ROLE, { id: high, input: { name: unique("Role"), level: 1 } }],
      [DELETE_ROLE, { id: high }],
      [UPDATE_ROLE, { id: own, input: { name: unique("Role"), inheritsId: high } }],
      [SET_ROLES, { id: manager.id, roleIds: [high] }],
      [SET_ROLES, { id: manager.id, roleIds: [await admin.builtIn("Account Owner")] }],
    ];
    for (const [query, variables] of attempts) {
      await admin.refused(() => as(manager, query, variables), "OUT_OF_SCOPE", { ownLevel: 50 });
    }
  });

  it("keeps an administrator from an account owner, and from becoming one", async () => {
    const administrator = await admin.person({ roles: ["Administrator"] });
    const owner = await ownerId();
    await admin.refused(() => as(administrator, SET_STATUS, { id: owner, status: "DISABLED" }), "FORBIDDEN");
    await admin.refused(() => as(administrator, SET_ROLES, { id: owner, roleIds: [] }), "FORBIDDEN");
    const roleIds = [await admin.builtIn("Account Owner")];
    await admin.refused(() => as(administrator, SET_ROLES, { id: administrator.id, roleIds }), "OUT_OF_SCOPE");
    const heir = { name: unique("Role"), inheritsId: roleIds[0] };
    await admin.refused(() => as(administrator, CREATE_ROLE, { input: heir }), "OUT_OF_SCOPE");
  });
});

describe("one's own account", () => {
  it("is neither disabled, locked nor given an expiry by oneself, whatever one holds", async () => {
    const administrator = await admin.person({ roles: ["Administrator"] });
    const { id } = administrator;
    const expiresAt = new Date(latchkey.clock.now() + 86_400_000).toISOString();
    for (const [query, variables] of [
      [SET_STATUS, { id, status: "DISABLED" }],
      [SET_STATUS, { id, status: "LOCKED" }],
      [UPDATE_USER, { id, input: { expiresAt } }],
    ] as const) {
      await admin.refused(() => as(administrator, query, variables), "FORBIDDEN", { reason: "OWN_ACCOUNT" });
    }
    expect((await as(administrator, UPDATE_USER, { id, input: { firstName: "Me" } })).status).toBe(200);
  });
});

describe("a key for another user", () => {
  const generateFor = (by: Pick<TestPerson, "token">, forUserId: string, more: object = {}) =>
    as(by, GENERATE, { input: { name: unique("Key"), grants: [names()], forUserId, ...more } });
  const readsNames = async (kind: string) => {
    const role = await admin.role({ grants: [names()] });
    return admin.person({ kind, roles: [role] });
  };

  it.each(["BOT", "NON_EMPLOYEE"])(
    "is generated by an administrator when that user is a %s, and does what both hold",
    async (kind) => {
      const { id } = await readsNames(kind);
      const administrator = await admin.person({ roles: ["Administrator"] });
      const reply = await generateFor(administrator, id);
      const { token, apiKey } = reply.data!.generateApiKey as { token: string; apiKey: { id: string; owner: object } };
      expect(apiKey.owner).toEqual({ id });
      expect(await latchkey.data("{ viewer { user { id } } employees { totalCount } }", { token })).toMatchObject({
        viewer: { user: { id } },
      });
      expect((await latchkey.query("{ employees { nodes { salary } } }", { token })).status).toBe(403);
      expect(await admin.audited("apiKey.generate", apiKey.id)).toMatchObject([{ actorName: administrator.email }]);
      const salary = [names({ fields: ["salary"] })];
      await admin.refused(() => generateFor(administrator, id, { grants: salary }), "OUT_OF_SCOPE", {
        missing: ["employee.salary:READ"],
      });
    },
  );

  it("holds no more than its owner, and the refusal names all that the owner lacks", async () => {
    const { id } = await readsNames("BOT");
    const grants = [names({ fields: ["lastName", "salary"] }), { resource: "department", actions: ["DELETE"] }];
    const reply = await admin.refused(
      () => generateFor({ token: latchkey.ownerToken }, id, { grants }),
      "OUT_OF_SCOPE",
      { field: "input.grants" },
    );
    const [error] = reply.errors ?? [];
    const missing = error?.extensions?.missing as string[];
    expect(missing.length).toBeGreaterThanOrEqual(2);
    for (const name of missing.slice(0, 3)) expect(error?.message).toContain(name);
    expect(error?.message).toContain("input.grants gives what the owner of the key does not hold: ");
  });

  it("is never generated for an employee, not by the account owner", async () => {
    const { id } = await readsNames("EMPLOYEE");
    for (const by of [{ token: latchkey.ownerToken }, await admin.person({ roles: ["Administrator"] })]) {
      await admin.refused(() => generateFor(by, id), "FORBIDDEN", { authorities: ["MANAGE_BOT_API_KEYS"] });
    }
  });

  it("needs MANAGE_BOT_API_KEYS, also to learn whether the user exists", async () => {
    const developer = await admin.person({ roles: ["Developer"] });
    const { id } = await readsNames("BOT");
    const replies = [
      await admin.refused(() => generateFor(developer, id), "FORBIDDEN", {
        authorities: ["MANAGE_BOT_API_KEYS"],
        field: "input.forUserId",
      }),
      await admin.refused(() => generateFor(developer, "nobody"), "FORBIDDEN"),
    ];
    expect(replies[0]?.text).toBe(replies[1]?.text);
    expect(replies[0]?.errors?.[0]?.message).toBe(
      "You lack the authority MANAGE_BOT_API_KEYS, which input.forUserId needs.",
    );
    await admin.refused(() => generateFor({ token: latchkey.ownerToken }, "nobody"), "NOT_FOUND");
  });

  it("reaches no bot above one's own rank, and no user who cannot be used", async () => {
    const botKeeper = await admin.person({
      roles: [
        await admin.role({ level: 10, authorities: ["MANAGE_BOT_API_KEYS", "MANAGE_USER_API_KEY"], grants: [names()] }),
      ],
    });
    const { id: high } = await admin.person({
      kind: "BOT",
      roles: [await admin.role({ level: 11, grants: [names()] })],
    });
    await admin.refused(() => generateFor(botKeeper, high), "FORBIDDEN");
    const { id } = await readsNames("BOT");
    expect((await generateFor(botKeeper, id)).status).toBe(200);
    await admin.asOwner(SET_STATUS, { id, status: "DISABLED" });
    await admin.refused(() => generateFor(botKeeper, id), "CONFLICT", { field: "input.forUserId" });
  });

  it("is generated by signing in as the bot or non-employee, too, and then by nobody's leave", async () => {
    const role = await admin.role({ authorities: ["MANAGE_USER_API_KEY"], grants: [names()] });
    const vendor = await admin.person({ kind: "NON_EMPLOYEE", roles: [role] });
    expect((await generateFor(vendor, vendor.id)).status).toBe(200);
    await admin.refused(
      () => generateFor(vendor, vendor.id, { grants: [names({ fields: ["salary"] })] }),
      "OUT_OF_SCOPE",
    );
  });
});

async function ownerId(): Promise<string> {
  const [row] = await latchkey.store.select<{ id: string }>(
    "SELECT id FROM `user` WHERE email = 'owner@example.com'",
    [],
  );
  return row!.id;
}
