import { load } from "../resources/company";
import { type Administration, administer, PASSWORD, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { STAFF } from "./staff";

const GENERATE =
  "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token apiKey { id owner { id } } } }";
const CREATE_USER = "mutation ($input: CreateUserInput!) { createUser(input: $input) { id kind email } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { status } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const UPDATE_SET = "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }";
const ROTATE = "mutation ($id: ID!) { rotateApiKey(id: $id) { token } }";
const MANAGE = "MANAGE_USER_API_KEY";

const read = (...fields: string[]) => ({ resource: "employee", actions: ["READ"], fields });
const see = (...fields: string[]) => `{ employees { nodes { ${fields.join(" ")} } } }`;

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  await load(latchkey.store, STAFF);
});
afterAll(() => latchkey?.stop());

const as = <Data = Record<string, unknown>>(token: string, query: string, variables: object = {}) =>
  latchkey.query<Data>(query, { token, variables });
const knock = async (token: string, query: string) => (await as(token, query)).status;
const generate = (by: { token: string }, input: object = {}) =>
  as<{ generateApiKey: { token: string; apiKey: { id: string; owner: { id: string } } } }>(by.token, GENERATE, {
    input: { name: unique("Key"), grants: [read("firstName")], ...input },
  });
/** Somebody with a role of their own that allows keys and reads these fields. */
async function keyHolder(...fields: string[]) {
  const role = await admin.role({ authorities: [MANAGE], grants: [read(...fields)] });
  return { role, ...(await admin.person({ roles: [role] })) };
}
const regrant = (role: string, ...fields: string[]) =>
  admin.asOwner(UPDATE_ROLE, { id: role, input: { name: unique("Role"), grants: [read(...fields)] } });

describe("P1: a key never exceeds its owner", () => {
  it("P1: it may do what its own permissions AND the owner's live permissions allow", async () => {
    const owner = await keyHolder("firstName", "lastName", "phone");
    const key = await admin.key(owner.token, { grants: [read("firstName", "lastName")] });
    const may = async () => ({
      first: await knock(key.token, see("firstName")),
      last: await knock(key.token, see("lastName")),
      phone: await knock(key.token, see("phone")),
    });
    expect(await may()).toEqual({ first: 200, last: 200, phone: 403 });
    // The owner loses the first name and gains the salary: the key loses the one and does not gain the other.
    await regrant(owner.role, "lastName", "phone", "salary");
    expect(await may()).toEqual({ first: 403, last: 200, phone: 403 });
    const byOwner = { code: "FORBIDDEN_FIELD", missing: "employee.firstName:READ", deniedBy: "OWNER" };
    expect((await as(key.token, see("firstName"))).errors).toMatchObject([{ extensions: byOwner }]);
    expect(await knock(owner.token, see("salary"))).toBe(200);
    expect(await knock(key.token, see("salary"))).toBe(403);
    await admin.asOwner(SET_ROLES, { id: owner.id, roleIds: [] });
    expect(await may()).toEqual({ first: 403, last: 403, phone: 403 });
    await admin.asOwner(SET_ROLES, { id: owner.id, roleIds: [owner.role] });
    await regrant(owner.role, "firstName", "lastName", "phone");
    expect(await may()).toEqual({ first: 200, last: 200, phone: 403 });
  });

  it("P1: and carries none of the owner's authorities", async () => {
    const key = await admin.key(latchkey.ownerToken, { grants: [read("firstName")] });
    expect((await as(key.token, "{ viewer { authorities } }")).data).toEqual({ viewer: { authorities: [] } });
    await admin.refused(() => generate(key), "FORBIDDEN", { authorities: [MANAGE] });
  });
});

