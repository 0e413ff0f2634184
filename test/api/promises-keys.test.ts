import { createHash, randomUUID } from "node:crypto";
import { type GraphQLObjectType, getNamedType, isLeafType, isObjectType, isRequiredArgument } from "graphql";
import { load } from "../resources/company";
import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { ID, STAFF } from "./staff";

const GENERATE =
  "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token warnings apiKey { id name description owner { id } grants { resource actions fields } } } }";
const UPDATE =
  "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { apiSets { id } grants { resource fields } } }";
const REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { status } }";
const REVOKE_ALL = "mutation ($confirm: String!) { revokeAllApiKeys(confirm: $confirm) { count } }";
const ENABLE = "mutation ($id: ID!, $enabled: Boolean!) { setApiKeyEnabled(id: $id, enabled: $enabled) { status } }";
const ROTATE =
  "mutation ($id: ID!, $graceSeconds: Int) { rotateApiKey(id: $id, graceSeconds: $graceSeconds) { token } }";
const VIEWER = "{ viewer { kind apiKey { id } } }";
const FIRST_NAMES = "{ employees { nodes { firstName } } }";
const DAY = 86_400_000;

const read = (...fields: string[]) => ({ resource: "employee", actions: ["READ"], fields });
const NAMES = read("firstName");
const DEPARTMENTS = { resource: "department", actions: ["READ"], fields: ["name"] };

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
  await load(latchkey.store, STAFF);
});
afterAll(() => latchkey?.stop());

const as = <Data = Record<string, unknown>>(token: string, query: string, variables: object = {}) =>
  latchkey.query<Data>(query, { token, variables });
const done = <Data = Record<string, unknown>>(token: string, query: string, variables: object = {}) =>
  latchkey.data<Data>(query, { token, variables });
const generate = (input: object, by = developer.token) => as(by, GENERATE, { input });
/** Status of a request with this credential: 200, or why not. */
const knock = async (token: string, query = VIEWER) => (await as(token, query)).status;
/** What each of these operations comes to with one credential. */
const knocks = (token: string, queries: readonly string[]) => Promise.all(queries.map((query) => knock(token, query)));
/** A field of a key as its owner sees it. */
const shown = async (id: string, selection: string, by = developer.token) =>
  (await done<{ apiKey: Record<string, unknown> }>(by, `query ($id: ID!) { apiKey(id: $id) { ${selection} } }`, { id }))
    .apiKey;
const idsOfKeys = async (by: string, filter: object = {}) => {
  const list = "query ($filter: ApiKeyFilter) { apiKeys(first: 500, filter: $filter) { nodes { id } } }";
  const { apiKeys } = await done<{ apiKeys: { nodes: { id: string }[] } }>(by, list, { filter });
  return apiKeys.nodes.map(({ id }) => id).sort();
};
const in60Seconds = () => new Date(latchkey.clock.now() + 60_000).toISOString();

describe("K1: generating a key for yourself", () => {
  it("K1: a name is required", async () => {
    for (const input of [{ grants: [NAMES] }, { name: null, grants: [NAMES] }, { name: " ", grants: [NAMES] }]) {
      const reply = await admin.refused(() => generate(input), "BAD_USER_INPUT");
      expect(reply.errors?.[0]?.message).toContain("name");
    }
  });

  it("K1: a description is optional, and kept where it is given", async () => {
    const { data } = await generate({ name: unique("Plain"), grants: [NAMES] });
    expect(data).toMatchObject({ generateApiKey: { apiKey: { description: null, owner: { id: developer.id } } } });
    const described = await generate({ name: unique("Told"), description: "For the intranet", grants: [NAMES] });
    expect(described.data).toMatchObject({ generateApiKey: { apiKey: { description: "For the intranet" } } });
  });

  it("K1: a user has several keys at once, each of its own, and ending one leaves the others", async () => {
    const person = await admin.person({ roles: ["Developer"] });
    const keys = await Promise.all(
      [NAMES, read("lastName"), DEPARTMENTS].map((grant) => admin.key(person.token, { grants: [grant] })),
    );
    expect(new Set(keys.flatMap(({ id, token }) => [id, token])).size).toBe(6);
    expect(await idsOfKeys(person.token)).toEqual(keys.map(({ id }) => id).sort());
    const queries = [FIRST_NAMES, "{ employees { nodes { lastName } } }", "{ departments { nodes { name } } }"];
    const table = () => Promise.all(keys.map(({ token }) => knocks(token, queries)));
    expect(await table()).toEqual([
      [200, 403, 403],
      [403, 200, 403],
      [403, 403, 200],
    ]);
    await done(person.token, REVOKE, { id: keys[1]?.id });
    expect((await table()).map((row) => row.join())).toEqual(["200,403,403", "401,401,401", "403,403,200"]);
  });
});

