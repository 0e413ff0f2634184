import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, rowsOf, STAFF, selectsOf } from "./staff";

/** Columns that a statement reads of each table alias, e.g. `{ t: ["id"], j0: ["id", "name"] }`. */
function columnsOf(statement: string): Record<string, string[]> {
  const read: Record<string, string[]> = {};
  const sql = rowsOf(statement);
  const list = sql.slice(0, sql.indexOf(" FROM "));
  for (const [, alias, column] of list.matchAll(/[`"](\w+)[`"]\.[`"](\w+)[`"] AS/g)) {
    read[alias as string] = [...(read[alias as string] ?? []), column as string].sort();
  }
  return read;
}

describe("what a query reads of the database", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
    await load(latchkey.store, STAFF);
  });
  afterAll(() => latchkey.stop());

  const readBy = async (query: string, variables?: object, caller = owner) => {
    const statements = await selectsOf(latchkey, () => caller.read(query, variables));
    return statements.map(columnsOf);
  };

  it("is one statement with the columns that are selected, and no other", async () => {
    expect(await readBy("{ employees { nodes { firstName } } }")).toEqual([{ t: ["firstName"] }]);
    expect(await readBy(`{ employee(id: "${ID.ada}") { hireDate salary } }`)).toEqual([{ t: ["hireDate", "salary"] }]);
    expect(await readBy("{ departments { edges { node { name } } } }")).toEqual([{ t: ["name"] }]);
    expect(
      await readBy("{ employees(filter: { salary: { gt: 1 } }, sort: [{ email: ASC }]) { nodes { id } } }"),
    ).toEqual([{ t: ["id"] }]);
  });

  it("has the columns of the order only where cursors are made of them", async () => {
    const list = (selection: string) => `{ employees(sort: [{ salary: DESC }]) { ${selection} } }`;
    expect(await readBy(list("nodes { firstName } pageInfo { hasNextPage }"))).toEqual([{ t: ["firstName"] }]);
    expect(await readBy(list("nodes { firstName } pageInfo { endCursor }"))).toEqual([
      { t: ["firstName", "id", "salary"] },
    ]);
  });

  it("fetches managers and departments at any depth in the same statement", async () => {
    const query =
      "{ employees { nodes { firstName department { name manager { firstName } } manager { lastName manager { lastName } } } } }";
    expect(await readBy(query)).toEqual([
      {
        t: ["firstName"],
        j0: ["id", "name"],
        j1: ["firstName", "id"],
        j2: ["id", "lastName"],
        j3: ["id", "lastName"],
      },
    ]);
    const { employees } = await owner.read<{ employees: { nodes: object[] } }>(query);
    expect(employees.nodes[3]).toEqual({
      firstName: "Di",
      department: { name: "Sales", manager: { firstName: "Bo" } },
      manager: { lastName: "Boson", manager: { lastName: "Adason" } },
    });
  });

  it("joins a relation once, however many aliases and fragments ask for it, and each gets what it asked for", async () => {
    const aliases = Array.from({ length: 30 }, (_, at) => `boss${at}: manager { name${at}: firstName }`).join(" ");
    const query = `{ employees(filter: { id: { eq: "${ID.di}" } }) { nodes { ${aliases} manager { id } ...F } } }
      fragment F on Employee { chief: manager { lastName ... on Employee { salary } } }`;
    expect(await readBy(query)).toEqual([{ j0: ["firstName", "id", "lastName", "salary"] }]);
    const { employees } = await owner.read<{ employees: { nodes: Record<string, unknown>[] } }>(query);
    expect(employees.nodes[0]).toMatchObject({
      boss0: { name0: "Bo" },
      boss29: { name29: "Bo" },
      manager: { id: ID.bo },
      chief: { lastName: "Boson", salary: 7000 },
    });
  });

  it("answers each alias of a list with its own arguments", async () => {
    const { a, b, c } = await owner.read<Record<"a" | "b" | "c", { nodes: { firstName: string }[] }>>(
      `{ a: employees(first: 1) { nodes { firstName } }
         b: employees(first: 1, sort: [{ firstName: DESC }]) { nodes { firstName } }
         c: employees(filter: { salary: { eq: 3000 } }) { nodes { firstName } } }`,
    );
    expect([a, b, c].map(({ nodes }) => nodes[0]?.firstName)).toEqual(["Ada", "Gus", "Fay"]);
  });

  it("obeys @skip and @include, request after request of the same document", async () => {
    const query = `query ($pay: Boolean!, $boss: Boolean = false) {
      employees { nodes { firstName salary @include(if: $pay) email @skip(if: $pay) manager @include(if: $boss) { id } } }
    }`;
    for (let round = 0; round < 2; round++) {
      expect(await readBy(query, { pay: false })).toEqual([{ t: ["email", "firstName"] }]);
      expect(await readBy(query, { pay: true })).toEqual([{ t: ["firstName", "salary"] }]);
      expect(await readBy(query, { pay: true, boss: true })).toEqual([{ t: ["firstName", "salary"], j0: ["id"] }]);
    }
  });

  it("never has a column that the key may not read, in whatever way the key asks", async () => {
    const fields = ["firstName", "lastName", "department", "manager"];
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["READ"], fields },
      { resource: "department", actions: ["READ"], fields: ["name"] },
    ]);
    const included = "query ($pay: Boolean!) { employees { nodes { firstName salary @include(if: $pay) } } }";
    const asked: [query: string, variables: object | undefined, status: number][] = [
      [
        "{ employees { totalCount nodes { id version firstName lastName department { name } manager { firstName } } } }",
        undefined,
        200,
      ],
      [
        "{ employees(sort: [{ lastName: ASC }]) { edges { cursor node { firstName } } pageInfo { endCursor } } }",
        undefined,
        200,
      ],
      [`{ employee(id: "${ID.bo}") { firstName manager { manager { lastName } } } }`, undefined, 200],
      [included, { pay: false }, 200],
      [included, { pay: true }, 403],
      ["{ employees { nodes { firstName salary } } }", undefined, 403],
      ["{ employees { nodes { manager { salary } } } }", undefined, 403],
      ["{ departments { nodes { name manager { salary } } } }", undefined, 403],
      ["{ employees(sort: [{ salary: ASC }]) { nodes { id } } }", undefined, 403],
      ["{ employees(filter: { salary: { gt: 1 } }) { totalCount } }", undefined, 403],
      ["{ a: employees { nodes { firstName } } b: employees { nodes { birthDate } } }", undefined, 403],
    ];
    for (const [query, variables, status] of asked) {
      const statements = await selectsOf(latchkey, async () => {
        const reply = await key.ask(query, variables);
        expect({ query, status: reply.status }).toEqual({ query, status });
        expect(reply.text).not.toMatch(/5000\.5|"salary":/);
      });
      expect(statements.join()).not.toMatch(/salary|birthDate|email/);
      expect(statements.length === 0).toBe(status === 403);
    }
  });

  it("is bounded: relations within relations are cut off by depth and by number", async () => {
    const nested = (levels: number): string => (levels === 0 ? "id" : `manager { ${nested(levels - 1)} }`);
    expect((await owner.ask(`{ employees { nodes { ${nested(9)} } } }`)).status).toBe(200);
    const wide = `department { manager { ${nested(5)} department { id } } } manager { department { manager { ${nested(5)} } } ${nested(6)} }`;
    const wider = `{ employees { nodes { ${wide} a: department { manager { department { manager { ${nested(5)} } } } } } } }`;
    for (const query of [`{ employees { nodes { ${nested(10)} } } }`, wider]) {
      const statements = await selectsOf(latchkey, async () => {
        expect(await owner.ask(query)).toMatchObject({
          status: 400,
          errors: [{ extensions: { code: "QUERY_TOO_COSTLY" } }],
        });
      });
      expect(statements).toEqual([]);
    }
  });
});