describe('P2: only users holding "Manage User API Key" generate keys', () => {
  it("P2: without it the mutation is refused with a message that names the authority, and no key is made", async () => {
    for (const roles of [[], ["Employee"], ["HR Manager"], [await admin.role({ authorities: ["MANAGE_API_SETS"] })]]) {
      const person = await admin.person({ roles });
      const reply = await admin.refused(() => generate(person), "FORBIDDEN", { authorities: [MANAGE] });
      expect(reply.status).toBe(403);
      expect(reply.errors?.[0]?.message).toContain(MANAGE);
    }
    const allowed = await keyHolder("firstName");
    expect((await generate(allowed)).status).toBe(200);
    await admin.asOwner(UPDATE_ROLE, { id: allowed.role, input: { name: unique("Role"), authorities: [] } });
    await admin.refused(() => generate(allowed), "FORBIDDEN", { authorities: [MANAGE] });
  });

  it("P2: without it the section is not shown: neither the viewer nor the schema names anything of it", async () => {
    const shown = async ({ token }: { token: string }) => {
      const query = `{ viewer { authorities } __schema { queryType { fields { name } } mutationType { fields { name } } }
        __type(name: "GenerateApiKeyInput") { name } }`;
      interface Named {
        fields: { name: string }[];
      }
      const { data, errors } = await as<{
        viewer: { authorities: string[] };
        __schema: { queryType: Named; mutationType: Named | null };
        __type: object | null;
      }>(token, query);
      expect(errors).toBeUndefined();
      const fields = [...(data?.__schema.queryType.fields ?? []), ...(data?.__schema.mutationType?.fields ?? [])];
      const named = fields.map(({ name }) => name).filter((name) => /^apiKeys?$|^generateApiKey$/.test(name));
      return { authority: data?.viewer.authorities.includes(MANAGE), named: named.sort(), input: data?.__type };
    };
    const named = ["apiKey", "apiKeys", "generateApiKey"];
    expect(await shown(await keyHolder("firstName"))).toMatchObject({ authority: true, named, input: {} });
    const without = await admin.person({ roles: ["HR Manager"] });
    expect(await shown(without)).toEqual({ authority: false, named: [], input: null });
  });
});

describe("P3: nobody generates a key for another person", () => {
  it("P3: not the account owner, not an administrator, by no field of the input; rotating is no way round it", async () => {
    const person = await keyHolder("firstName");
    const own = await admin.key(person.token, { grants: [read("firstName")] });
    for (const by of [{ token: latchkey.ownerToken }, await admin.person({ roles: ["Administrator"] })]) {
      await admin.refused(() => generate(by, { forUserId: person.id }), "FORBIDDEN");
      await admin.refused(() => as(by.token, ROTATE, { id: own.id }), "FORBIDDEN");
      for (const field of ["ownerId", "userId", "owner"]) {
        await admin.refused(() => generate(by, { [field]: person.id }), "BAD_USER_INPUT");
      }
    }
    const list = "query ($id: ID!) { apiKeys(filter: { ownerId: $id }) { nodes { id } } }";
    expect(await admin.asOwner(list, { id: person.id })).toEqual({ apiKeys: { nodes: [{ id: own.id }] } });
  });

  it.each(["BOT", "NON_EMPLOYEE"])(
    "P3: keys of a %s are generated by signing in as it, or by an administrator for it",
    async (kind) => {
      const role = await admin.role({ authorities: [MANAGE], grants: [read("firstName")] });
      const machine = await admin.person({ kind, roles: [role] });
      const administrator = await admin.person({ roles: ["Administrator"] });
      for (const [by, input] of [
        [machine, {}],
        [administrator, { forUserId: machine.id }],
      ] as const) {
        const { data } = await generate(by, input);
        expect(data).toMatchObject({ generateApiKey: { apiKey: { owner: { id: machine.id } } } });
        const token = data?.generateApiKey.token ?? "";
        expect([await knock(token, see("firstName")), await knock(token, see("salary"))]).toEqual([200, 403]);
      }
      const developer = await admin.person({ roles: ["Developer"] });
      await admin.refused(() => generate(developer, { forUserId: machine.id }), "FORBIDDEN");
    },
  );
});