describe("K2: the full key", () => {
  it("K2: is in the reply of its generation only; nothing shows it again, and only a digest is stored", async () => {
    const keys = [
      await admin.key(developer.token, { grants: [NAMES] }),
      await admin.key(developer.token, { grants: [NAMES], value: randomUUID() }),
    ];
    const places: string[] = [];
    for (const { id, token } of keys) {
      expect(await knock(token, FIRST_NAMES)).toBe(200);
      expect(await knock(token, "{ employees { nodes { salary } } }")).toBe(403);
      await done(developer.token, UPDATE, { id, input: { description: "Edited" } });
      for (const [by, depth] of [
        [latchkey.ownerToken, 1],
        [developer.token, 0],
      ] as const) {
        const everything = everythingOf("ApiKey", depth);
        expect(everything).toContain("tokenPrefix");
        const reply = await as(by, `query ($id: ID!) { apiKey(id: $id) { ${everything} } }`, { id });
        expect([reply.errors, reply.data]).toMatchObject([undefined, { apiKey: { id } }]);
        places.push(reply.text);
      }
      places.push((await as(token, "{ viewer { apiKey { name status tokenPrefix } } }")).text);
      // Whoever makes the same key again is not told it either.
      places.push((await generate({ name: unique("Again"), grants: [NAMES], value: token })).text);
      places.push(`${(await as(developer.token, REVOKE, { id })).text} ${(await as(token, VIEWER)).text}`);
    }
    const trail = `{ auditEvents(first: 500) { nodes { ${everythingOf("AuditEvent", 0)} } } }`;
    places.push((await as(latchkey.ownerToken, trail)).text, await admin.state(), latchkey.logged());
    for (const { token } of keys) {
      const sha256 = createHash("sha256").update(token).digest();
      const forms = [token.slice(0, -6).slice(-43), sha256.toString("hex"), sha256.toString("base64").slice(0, 43)];
      for (const form of [...forms, Buffer.from(token).toString("base64").slice(0, 40)]) {
        expect(form.length).toBeGreaterThan(20);
        for (const place of places) expect(place.toLowerCase()).not.toContain(form.toLowerCase());
      }
    }
    expect(await latchkey.store.select("SELECT digest FROM api_key_secret WHERE apiKeyId = ?", [keys[0]?.id])).toEqual([
      { digest: expect.stringMatching(/^[0-9a-f]{64}$/) },
    ]);
  });
});

