import { idOf, load } from "../resources/company";
import { type Administration, administer, databaseUses, type TestPerson } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const VIEWER = `{ viewer { kind authorities user { id firstName lastName email }
  apiKey { id name status tokenPrefix application deviceId grants { resource } }
  grants { resource actions fields rows { self departmentIds locations } } } }`;

const DEPARTMENT = idOf("d", 1);

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  const departments = [{ id: DEPARTMENT, code: "D1", name: "One", managerId: null }];
  await load(latchkey.store, { departments, employees: [] });
  developer = await admin.person({ roles: ["Developer"], firstName: "Dev", lastName: "Eloper" });
});
afterAll(() => latchkey?.stop());

const ask = (token: string, query: string) => latchkey.query(query, { token });

describe("viewer", () => {
  it("tells a signed-in user who they are, what they may manage, and what they may do with records", async () => {
    const { data } = await ask(developer.token, VIEWER);
    expect(data).toMatchObject({
      viewer: {
        kind: "USER",
        authorities: ["MANAGE_API_SETS", "MANAGE_USER_API_KEY", "VIEW_ROLES"],
        user: { id: developer.id, firstName: "Dev", lastName: "Eloper", email: developer.email },
        apiKey: null,
      },
    });
    const { grants } = (data as { viewer: { grants: { resource: string; fields: string[] }[] } }).viewer;
    const pay = grants.filter(({ resource, fields }) => resource === "employee" && fields.includes("salary"));
    for (const grant of pay) expect(grant).toMatchObject({ rows: { self: true } });
    expect(grants.map(({ resource }) => resource)).toContain("department");
  });

  it("tells a key its owner, itself, what key and owner have in common, and no authority", async () => {
    const { id, token } = await admin.key(developer.token, {
      name: "Reader",
      grants: [{ resource: "department", actions: ["READ"], fields: ["name"], rows: { departmentIds: [DEPARTMENT] } }],
    });
    expect((await ask(token, VIEWER)).data).toEqual({
      viewer: {
        kind: "API_KEY",
        authorities: [],
        user: { id: developer.id, firstName: "Dev", lastName: "Eloper", email: developer.email },
        apiKey: {
          id,
          name: "Reader",
          status: "ACTIVE",
          tokenPrefix: `lk_live_${id}`,
          application: "Any",
          deviceId: "Any",
          grants: [{ resource: "department" }],
        },
        grants: [
          {
            resource: "department",
            actions: ["READ"],
            fields: ["name"],
            rows: { departmentIds: [DEPARTMENT], self: null, locations: null },
          },
        ],
      },
    });
  });

  it("tells the rank of a signed-in user, inherited roles included, from the next request on, and no rank to a key", async () => {
    const level = async (token: string) => {
      const { data } = await ask(token, "{ viewer { user { level } } }");
      return (data as { viewer: { user: { level: number | null } } }).viewer.user.level;
    };
    const high = await admin.role({ level: 45 });
    const heir = await admin.role({ level: 3, inheritsId: high });
    const person = await admin.person({ roles: [heir, "Employee"] });
    expect(await level(person.token)).toBe(45);
    expect(await level(latchkey.ownerToken)).toBe(100);
    expect(await level((await admin.person()).token)).toBe(0);
    await admin.asOwner("mutation ($id: ID!) { setUserRoles(id: $id, roleIds: []) { id } }", person);
    expect(await level(person.token)).toBe(0);
    const grants = [{ resource: "employee", actions: ["READ"] }];
    expect(await level((await admin.key(latchkey.ownerToken, { grants })).token)).toBeNull();
  });

  it("is closed to nobody, with the same answer as every other protected field", async () => {
    const reply = await latchkey.query(VIEWER);
    expect(reply).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
    expect(reply.text).toBe((await latchkey.query("{ employees { totalCount } }")).text);
    expect(reply.data).toBeUndefined();
  });

  it("opens nothing of other users: roles, level and status of an owner are not a key's to see", async () => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [{ resource: "employee", actions: ["READ"] }] });
    for (const [query, status] of [
      ["{ viewer { user { roles { name } } } }", 400],
      ["{ viewer { apiKey { owner { email } } } }", 403],
      ["{ viewer { apiKey { apiSets { name } } } }", 403],
    ] as const) {
      const reply = await ask(token, query);
      expect([query, reply.status]).toEqual([query, status]);
      expect(reply.data).toBeUndefined();
    }
  });

  it("reads nothing from the database that was not asked for", async () => {
    await ask(developer.token, "{ viewer { kind } }");
    // One use: the epoch, which every request begins with.
    expect(await databaseUses(latchkey, () => ask(developer.token, "{ viewer { kind authorities } }"))).toBe(
      await databaseUses(latchkey, () => ask(developer.token, "{ __typename }")),
    );
  });
});