describe("P4: users are of three kinds", () => {
  const user = (input: object) =>
    as<{ createUser: { id: string; kind: string; email: string } }>(latchkey.ownerToken, CREATE_USER, { input });
  const named = { firstName: "Pan", lastName: "Da" };

  it("P4: employee, non-employee and bot, and no other; each is found by its kind", async () => {
    for (const kind of ["EMPLOYEE", "NON_EMPLOYEE", "BOT"]) {
      const email = `${kind.toLowerCase()}@kinds.example.com`;
      const { data } = await user({ kind, email, ...named });
      expect(data).toEqual({ createUser: { id: expect.any(String), kind, email } });
      const list = "query ($filter: UserFilter) { users(filter: $filter) { nodes { kind email firstName lastName } } }";
      expect(await admin.asOwner(list, { filter: { kind, search: "@kinds.example.com" } })).toEqual({
        users: { nodes: [{ kind, email, ...named }] },
      });
    }
    await admin.refused(() => user({ kind: "VENDOR", email: "v@kinds.example.com", ...named }), "BAD_USER_INPUT");
    await admin.refused(() => user({ email: "v@kinds.example.com", ...named }), "BAD_USER_INPUT");
  });

  it("P4: a non-employee user has first name, last name and email, and none of them may be missing", async () => {
    const whole = { kind: "NON_EMPLOYEE", email: "vendor@example.com", ...named };
    for (const field of ["firstName", "lastName", "email"]) {
      for (const value of [undefined, null, "", " "]) {
        const reply = await admin.refused(() => user({ ...whole, [field]: value }), "BAD_USER_INPUT");
        expect(reply.errors?.[0]?.message).toContain(field);
      }
    }
    expect((await user(whole)).status).toBe(200);
  });

  it("P4: plus-addressed emails are distinct accounts, kept as given and compared in any case", async () => {
    const create = (email: string) => user({ kind: "NON_EMPLOYEE", email, password: PASSWORD, ...named });
    const emails = ["pandabear@example.com", "pandabear+integration@example.com", "PandaBear+Other@example.com"];
    const made = await Promise.all(emails.map(create));
    expect(made.map(({ data }) => data?.createUser.email)).toEqual(emails);
    const ids = made.map(({ data }) => data?.createUser.id);
    expect(new Set(ids).size).toBe(3);
    for (const [at, email] of emails.entries()) {
      const token = await latchkey.signIn(email.toUpperCase(), PASSWORD);
      expect((await as(token, "{ viewer { user { id } } }")).data).toEqual({ viewer: { user: { id: ids[at] } } });
      await admin.refused(() => create(email.toUpperCase()), "CONFLICT");
    }
  });
});