describe("K3: a key is bound to API sets", () => {
  it("K3: picked from the available ones, moved to the selected ones and back, each move effective at once", async () => {
    const [names, departments] = [await admin.apiSet([NAMES]), await admin.apiSet([DEPARTMENTS])];
    const listed = async () => {
      const { apiSets } = await done<{ apiSets: { nodes: { id: string }[] } }>(
        developer.token,
        "{ apiSets(first: 500) { nodes { id } } }",
      );
      return apiSets.nodes.map(({ id }) => id);
    };
    const key = await admin.key(developer.token, { apiSetIds: [names] });
    /** The two columns of the picker. */
    const columns = async () => {
      const selected = ((await shown(key.id, "apiSets { id }"))["apiSets"] as { id: string }[]).map(({ id }) => id);
      const available = (await listed()).filter((id) => [names, departments].includes(id) && !selected.includes(id));
      return { selected: selected.sort(), available };
    };
    const move = (apiSetIds: string[]) => done(developer.token, UPDATE, { id: key.id, input: { apiSetIds } });
    const queries = [FIRST_NAMES, "{ departments { nodes { name } } }"];

    expect(await columns()).toEqual({ selected: [names], available: [departments] });
    expect(await knocks(key.token, queries)).toEqual([200, 403]);
    await move([names, departments]);
    expect(await columns()).toEqual({ selected: [names, departments].sort(), available: [] });
    expect(await knocks(key.token, queries)).toEqual([200, 200]);
    await move([departments]);
    expect(await columns()).toEqual({ selected: [departments], available: [names] });
    expect(await knocks(key.token, queries)).toEqual([403, 200]);
  });

  it("K3: and to no set that does not exist, nor to one that gives what its owner lacks", async () => {
    const pay = await admin.apiSet([read("salary")]);
    const input = (apiSetIds: string[]) => ({ name: unique("Key"), apiSetIds });
    await admin.refused(() => generate(input(["nothing"])), "NOT_FOUND", { field: "input.apiSetIds" });
    await admin.refused(() => generate(input([pay])), "OUT_OF_SCOPE", {
      missing: [expect.stringContaining("employee.salary:READ")],
    });
  });
});

describe("K4: permissions chosen for this key alone", () => {
  const OPERATIONS = {
    READ: () => FIRST_NAMES,
    CREATE: () =>
      `mutation { createEmployee(input: { employeeNumber: "${unique("N")}", firstName: "Al", lastName: "Bo" }) { __typename } }`,
    UPDATE: () => `mutation { updateEmployee(id: "${ID.ed}", input: { firstName: "Eddie" }) { __typename } }`,
    DELETE: () => `mutation { deleteEmployee(id: "${ID.nobody}") { __typename } }`,
  };
  /** Found nobody to delete: the operation itself was let through. */
  const LET_THROUGH = { READ: 200, CREATE: 200, UPDATE: 200, DELETE: 404 };
  const actions = Object.keys(OPERATIONS) as (keyof typeof OPERATIONS)[];

  it.each<{ given: (keyof typeof OPERATIONS)[] }>([
    { given: ["CREATE"] },
    { given: ["READ"] },
    { given: ["UPDATE"] },
    { given: ["DELETE"] },
    { given: ["CREATE", "DELETE"] },
    { given: ["READ", "UPDATE"] },
    { given: actions },
  ])("K4: any of Create, Read, Update, Delete on a resource, and no other: $given", async ({ given }) => {
    const { token } = await admin.key(latchkey.ownerToken, { grants: [{ resource: "employee", actions: given }] });
    for (const action of actions) {
      const expected = given.includes(action) ? LET_THROUGH[action] : 403;
      expect([action, await knock(token, OPERATIONS[action]())]).toEqual([action, expected]);
    }
    expect(await knock(token, "{ departments { nodes { name } } }")).toBe(403);
  });

  it("K4: every action of every resource of the catalogue is chosen by itself, and shown as chosen", async () => {
    const { resources } = await done<{ resources: { name: string; actions: string[] }[] }>(
      latchkey.ownerToken,
      "{ resources { name actions } }",
    );
    const all = ["CREATE", "READ", "UPDATE", "DELETE", "DOWNLOAD"];
    expect(resources.map(({ name }) => name)).toEqual(expect.arrayContaining(["department", "employee"]));
    for (const { name: resource, actions: offered } of resources) {
      expect(all).toEqual(expect.arrayContaining(offered));
      for (const action of all) {
        const input = { name: unique("Key"), grants: [{ resource, actions: [action] }] };
        if (!offered.includes(action)) {
          await admin.refused(() => generate(input, latchkey.ownerToken), "BAD_USER_INPUT");
          continue;
        }
        const { id } = await admin.key(latchkey.ownerToken, input);
        const effective = "query ($id: ID!) { effectiveAccess(apiKeyId: $id) { resource actions } }";
        expect(await done(latchkey.ownerToken, effective, { id })).toEqual({
          effectiveAccess: [{ resource, actions: [action] }],
        });
      }
    }
  });
});