describe("a key of an account owner", () => {
  it("carries none of the owner's authorities, into no query and no mutation", async () => {
    const { id, token } = await admin.key(latchkey.ownerToken, {
      grants: [
        { resource: "employee", actions: ["READ"] },
        { resource: "department", actions: ["READ"] },
      ],
    });
    const input = '{ name: "Mine", grants: [{ resource: "employee", actions: [READ] }] }';
    const attempts = [
      "{ users { totalCount } }",
      `{ user(id: "${developer.id}") { email } }`,
      "{ roles { totalCount } }",
      `{ role(id: "x") { name } }`,
      "{ apiSets { totalCount } }",
      `{ apiSet(id: "x") { name } }`,
      "{ apiKeys { totalCount } }",
      `{ apiKey(id: "${id}") { name } }`,
      "{ auditEvents { totalCount } }",
      `mutation { createUser(input: { kind: BOT, firstName: "B", lastName: "O", email: "b@example.com" }) { id } }`,
      `mutation { updateUser(id: "${developer.id}", input: { firstName: "X" }) { id } }`,
      `mutation { setUserStatus(id: "${developer.id}", status: DISABLED) { id } }`,
      `mutation { setUserRoles(id: "${developer.id}", roleIds: []) { id } }`,
      `mutation { createRole(input: ${input}) { id } }`,
      `mutation { updateRole(id: "x", input: ${input}) { id } }`,
      `mutation { deleteRole(id: "x") }`,
      `mutation { createApiSet(input: ${input}) { id } }`,
      `mutation { updateApiSet(id: "x", input: ${input}) { id } }`,
      `mutation { deleteApiSet(id: "x") }`,
      `mutation { generateApiKey(input: ${input}) { token } }`,
      `mutation { updateApiKey(id: "${id}", input: { name: "Mine" }) { id } }`,
      `mutation { setApiKeyEnabled(id: "${id}", enabled: false) { id } }`,
      `mutation { revokeApiKey(id: "${id}") { id } }`,
      `mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }`,
    ];
    for (const query of attempts) {
      const reply = await admin.refused(() => ask(token, query), "FORBIDDEN");
      expect([query, reply.status]).toEqual([query, 403]);
      expect(reply.errors?.[0]?.message).toContain("An API key carries no authority");
    }
  });

  it("may ask for its own effective access, and for no other key's", async () => {
    const grants = [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }];
    const [mine, other] = [
      await admin.key(latchkey.ownerToken, { grants }),
      await admin.key(latchkey.ownerToken, { grants }),
    ];
    const effective = (id: string) => ask(mine.token, `{ effectiveAccess(apiKeyId: "${id}") { resource fields } }`);
    expect((await effective(mine.id)).data).toEqual({
      effectiveAccess: [{ resource: "employee", fields: ["firstName"] }],
    });
    await admin.refused(() => effective(other.id), "NOT_FOUND");
    await admin.refused(() => effective("nothing"), "NOT_FOUND");
  });
});

describe("what is refused to a session", () => {
  it("says that OWNER means the signed-in user, which it does not say to a key", async () => {
    const means = "no role of yours gives it (OWNER means you, the signed-in user)";
    const person = await admin.person();
    for (const [query, code] of [
      ["{ employees { nodes { salary } } }", "FORBIDDEN_FIELD"],
      ["{ users { totalCount } }", "FORBIDDEN"],
    ] as const) {
      const { errors } = await ask(person.token, query);
      for (const { message, extensions } of errors ?? []) {
        expect(message).toMatch(/^You lack /);
        expect(message).toContain(means);
        expect(extensions).toMatchObject({ code, deniedBy: "OWNER" });
      }
      expect(errors?.length).toBeGreaterThan(0);
    }
    const { token } = await admin.key(developer.token, {
      grants: [{ resource: "department", actions: ["READ"], fields: ["name"] }],
    });
    expect((await ask(token, "{ employees { nodes { salary } } }")).text).not.toContain("signed-in user");
  });
});
