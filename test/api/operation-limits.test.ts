import { load } from "../resources/company";
import { type Administration, administer } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, type Key, keyWith, personWith, STAFF, selectsOf } from "./staff";

const EMPLOYEES = [{ resource: "employee", actions: ["READ"] }] as const;
const CHEAP = "{ employees(first: 2) { nodes { firstName } } }";
const ASKED = { "x-latchkey-cost": "1" };
const UPDATE = `mutation ($id: ID!, $input: UpdateApiKeyInput!) {
  updateApiKey(id: $id, input: $input) { limits { cost rows depth aliases rootFields selections } }
}`;
const USUAL = { cost: 300_000, rows: 20_000, depth: 12, aliases: 100, rootFields: 20, selections: 500 };

const nested = (first: number): string =>
  `{ employees(first: ${first}) { nodes { reports(first: ${first}) { nodes { reports(first: ${first}) { nodes { id } } } } } } }`;

describe("what one operation may ask for", () => {
  let latchkey: TestLatchkey;
  let admin: Administration;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    admin = administer(latchkey);
    owner = callerOf(latchkey, latchkey.ownerToken);
    await load(latchkey.store, STAFF);
  });
  afterAll(() => latchkey.stop());

  const refusedUnread = async (caller: Caller, query: string, variables: object, extensions: object) => {
    const statements = await selectsOf(latchkey, async () => {
      const reply = await caller.ask(query, variables);
      expect(reply).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "QUERY_TOO_COSTLY", ...extensions } }],
      });
      expect(reply.data ?? null).toBeNull();
    });
    expect(statements).toEqual([]);
  };
  const costOf = async (query: string, variables: object = {}, token = latchkey.ownerToken) =>
    (await latchkey.query(query, { variables, token, headers: ASKED })) as unknown as {
      status: number;
      extensions?: { cost: Record<string, unknown> };
    };

  it("is 500 within 500 within 500 never, and a page of 500 with its relations always", async () => {
    await refusedUnread(owner, nested(500), {}, { limit: "cost", cost: 500 * (1 + 500 * 501), allowed: 300_000 });
    const page =
      "{ employees(first: 500) { totalCount nodes { firstName department { name } manager { firstName } } pageInfo { endCursor } } }";
    expect(await owner.ask(page)).toMatchObject({ status: 200 });
    expect(await owner.ask(nested(50))).toMatchObject({ status: 200 });
  });

  it("refuses a short document whose long aliases would make a huge answer, whoever sends it", async () => {
    const alias = "a".repeat(9_000);
    await refusedUnread(owner, `{ employees(first: 500) { nodes { ${alias}: id } } }`, {}, { limit: "aliases" });
    await refusedUnread(callerOf(latchkey, ""), `{ __schema { types { ${alias}: name } } }`, {}, { limit: "aliases" });
  });

  it("counts a text that is written under many aliases like further rows", async () => {
    const notes = (aliases: number, first = 500): string =>
      `{ timeOffs(first: ${first}) { nodes { note ${Array.from({ length: aliases }, (_, at) => `a${at}: note`).join(" ")} } } }`;
    // 1,000 characters at most, so two rows' worth each.
    expect(await owner.ask(notes(19))).toMatchObject({ status: 200 });
    await refusedUnread(owner, notes(20), {}, { limit: "rows" });
    expect(await owner.ask(notes(95, 50))).toMatchObject({ status: 200 });
  });

  it.each([
    ["records of a page", (aliases: string[]) => aliases.map((alias) => `${alias}: nodes { id }`).join(" ")],
    ["records of edges", (aliases: string[]) => aliases.map((alias) => `${alias}: edges { node { id } }`).join(" ")],
    ["relations", (aliases: string[]) => `nodes { ${aliases.map((alias) => `${alias}: manager { id }`).join(" ")} }`],
  ])("counts %s once for each alias, since each is written", async (_what, selection) => {
    const query = (count: number) =>
      `{ employees(first: 500) { ${selection(Array.from({ length: count }, (_, at) => `a${at}`))} } }`;
    expect(await owner.ask(query(39))).toMatchObject({ status: 200 });
    await refusedUnread(owner, query(45), {}, { limit: "rows" });
  });

  it("counts a list once, under however many aliases", async () => {
    const counts = Array.from({ length: 90 }, (_, at) => `a${at}: totalCount`).join(" ");
    const query = `{ employees(search: { text: "zz", fields: { firstName: true } }) { ${counts} } }`;
    for (let time = 0; time < 3; time++) {
      expect(await selectsOf(latchkey, () => owner.read(query))).toHaveLength(1);
    }
  });

  it("is counted with the variables of each request of the same document", async () => {
    const query =
      "query ($n: Int) { employees(first: $n) { nodes { reports(first: $n) { nodes { reports(first: $n) { nodes { id } } } } } } }";
    expect(await owner.ask(query, { n: 3 })).toMatchObject({ status: 200 });
    await refusedUnread(owner, query, { n: 500 }, { limit: "cost" });
    expect(await owner.ask(query)).toMatchObject({ status: 200 });
  });

  it("is refused after what is denied, so that costs tell nothing of a field", async () => {
    const key = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }]);
    expect(await key.ask(nested(500))).toMatchObject({
      status: 403,
      errors: [{ extensions: { coordinate: "Employee.reports" } }, {}],
    });
  });

  it("is told in extensions.cost to whoever asks by X-Latchkey-Cost, refused or not", async () => {
    const limits = {
      limit: 300_000,
      depth: { requested: 3, limit: 12 },
      aliases: { requested: 1, limit: 100 },
      rootFields: { requested: 1, limit: 20 },
      selections: { requested: 3, limit: 500 },
    };
    const query = "query ($n: Int) { employees(first: $n) { nodes { name: firstName } } }";
    expect((await costOf(query, { n: 7 })).extensions).toEqual({ cost: { requested: 7, ...limits } });
    expect((await latchkey.query(query, { token: latchkey.ownerToken })).text).not.toContain("extensions");
    const { token } = await keyWith(latchkey, [{ resource: "department", actions: ["READ"] }]);
    expect(await costOf(query, { n: 7 }, token)).toMatchObject({ status: 403, extensions: { cost: { requested: 7 } } });
    expect(await costOf(nested(500))).toMatchObject({ status: 400, extensions: { cost: { requested: 125_250_500 } } });
    expect(await costOf(`{ a ${"{ a ".repeat(20)} ${"}".repeat(20)} }`)).toMatchObject({
      status: 400,
      extensions: { cost: { requested: null, depth: { requested: 21, limit: 12 } } },
    });
    expect(await costOf("{ __schema { queryType { name } } }")).toMatchObject({
      extensions: { cost: { requested: 0 } },
    });
  });

  it("of a masked query is what it really reads", async () => {
    const grants = [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }] as const;
    const { token } = await keyWith(latchkey, grants, owner, { onDenied: "NULL" });
    const query = "{ employees(first: 4) { nodes { firstName reports(first: 9) { nodes { id } } } } }";
    expect(await costOf(query, {}, token)).toMatchObject({ status: 200, extensions: { cost: { requested: 4 } } });
    expect(await costOf(query)).toMatchObject({ extensions: { cost: { requested: 40 } } });
  });

  describe("with a key that has limits of its own", () => {
    const update = (by: Caller, key: Key, limits: object | null, more: object = {}) =>
      by.ask<{ updateApiKey: { limits: object } }>(UPDATE, { id: key.apiKeyId, input: { limits, ...more } });

    it("is bounded by them from its next request on, and the others' are not", async () => {
      const key = await keyWith(latchkey, EMPLOYEES, owner, { limits: { cost: 2, depth: 3 } });
      expect(await key.ask(CHEAP)).toMatchObject({ status: 200 });
      await refusedUnread(key, CHEAP.replace("2", "3"), {}, { limit: "cost", cost: 3, allowed: 2 });
      await refusedUnread(key, "{ employees(first: 1) { nodes { manager { id } } } }", {}, { limit: "depth" });
      expect(await owner.ask(CHEAP.replace("2", "3"))).toMatchObject({ status: 200 });
      expect((await update(owner, key, { cost: 1, rows: 1 })).data?.updateApiKey.limits).toEqual({
        ...USUAL,
        cost: 1,
        rows: 1,
      });
      await refusedUnread(key, CHEAP, {}, { limit: "cost", allowed: 1 });
      expect(await key.ask("{ employees(first: 1) { nodes { id } } }")).toMatchObject({ status: 200 });
      expect((await update(owner, key, null)).data?.updateApiKey.limits).toEqual(USUAL);
      expect(await key.ask(CHEAP.replace("2", "3"))).toMatchObject({ status: 200 });
    });

    it("is bounded by its rows where they are read, before they are", async () => {
      const key = await keyWith(latchkey, EMPLOYEES, owner, { limits: { rows: 4 } });
      expect(await key.ask("{ employees(first: 2) { nodes { manager { id } } } }")).toMatchObject({ status: 200 });
      await refusedUnread(key, "{ employees(first: 5) { nodes { id } } }", {}, { limit: "rows" });
    });

    it.each([
      ["depth", nestedManagers(13), 13],
      ["aliases", `{ employees { nodes { ${Array.from({ length: 101 }, (_, at) => `a${at}: id`).join(" ")} } } }`, 101],
      ["rootFields", `{ ${"__typename ".repeat(21)} }`, 21],
      ["selections", wide(10, 10), 1010],
    ])("may be raised above everybody's: %s", async (limit, query, value) => {
      const key = await keyWith(latchkey, EMPLOYEES);
      await refusedUnread(key, query, {}, { limit });
      expect((await update(owner, key, { [limit]: value })).data?.updateApiKey.limits).toMatchObject({
        [limit]: value,
      });
      expect(await key.ask(query)).toMatchObject({ status: 200 });
      await refusedUnread(owner, query, {}, { limit });
    });

    it("may be lowered by whoever has the key; raising needs MANAGE_SETTINGS, whatever it was before", async () => {
      const person = await personWith(latchkey, EMPLOYEES, ID.ada);
      const key = await keyWith(latchkey, EMPLOYEES, person, { limits: { cost: 10 } });
      const state = () => admin.state();
      const refused = (limits: object) =>
        admin.refused(() => update(person, key, limits), "FORBIDDEN", { authorities: ["MANAGE_SETTINGS"] });
      await refused({ cost: 300_001 });
      await refused({ depth: 13 });
      await admin.refused(
        () =>
          person.ask("mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }", {
            input: { name: "Greedy", grants: EMPLOYEES, limits: { rows: 20_001 } },
          }),
        "FORBIDDEN",
        { authorities: ["MANAGE_SETTINGS"] },
      );
      expect((await update(person, key, { cost: 300_000 })).data?.updateApiKey.limits).toEqual(USUAL);
      // What an administrator has raised, its owner may keep and lower, but not raise again.
      await latchkey.store.change((tx) => tx.update("api_key", { id: key.apiKeyId }, { limits: { cost: 500_000 } }));
      expect((await update(person, key, { cost: 500_000 }, { name: "Renamed" })).status).toBe(200);
      await refused({ cost: 500_001 });
      expect((await update(person, key, { cost: 400_000 })).data?.updateApiKey.limits).toMatchObject({ cost: 400_000 });
      await refused({ cost: 500_000 });
      expect(await state()).toContain("400000");
    });

    it.each([
      ["cost", 0],
      ["cost", 10_000_001],
      ["rows", 100_001],
      ["depth", 25],
      ["aliases", 501],
      ["rootFields", 101],
      ["selections", -1],
    ])("may not be %s: %i", async (name, value) => {
      const key = await keyWith(latchkey, EMPLOYEES);
      await admin.refused(() => update(owner, key, { [name]: value }), "BAD_USER_INPUT", {
        field: `input.limits.${name}`,
      });
    });

    it("is in the trail, what it was and what it became", async () => {
      const key = await keyWith(latchkey, EMPLOYEES, owner, { limits: { cost: 100 } });
      await update(owner, key, { depth: 5 });
      const [row] = await admin.audited("apiKey.update", key.apiKeyId);
      expect([row?.["before"], row?.["after"]].map((json) => JSON.parse(String(json)).limits)).toEqual([
        { cost: 100 },
        { depth: 5 },
      ]);
    });
  });
});

function nestedManagers(levels: number): string {
  return `{ employee(id: "${ID.ada}") { ${"manager { ".repeat(levels - 2)} id ${"} ".repeat(levels - 2)} } }`;
}

/** Roots of which each asks for ten fields of so many managers above each other. */
function wide(roots: number, levels: number): string {
  const fields = "id version firstName lastName email phone gender hireDate jobTitle ";
  const one = `${`${fields} manager { `.repeat(levels - 1)} ${fields} salary ${"} ".repeat(levels - 1)}`;
  return `{ ${Array.from({ length: roots }, (_, at) => `r${at}: employee(id: "${ID.ada}") { ${one} }`).join(" ")} }`;
}