describe("K5: fields of a resource", () => {
  it("K5: a key touches the fields chosen and no other, in any action", async () => {
    const grants = [read("firstName", "email"), { resource: "employee", actions: ["UPDATE"], fields: ["phone"] }];
    const key = await admin.key(latchkey.ownerToken, { grants });
    expect(key.warnings).toEqual([]);
    const update = (input: string) => `mutation { updateEmployee(id: "${ID.di}", input: { ${input} }) { id } }`;
    expect(await knocks(key.token, ["{ employees { nodes { firstName email } } }", update('phone: "1"')])).toEqual([
      200, 200,
    ]);
    for (const [query, missing] of [
      ["{ employees { nodes { firstName salary } } }", "employee.salary:READ"],
      ["{ employees { nodes { phone } } }", "employee.phone:READ"],
      ["{ employees(filter: { salary: { gt: 1 } }) { totalCount } }", "employee.salary:READ"],
      ["{ employees(sort: [{ salary: ASC }]) { totalCount } }", "employee.salary:READ"],
      [update('email: "mine@example.com"'), "employee.email:UPDATE"],
    ] as const) {
      const reply = await as(key.token, query);
      expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { code: "FORBIDDEN_FIELD", missing } }] });
      expect(reply.data).toBeUndefined();
    }
    const [di] = await latchkey.store.select("SELECT email FROM employee WHERE id = ?", [ID.di]);
    expect(di).toEqual({ email: "di@example.com" });
  });

  it("K5: choosing no fields means ALL, and the reply says so loudly", async () => {
    for (const grant of [
      { resource: "employee", actions: ["READ"] },
      { resource: "employee", actions: ["READ"], fields: null },
    ]) {
      const reply = await generate({ name: unique("Key"), grants: [grant] }, latchkey.ownerToken);
      expect(reply.data).toMatchObject({
        generateApiKey: { warnings: ["ALL_FIELDS: employee"], apiKey: { grants: [{ fields: null }] } },
      });
      const { token } = (reply.data as { generateApiKey: { token: string } }).generateApiKey;
      expect(await knock(token, "{ employees { nodes { firstName salary birthDate gender } } }")).toBe(200);
    }
    const empty = { name: unique("Key"), grants: [{ resource: "employee", actions: ["READ"], fields: [] }] };
    await admin.refused(() => generate(empty), "BAD_USER_INPUT", { field: "input.grants[0].fields" });
  });
});

describe("K6: at least one permission", () => {
  it("K6: is required to generate a key, and to keep it", async () => {
    for (const none of [{}, { grants: [] }, { apiSetIds: [] }, { grants: null, apiSetIds: null }]) {
      const reply = await admin.refused(() => generate({ name: unique("Key"), ...none }), "BAD_USER_INPUT");
      expect(reply.errors?.[0]?.message).toMatch(/permission|API set|grant/i);
    }
    const { id, token } = await admin.key(developer.token, { grants: [NAMES] });
    await admin.refused(() => as(developer.token, UPDATE, { id, input: { grants: [] } }), "BAD_USER_INPUT");
    expect(await knock(token, FIRST_NAMES)).toBe(200);
  });

  it("K6: all of them can be edited afterwards, effective on the next request", async () => {
    const { id, token } = await admin.key(developer.token, { grants: [NAMES], apiSetIds: [] });
    const queries = [FIRST_NAMES, "{ employees { nodes { lastName } } }", "{ departments { nodes { name } } }"];
    const edit = async (input: object) => {
      await done(developer.token, UPDATE, { id, input });
      return knocks(token, queries);
    };
    expect(await knocks(token, queries)).toEqual([200, 403, 403]);
    expect(await edit({ grants: [read("firstName", "lastName")] })).toEqual([200, 200, 403]);
    expect(await edit({ grants: [DEPARTMENTS] })).toEqual([403, 403, 200]);
    expect(await edit({ grants: [], apiSetIds: [await admin.apiSet([NAMES])] })).toEqual([200, 403, 403]);
  });
});