describe("P5: roles", () => {
  it("P5: hold authorities and data permissions, and have a level", async () => {
    const input = { description: "x", level: 30, authorities: [MANAGE, "VIEW_ROLES"], grants: [read("phone")] };
    const id = await admin.role(input);
    const role =
      "query ($id: ID!) { role(id: $id) { description level authorities grants { resource actions fields } } }";
    expect(await admin.asOwner(role, { id })).toEqual({ role: input });
    const person = await admin.person({ roles: [id] });
    expect((await as(person.token, "{ viewer { authorities } }")).data).toEqual({
      viewer: { authorities: [MANAGE, "VIEW_ROLES"] },
    });
    expect([await knock(person.token, see("phone")), await knock(person.token, see("email"))]).toEqual([200, 403]);
  });

  it("P5: a role may inherit another, with everything that one has and inherits itself; circles are refused", async () => {
    const base = await admin.role({ level: 10, authorities: [MANAGE], grants: [read("firstName")] });
    const middle = await admin.role({ inheritsId: base, grants: [read("lastName")] });
    const top = await admin.role({ inheritsId: middle, level: 5, grants: [read("phone")] });
    const { token } = await admin.person({ roles: [top] });
    const everything = see("firstName", "lastName", "phone");
    expect([await knock(token, everything), (await generate({ token })).status]).toEqual([200, 200]);
    const below = await admin.person({ roles: [middle] });
    expect([await knock(below.token, see("lastName")), await knock(below.token, see("phone"))]).toEqual([200, 403]);
    const circle = { id: base, input: { name: unique("Role"), inheritsId: top } };
    const reply = await as(latchkey.ownerToken, UPDATE_ROLE, circle);
    expect([reply.status, reply.data ?? null]).toEqual([400, null]);
    await admin.asOwner(UPDATE_ROLE, { id: middle, input: { name: unique("Role"), inheritsId: null } });
    expect([await knock(token, everything), (await generate({ token })).status]).toEqual([403, 403]);
  });

  it('P5: "developer or higher" works: these roles, and those that inherit one of them, generate keys; lower ones do not', async () => {
    const { roles } = await admin.asOwner<{ roles: { nodes: { id: string; name: string; level: number }[] } }>(
      "{ roles(first: 500) { nodes { id name level isBuiltIn } } }",
    );
    const names = ["Employee", "HR Manager", "Developer", "Administrator", "Account Owner"];
    const builtIn = names.map((name) => roles.nodes.find((role) => role.name === name));
    expect(builtIn.map((role) => role?.level)).toEqual([20, 40, 60, 80, 100]);
    for (const role of builtIn) {
      for (const id of [role?.id ?? "", await admin.role({ inheritsId: role?.id })]) {
        const person = await admin.person({ roles: [id] });
        const { user } = await admin.asOwner<{ user: { level: number } }>(
          "query ($id: ID!) { user(id: $id) { level } }",
          {
            id: person.id,
          },
        );
        const level = role?.level ?? 0;
        expect(user).toEqual({ level });
        expect([role?.name, (await generate(person)).status]).toEqual([role?.name, level >= 60 ? 200 : 403]);
      }
    }
  });

  it("P5: a level alone gives nothing", async () => {
    const person = await admin.person({ roles: [await admin.role({ level: 99 })] });
    expect((await as(person.token, "{ viewer { authorities grants { resource } } }")).data).toEqual({
      viewer: { authorities: [], grants: [] },
    });
    expect([await knock(person.token, see("firstName")), (await generate(person)).status]).toEqual([403, 403]);
  });
});

describe("P6: custom access levels", () => {
  it("P6: a role with only the fields an integration needs, a non-employee user in it: that user's keys can do no more", async () => {
    const administrator = await admin.person({ roles: ["Administrator"] });
    const { data: made } = await as<{ createRole: { id: string } }>(
      administrator.token,
      "mutation ($input: RoleInput!) { createRole(input: $input) { id } }",
      { input: { name: unique("Calendar access"), authorities: [MANAGE], grants: [read("firstName", "lastName")] } },
    );
    const roleId = made?.createRole.id ?? "";
    const email = "calendar+integration@example.com";
    const input = { kind: "NON_EMPLOYEE", firstName: "Cal", lastName: "Endar", email, password: PASSWORD };
    const { data } = await as<{ createUser: { id: string } }>(administrator.token, CREATE_USER, {
      input: { ...input, roleIds: [roleId] },
    });
    const vendor = { id: data?.createUser.id ?? "", token: await latchkey.signIn(email, PASSWORD) };

    const wider = [
      { grants: [read("firstName", "salary")] },
      { grants: [{ resource: "employee", actions: ["READ"] }] },
      { grants: [{ resource: "employee", actions: ["UPDATE"], fields: ["firstName"] }] },
      { grants: [{ resource: "department", actions: ["READ"], fields: ["name"] }] },
      { grants: [], apiSetIds: [await admin.apiSet([read("salary")])] },
    ];
    for (const more of wider) await admin.refused(() => generate(vendor, more), "OUT_OF_SCOPE");

    const key = await admin.key(vendor.token, { grants: [read("firstName", "lastName")] });
    // A set of theirs that gains a field afterwards does not carry them along either.
    const set = await admin.apiSet([read("lastName")]);
    const bound = await admin.key(vendor.token, { apiSetIds: [set] });
    await admin.asOwner(UPDATE_SET, { id: set, input: { name: unique("Set"), grants: [read("lastName", "salary")] } });
    for (const { token } of [key, bound]) {
      expect(await knock(token, see("lastName"))).toBe(200);
      for (const query of [
        see("salary"),
        see("birthDate"),
        "{ employees(filter: { salary: { gt: 1 } }) { totalCount } }",
        "{ departments { nodes { name } } }",
        "{ users { totalCount } }",
        'mutation { updateEmployee(id: "x", input: { firstName: "Y" }) { id } }',
      ]) {
        expect([query, await knock(token, query)]).toEqual([query, 403]);
      }
    }
  });
});

