import { execute, graphql, parse } from "graphql";
import type { RequestContext } from "../../src/context";
import { type Company, idOf, load } from "./company";
import { contextFor, dataOf, openDatabase, run, schema, type TestDatabase } from "./harness";

const nobody = {
  email: null,
  phone: null,
  birthDate: null,
  gender: null,
  hireDate: null,
  terminationDate: null,
  jobTitle: null,
  location: null,
  salary: null,
  departmentId: null,
  managerId: null,
};
const [ada, bob, cy, sales] = [idOf("e", 0), idOf("e", 1), idOf("e", 2), idOf("d", 0)];
const company: Company = {
  departments: [{ id: sales, code: "S", name: "Sales", managerId: ada }],
  employees: [
    { ...nobody, id: ada, employeeNumber: "1", firstName: "Ada", lastName: "A", salary: 10 },
    { ...nobody, id: bob, employeeNumber: "2", firstName: "Bob", lastName: "B", departmentId: sales, managerId: ada },
    { ...nobody, id: cy, employeeNumber: "3", firstName: "Cy", lastName: "C", managerId: bob },
  ],
};

/** Columns that a statement reads of each table alias, e.g. `{ t: ["id"], j0: ["id", "name"] }`. */
function columnsOf(sql: string): Record<string, string[]> {
  const read: Record<string, string[]> = {};
  const list = sql.slice(0, sql.indexOf(" FROM "));
  for (const [, alias, column] of list.matchAll(/[`"](\w+)[`"]\.[`"](\w+)[`"] AS/g)) {
    read[alias!] = [...(read[alias!] ?? []), column!].sort();
  }
  return read;
}

describe("a read", () => {
  let database: TestDatabase;
  let ctx: RequestContext;
  beforeAll(async () => {
    database = await openDatabase();
    await load(database.store, company);
    ctx = contextFor(database.store);
  });
  beforeEach(() => {
    database.statements.length = 0;
  });
  afterAll(() => database.close());

  it("fetches relations at any depth in the list's one statement", async () => {
    const data = await dataOf(
      ctx,
      "{ employees { nodes { firstName department { name manager { firstName } } manager { firstName manager { lastName department { code } } } } } }",
    );
    expect(database.statements).toHaveLength(1);
    expect(data.employees.nodes).toEqual([
      { firstName: "Ada", department: null, manager: null },
      {
        firstName: "Bob",
        department: { name: "Sales", manager: { firstName: "Ada" } },
        manager: { firstName: "Ada", manager: null },
      },
      {
        firstName: "Cy",
        department: null,
        manager: { firstName: "Bob", manager: { lastName: "A", department: null } },
      },
    ]);
  });

  it("reads the columns that are selected and no other", async () => {
    await dataOf(ctx, "{ employees { nodes { firstName department { name } } } }");
    expect(columnsOf(database.statements[0]!.sql)).toEqual({ t: ["firstName"], j0: ["id", "name"] });
  });

  it("reads the columns of the order only where cursors are selected", async () => {
    await dataOf(ctx, "{ employees(sort: [{ salary: DESC }]) { nodes { firstName } pageInfo { hasNextPage } } }");
    await dataOf(ctx, "{ employees(sort: [{ salary: DESC }]) { nodes { firstName } pageInfo { endCursor } } }");
    expect(database.statements.map(({ sql }) => columnsOf(sql))).toEqual([
      { t: ["firstName"] },
      { t: ["firstName", "id", "salary"] },
    ]);
  });

  it("merges aliases, fragments and both ways to the nodes", async () => {
    const data = await dataOf(
      ctx,
      `query {
        employees { nodes { name: firstName boss: manager { firstName } ...More } edges { node { salary } } ... on EmployeeConnection { nodes { id } } }
      }
      fragment More on Employee { chief: manager { lastName ...Deep } }
      fragment Deep on Employee { manager { id } }`,
    );
    expect(database.statements).toHaveLength(1);
    expect(columnsOf(database.statements[0]!.sql)).toEqual({
      t: ["firstName", "id", "salary"],
      j0: ["firstName", "id", "lastName"],
      j1: ["id"],
    });
    expect(data.employees.nodes[2]).toEqual({
      name: "Cy",
      id: cy,
      boss: { firstName: "Bob" },
      chief: { lastName: "B", manager: { id: ada } },
    });
    expect(data.employees.edges[0]).toEqual({ node: { salary: 10 } });
  });

  it("obeys @skip and @include by the request's variables, request after request", async () => {
    const document = parse(
      `query($a: Boolean!, $b: Boolean! = true) {
        employee(id: "${bob}") { firstName lastName @skip(if: $a) manager @include(if: $b) { ...F @skip(if: $a) id } }
      }
      fragment F on Employee { salary }`,
    );
    const read = async (variableValues: Record<string, unknown>) =>
      JSON.parse(JSON.stringify((await execute({ schema, document, variableValues, contextValue: ctx })).data));
    for (let round = 0; round < 2; round++) {
      database.statements.length = 0;
      expect(await read({ a: false })).toEqual({
        employee: { firstName: "Bob", lastName: "B", manager: { id: ada, salary: 10 } },
      });
      expect(await read({ a: true })).toEqual({ employee: { firstName: "Bob", manager: { id: ada } } });
      expect(await read({ a: true, b: false })).toEqual({ employee: { firstName: "Bob" } });
      expect(database.statements.map(({ sql }) => columnsOf(sql))).toEqual([
        { t: ["firstName", "lastName"], j0: ["id", "salary"] },
        { t: ["firstName"], j0: ["id"] },
        { t: ["firstName"] },
      ]);
    }
  });

  it("keeps apart operations of one document that share a fragment", async () => {
    const source = `query A { ...F } query B { ...F employee(id: "${bob}") { lastName } }
      fragment F on Query { employee(id: "${bob}") { firstName } }`;
    const read = async (operationName: string) =>
      JSON.parse(JSON.stringify((await graphql({ schema, source, operationName, contextValue: ctx })).data));
    expect(await read("A")).toEqual({ employee: { firstName: "Bob" } });
    expect(await read("B")).toEqual({ employee: { firstName: "Bob", lastName: "B" } });
  });

  it("answers __typename alone, and null for an id of any other form without asking", async () => {
    expect(await dataOf(ctx, `{ employee(id: "${bob}") { __typename } }`)).toEqual({
      employee: { __typename: "Employee" },
    });
    database.statements.length = 0;
    for (const id of ["", "x", "\0", "\uD800", "1".repeat(10_000)]) {
      expect(await dataOf(ctx, "query($id: ID!) { employee(id: $id) { id } }", { id })).toEqual({ employee: null });
    }
    expect(database.statements).toEqual([]);
    expect(await dataOf(ctx, `{ employee(id: "${idOf("e", 99)}") { id } }`)).toEqual({ employee: null });
  });

  it("refuses more relations than one statement joins", async () => {
    const nested = (levels: number): string => (levels === 0 ? "id" : `manager { ${nested(levels - 1)} }`);
    await dataOf(ctx, `{ employees { nodes { ${nested(24)} } } }`);
    database.statements.length = 0;
    const { errors } = await run(ctx, `{ employees { nodes { ${nested(25)} } } }`);
    expect(errors).toMatchObject([{ code: "QUERY_TOO_COSTLY" }]);
    expect(database.statements).toEqual([]);
  });

  it("asks for one row beyond the page only where it matters whether more follows", async () => {
    const limits = async (nodes: string): Promise<unknown> => {
      database.statements.length = 0;
      await dataOf(ctx, `{ employees(first: 2) { ${nodes} } }`);
      return database.statements.map(({ parameters }) => parameters.at(-1));
    };
    expect(await limits("nodes { id } pageInfo { endCursor }")).toEqual([2]);
    expect(await limits("nodes { id } pageInfo { hasNextPage }")).toEqual([3]);
    expect(await dataOf(ctx, "{ employees(first: 2) { pageInfo { hasNextPage } } }")).toEqual({
      employees: { pageInfo: { hasNextPage: true } },
    });
  });

  it("writes no value into the SQL", async () => {
    await dataOf(
      ctx,
      `{ employees(first: 7, filter: { salary: { gt: 3.25 }, lastName: { eq: "zz" } }) { nodes { id } } }`,
    );
    const [{ sql, parameters }] = database.statements as [{ sql: string; parameters: unknown[] }];
    expect(sql).not.toMatch(/3\.25|zz|\b7\b/);
    expect(parameters).toEqual(["zz", 3.25, 7]);
  });
});