describe("K7: a value that the caller supplies", () => {
  it("K7: is a GUID, in any case, with or without braces, and works in every spelling", async () => {
    for (const spell of [(v: string) => v, (v: string) => v.toUpperCase(), (v: string) => `{${v}}`]) {
      const value = randomUUID();
      const key = await admin.key(developer.token, { grants: [NAMES], value: spell(value) });
      expect(key.token).toBe(value);
      for (const sent of [value, value.toUpperCase(), `{${value}}`, `{${value.toUpperCase()}}`]) {
        expect((await as(sent, VIEWER)).data).toEqual({ viewer: { kind: "API_KEY", apiKey: { id: key.id } } });
      }
    }
  });

  it("K7: that is anything else is refused with an error that says what it must be, and makes no key", async () => {
    const value = randomUUID();
    for (const bad of [
      "",
      "secret",
      value.slice(1),
      `${value}0`,
      value.replace(/.$/, "g"),
      `{${value}`,
      `(${value})`,
    ]) {
      const input = { name: unique("Key"), grants: [NAMES], value: bad };
      const reply = await admin.refused(() => generate(input), "BAD_USER_INPUT", { field: "input.value" });
      expect(reply.errors?.[0]?.message).toContain("must be a GUID");
      if (bad !== "") expect(reply.text).not.toContain(bad);
    }
  });
});

describe("K8: an expiry", () => {
  it("K8: is given on generation; at that instant the key stops, and it stays listed as expired", async () => {
    const expiresAt = in60Seconds();
    const [key, lasting] = [
      await admin.key(developer.token, { grants: [NAMES], expiresAt }),
      await admin.key(developer.token, { grants: [NAMES] }),
    ];
    const now = jest.spyOn(latchkey.clock, "now").mockReturnValue(Date.parse(expiresAt) - 1);
    expect([await knock(key.token), await knock(lasting.token)]).toEqual([200, 200]);
    now.mockReturnValue(Date.parse(expiresAt));
    expect([await knock(key.token), await knock(lasting.token)]).toEqual([401, 200]);
    expect(await idsOfKeys(developer.token)).toContain(key.id);
    expect(await shown(key.id, "status expiresAt")).toEqual({ status: "EXPIRED", expiresAt });
    now.mockRestore();
    const past = { name: unique("Key"), grants: [NAMES], expiresAt: "2001-01-01T00:00:00Z" };
    await admin.refused(() => generate(past), "BAD_USER_INPUT", { field: "input.expiresAt" });
  });
});

// K9 (copy to clipboard, download as a `*.apikey` file, close) is the console's, which does not exist yet.

describe("K10: the list of own keys", () => {
  const LIST =
    "{ apiKeys { totalCount nodes { name createdAt application deviceId expiresAt lastUsedAt status owner { id } } } }";

  it('K10: shows name, date created, application, device id ("Any" by default), expiry, last use and status', async () => {
    const person = await admin.person({ roles: ["Developer"] });
    const [plain, bound] = [unique("Plain"), unique("Bound")];
    const expiresAt = in60Seconds();
    const before = latchkey.clock.now();
    const { token } = await admin.key(person.token, { name: plain, grants: [NAMES], expiresAt });
    await admin.key(person.token, { name: bound, grants: [NAMES], application: "calendar", deviceId: "phone-1" });
    await admin.key(developer.token, { grants: [NAMES] });
    const owner = { id: person.id };
    const list = () => done<{ apiKeys: { totalCount: number; nodes: Record<string, string>[] } }>(person.token, LIST);
    const { apiKeys } = await list();
    expect(apiKeys.totalCount).toBe(2);
    expect(apiKeys.nodes.find(({ name }) => name === plain)).toEqual({
      name: plain,
      createdAt: expect.any(String),
      application: "Any",
      deviceId: "Any",
      expiresAt,
      lastUsedAt: null,
      status: "ACTIVE",
      owner,
    });
    const other = apiKeys.nodes.find(({ name }) => name === bound);
    expect(other).toMatchObject({ application: "calendar", deviceId: "phone-1", owner });
    expect(Date.parse(other?.["createdAt"] ?? "")).toBeGreaterThanOrEqual(before);
    await as(token, FIRST_NAMES);
    const used = await eventually(
      async () => (await list()).apiKeys.nodes.find(({ name }) => name === plain)?.["lastUsedAt"] ?? null,
    );
    expect(Date.parse(used)).toBeGreaterThanOrEqual(before);
  });
});