describe("P7: editing a role or API set", () => {
  it("P7: takes effect for every key concerned on the next request, and for no other key", async () => {
    const role = await admin.role({ authorities: [MANAGE], grants: [read("firstName", "lastName")] });
    const [set, otherSet] = [
      await admin.apiSet([read("firstName", "lastName")]),
      await admin.apiSet([read("lastName")]),
    ];
    const people = [await admin.person({ roles: [role] }), await admin.person({ roles: [role] })];
    const concerned = await Promise.all(people.map(({ token }) => admin.key(token, { apiSetIds: [set] })));
    const other = await admin.key(latchkey.ownerToken, { apiSetIds: [otherSet] });
    const last = async () => {
      const statuses = await Promise.all([...concerned, other].map(({ token }) => knock(token, see("lastName"))));
      return statuses.join(" ");
    };
    const editSet = (...fields: string[]) =>
      admin.asOwner(UPDATE_SET, { id: set, input: { name: unique("Set"), grants: [read(...fields)] } });

    expect(await last()).toBe("200 200 200");
    await editSet("firstName");
    expect(await last()).toBe("403 403 200");
    await editSet("firstName", "lastName");
    expect(await last()).toBe("200 200 200");
    await regrant(role, "firstName");
    expect(await last()).toBe("403 403 200");
    await regrant(role, "firstName", "lastName");
    expect(await last()).toBe("200 200 200");
  });
});

describe("P8: a disabled, locked or expired user's keys", () => {
  const stopped = async ({ key, person }: { key: string; person: TestPerson }) => {
    expect([await knock(key, see("firstName")), await knock(person.token, see("firstName"))]).toEqual([401, 401]);
  };
  const holder = async () => {
    const person = await keyHolder("firstName");
    const { id, token: key } = await admin.key(person.token, { grants: [read("firstName")] });
    expect(await knock(key, see("firstName"))).toBe(200);
    return { person, key, id };
  };

  it.each(["DISABLED", "LOCKED"])("P8: stop at once when the user is set %s; another's go on", async (status) => {
    const [one, other] = [await holder(), await holder()];
    await admin.asOwner(SET_STATUS, { id: one.person.id, status });
    await stopped(one);
    expect(await knock(other.key, see("firstName"))).toBe(200);
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id: other.id });
    await admin.asOwner(SET_STATUS, { id: other.person.id, status });
    for (const { person } of [one, other]) await admin.asOwner(SET_STATUS, { id: person.id, status: "ACTIVE" });
    expect([await knock(one.key, see("firstName")), await knock(other.key, see("firstName"))]).toEqual([200, 401]);
  });

  it("P8: stop at the instant the account expires", async () => {
    const one = await holder();
    const expiresAt = new Date(latchkey.clock.now() + 60_000).toISOString();
    const update = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
    await admin.asOwner(update, { id: one.person.id, input: { expiresAt } });
    expect(await knock(one.key, see("firstName"))).toBe(200);
    const now = jest.spyOn(latchkey.clock, "now").mockReturnValue(Date.parse(expiresAt));
    await stopped(one);
    now.mockRestore();
  });

  it("P8: stop when bad passwords lock the account, though nobody set its status", async () => {
    const one = await holder();
    const wrong =
      'mutation ($email: String!) { signIn(email: $email, password: "wrong wrong wrong") { sessionToken } }';
    for (let at = 0; at < 10; at++) await latchkey.query(wrong, { variables: { email: one.person.email } });
    const status = "query ($id: ID!) { user(id: $id) { status } }";
    expect(await admin.asOwner(status, { id: one.person.id })).toEqual({ user: { status: "LOCKED" } });
    await stopped(one);
  });
});