describe("K11: everyone's keys", () => {
  it("K11: are in one list for full administrators and account owners, and for nobody else", async () => {
    const [one, other] = [await admin.person({ roles: ["Developer"] }), await admin.person({ roles: ["Developer"] })];
    const keys = [await admin.key(one.token, { grants: [NAMES] }), await admin.key(other.token, { grants: [NAMES] })];
    const ids = keys.map(({ id }) => id);
    const administrator = await admin.person({ roles: ["Administrator"] });
    for (const { token } of [administrator, { token: latchkey.ownerToken }]) {
      expect(await idsOfKeys(token)).toEqual(expect.arrayContaining(ids));
      expect(await idsOfKeys(token, { ownerId: other.id })).toEqual([ids[1]]);
      expect(await shown(ids[0] ?? "", "owner { id }", token)).toEqual({ owner: { id: one.id } });
    }
    expect(await idsOfKeys(one.token)).toEqual([ids[0]]);
    expect((await as(one.token, `{ apiKey(id: "${ids[1]}") { id } }`)).data).toEqual({ apiKey: null });
    const manager = await admin.person({ roles: ["HR Manager"] });
    await admin.refused(() => as(manager.token, "{ apiKeys { totalCount } }"), "FORBIDDEN");
  });
});

describe("K12: a key's details", () => {
  it("K12: show which resources, actions and fields it has, by its sets, by its own grants, and in effect", async () => {
    const set = await admin.apiSet([read("firstName", "lastName", "salary")]);
    const holder = await admin.role({
      authorities: ["MANAGE_USER_API_KEY"],
      grants: [{ ...NAMES, fields: null }, DEPARTMENTS],
    });
    const person = await admin.person({ roles: [holder] });
    const { id } = await admin.key(person.token, { apiSetIds: [set], grants: [DEPARTMENTS] });
    const grant = "{ resource actions fields }";
    expect(await shown(id, `apiSets { grants ${grant} } grants ${grant}`, person.token)).toEqual({
      apiSets: [{ grants: [{ resource: "employee", actions: ["READ"], fields: ["firstName", "lastName", "salary"] }] }],
      grants: [DEPARTMENTS],
    });
    const effective = () =>
      done<{ effectiveAccess: object[] }>(
        person.token,
        `query ($id: ID!) { effectiveAccess(apiKeyId: $id) ${grant} }`,
        { id },
      );
    expect((await effective()).effectiveAccess).toEqual(
      expect.arrayContaining([DEPARTMENTS, read("firstName", "lastName", "salary")]),
    );
    const name = unique("Role");
    const update = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
    await admin.asOwner(update, { id: holder, input: { name, grants: [NAMES] } });
    expect((await effective()).effectiveAccess).toEqual([NAMES]);
  });
});

describe("K13: revoking a key", () => {
  it("K13: is immediate and irreversible, and about that key only", async () => {
    const [key, sibling] = [
      await admin.key(developer.token, { grants: [NAMES] }),
      await admin.key(developer.token, { grants: [NAMES] }),
    ];
    expect(await knock(key.token)).toBe(200);
    expect(await done(developer.token, REVOKE, { id: key.id })).toEqual({ revokeApiKey: { status: "REVOKED" } });
    expect([await knock(key.token), await knock(sibling.token)]).toEqual([401, 200]);
    for (const [query, variables] of [
      [ENABLE, { id: key.id, enabled: true }],
      [UPDATE, { id: key.id, input: { expiresAt: in60Seconds() } }],
      [ROTATE, { id: key.id }],
    ] as const) {
      await admin.refused(() => as(developer.token, query, variables), "CONFLICT");
    }
    latchkey.clock.advance(60_000);
    expect([await knock(key.token), await shown(key.id, "status")]).toEqual([401, { status: "REVOKED" }]);
  });
});

describe("K14: revoking all keys", () => {
  it("K14: asks for typed confirmation, answers with the count, and is immediate and irreversible", async () => {
    const keys = [
      await admin.key(developer.token, { grants: [NAMES] }),
      await admin.key(latchkey.ownerToken, { grants: [NAMES] }),
    ];
    const revokeAll = (confirm: string, by = latchkey.ownerToken) => as(by, REVOKE_ALL, { confirm });
    for (const confirm of ["", "yes", "revoke all", "REVOKE ALL."]) {
      const reply = await admin.refused(() => revokeAll(confirm), "BAD_USER_INPUT", { field: "confirm" });
      expect(reply.errors?.[0]?.message).toContain("REVOKE ALL");
    }
    await admin.refused(() => revokeAll("REVOKE ALL", developer.token), "FORBIDDEN", {
      authorities: ["REVOKE_ALL_API_KEYS"],
    });
    for (const { token } of keys) expect(await knock(token)).toBe(200);

    const alive = (await idsOfKeys(latchkey.ownerToken)).length - (await revokedKeys()).length;
    expect((await revokeAll("REVOKE ALL")).data).toEqual({ revokeAllApiKeys: { count: alive } });
    expect(await revokedKeys()).toEqual(await idsOfKeys(latchkey.ownerToken));
    for (const { id, token } of keys) {
      expect(await knock(token)).toBe(401);
      await admin.refused(() => as(latchkey.ownerToken, ENABLE, { id, enabled: true }), "CONFLICT");
    }
    expect(await knock(developer.token)).toBe(200);
    expect((await revokeAll("REVOKE ALL")).data).toEqual({ revokeAllApiKeys: { count: 0 } });
  });

  const revokedKeys = () => idsOfKeys(latchkey.ownerToken, { status: "REVOKED" });
});

describe("K15: disabling a key", () => {
  it("K15: stops it without revoking it, and enabling brings it back as it was", async () => {
    const { id, token } = await admin.key(developer.token, { grants: [NAMES] });
    const set = (enabled: boolean) => done(developer.token, ENABLE, { id, enabled });
    for (let round = 0; round < 2; round++) {
      expect(await set(false)).toEqual({ setApiKeyEnabled: { status: "DISABLED" } });
      expect([await knock(token), await shown(id, "status revokedAt")]).toEqual([
        401,
        { status: "DISABLED", revokedAt: null },
      ]);
      expect(await set(true)).toEqual({ setApiKeyEnabled: { status: "ACTIVE" } });
      expect(await knocks(token, [FIRST_NAMES, "{ employees { nodes { lastName } } }"])).toEqual([200, 403]);
    }
  });
});

describe("K16: rotating a key", () => {
  it("K16: gives a new secret, and the old one works through the grace period that the caller chose", async () => {
    const { id, token: old } = await admin.key(developer.token, { grants: [NAMES] });
    const { rotateApiKey } = await done<{ rotateApiKey: { token: string } }>(developer.token, ROTATE, {
      id,
      graceSeconds: 120,
    });
    const { token } = rotateApiKey;
    expect(token).not.toBe(old);
    expect(await knock(token, FIRST_NAMES)).toBe(200);
    latchkey.clock.advance(115_000);
    expect([await knock(old, FIRST_NAMES), await knock(token)]).toEqual([200, 200]);
    latchkey.clock.advance(5_001);
    expect([await knock(old), await knock(token)]).toEqual([401, 200]);
    expect(await knock(token, "{ employees { nodes { lastName } } }")).toBe(403);
    expect(await idsOfKeys(developer.token)).toContain(id);
  });

  it("K16: without a grace period ends the old secret at the first use of the new one", async () => {
    const { id, token: old } = await admin.key(developer.token, { grants: [NAMES] });
    const { rotateApiKey } = await done<{ rotateApiKey: { token: string } }>(developer.token, ROTATE, { id });
    expect([await knock(rotateApiKey.token), await knock(old), await knock(rotateApiKey.token)]).toEqual([
      200, 401, 200,
    ]);
  });
});

describe("K17: the use of a key", () => {
  it("K17: is recorded and shown: calls, denials and last use; and unused keys are listed", async () => {
    const [used, idle] = [
      await admin.key(developer.token, { grants: [NAMES] }),
      await admin.key(developer.token, { grants: [NAMES] }),
    ];
    const before = latchkey.clock.now();
    for (const query of [FIRST_NAMES, FIRST_NAMES, "{ employees { nodes { salary } } }"]) await as(used.token, query);
    interface Used {
      lastUsedAt: string | null;
      usage: { calls: number; denials: number }[];
    }
    const usageOf = async (id: string, by = developer.token) => {
      const key = (await shown(id, "lastUsedAt usage { calls denials }", by)) as unknown as Used;
      const sum = (count: "calls" | "denials") => key.usage.reduce((total, row) => total + row[count], 0);
      return { lastUsedAt: key.lastUsedAt, calls: sum("calls"), denials: sum("denials") };
    };
    const { lastUsedAt } = await eventually(async () => {
      const usage = await usageOf(used.id);
      return usage.calls === 3 ? usage : null;
    });
    expect(await usageOf(used.id)).toEqual({ lastUsedAt, calls: 3, denials: 1 });
    expect(Date.parse(lastUsedAt ?? "")).toBeGreaterThanOrEqual(before);
    expect(await usageOf(idle.id)).toEqual({ lastUsedAt: null, calls: 0, denials: 0 });

    latchkey.clock.advance(10 * DAY);
    const [owner, again] = [await latchkey.signIn("owner@example.com", "correct horse battery staple"), used.token];
    await as(again, FIRST_NAMES);
    await eventually(async () => ((await usageOf(used.id, owner)).calls === 4 ? true : null));
    const unused = await idsOfKeys(owner, { unusedForDays: 10 });
    expect([unused.includes(idle.id), unused.includes(used.id)]).toEqual([true, false]);
  });
});

describe("K18: how a key is sent", () => {
  const send = (headers: Record<string, string>, path = "/graphql") =>
    fetch(`${latchkey.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body: JSON.stringify({ query: FIRST_NAMES }),
    });

  it("K18: as Authorization: Bearer KEY, or as X-API-Key: KEY; both and different is an error", async () => {
    const session = await latchkey.signIn("owner@example.com", "correct horse battery staple");
    const { token } = await admin.key(session, { grants: [NAMES] });
    const { token: other } = await admin.key(session, { grants: [NAMES] });
    const authorization = `Bearer ${token}`;
    const forms: Record<string, string>[] = [
      { authorization },
      { "x-api-key": token },
      { authorization, "x-api-key": token },
    ];
    for (const headers of forms) {
      expect((await send(headers)).status).toBe(200);
    }
    const reply = await send({ authorization, "x-api-key": other });
    expect([reply.status, await reply.json()]).toMatchObject([400, { errors: [{ extensions: { field: "headers" } }] }]);
  });

  it("K18: never in a URL: there it opens nothing, and no log line has it", async () => {
    const session = await latchkey.signIn("owner@example.com", "correct horse battery staple");
    const { token } = await admin.key(session, { grants: [NAMES] });
    for (const name of ["token", "key", "apiKey", "api_key", "access_token", "x-api-key", "authorization"]) {
      expect((await send({}, `/graphql?${name}=${token}`)).status).toBe(401);
    }
    expect(latchkey.logged()).not.toContain(token.slice(-49, -6));
  });
});

/** Selects every field of a type that needs no argument, and of the types it leads to, `levels` deep. */
function everythingOf(name: string, levels: number): string {
  const select = (type: GraphQLObjectType, depth: number): string =>
    Object.values(type.getFields())
      .filter(({ args }) => !args.some(isRequiredArgument))
      .map((field) => {
        const inner = getNamedType(field.type);
        if (isLeafType(inner)) return field.name;
        return isObjectType(inner) && depth > 0 ? `${field.name} { ${select(inner, depth - 1)} __typename }` : "";
      })
      .join(" ");
  const type = latchkey.schema.executable.getType(name);
  if (!isObjectType(type)) throw new Error(`${name} is no object type`);
  return select(type, levels);
}

/** What `look` finds once it finds something; fails after five seconds, a second being promised. */
async function eventually<Found>(look: () => Promise<Found | null>): Promise<Found> {
  for (const deadline = Date.now() + 5_000; ; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > deadline) throw new Error("nothing came of it");
  }
}
