import * as fc from "fast-check";
import { dialect } from "../support/dialect";
import { companies, load } from "./company";
import { contextFor, dataOf, openDatabase, run, type TestDatabase } from "./harness";
import { sorted } from "./oracles";
import { employeeSorts } from "./random-lists";

const PAGE = `query($first: Int, $after: String, $sort: [EmployeeSort!]) {
  employees(first: $first, after: $after, sort: $sort) {
    nodes { id } edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } totalCount
  }
}`;

describe("a list", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(() => database.close());

  it("gives every record once, in order, whatever the sort, ties, gaps and page size", async () => {
    const requests = fc.array(fc.tuple(employeeSorts, fc.integer({ min: 1, max: 9 })), { minLength: 5, maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(companies, requests, async (company, asked) => {
        await load(database.store, company);
        const ctx = contextFor(database.store);
        for (const [sort, first] of asked) {
          const ids: string[] = [];
          let after: string | null = null;
          for (;;) {
            const { employees: page } = await dataOf(ctx, PAGE, { first, after, sort });
            ids.push(...page.nodes.map((node: { id: string }) => node.id));
            expect(page.edges.map((edge: { node: { id: string } }) => edge.node)).toEqual(page.nodes);
            expect(page.totalCount).toBe(company.employees.length);
            expect(page.pageInfo.hasPreviousPage).toBe(after !== null);
            if (!page.pageInfo.hasNextPage) break;
            expect(page.nodes).toHaveLength(first);
            after = page.pageInfo.endCursor as string;
          }
          expect(ids).toEqual(sorted(company.employees, sort));
        }
      }),
      { numRuns: 15 },
    );
  });

  it("goes on from any edge's cursor, and refuses one of another list or order", async () => {
    const [company] = fc.sample(
      companies.filter(({ employees }) => employees.length > 5),
      { numRuns: 1, seed: 7 },
    );
    await load(database.store, company!);
    const ctx = contextFor(database.store);
    const { employees: all } = await dataOf(ctx, PAGE, { sort: [{ salary: "DESC" }] });
    const { cursor } = all.edges[2]!;
    const { employees: rest } = await dataOf(ctx, PAGE, { after: cursor, sort: [{ salary: "DESC" }] });
    expect(rest.nodes).toEqual(all.nodes.slice(3));
    for (const sort of [[{ salary: "ASC" }], [], null]) {
      const { errors } = await run(ctx, PAGE, { after: cursor, sort });
      expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", field: "after" }]);
    }
    const other = await run(ctx, "query($after: String) { departments(after: $after) { totalCount } }", {
      after: cursor,
    });
    expect(other.errors).toMatchObject([{ code: "BAD_USER_INPUT", field: "after" }]);
  });

  // MariaDB's planner goes by statistics, which so small a table has none of worth.
  const onSqlite = dialect === "sqlite" ? it : it.skip;
  onSqlite.each([[], [{ lastName: "ASC" }], [{ lastName: "DESC" }], [{ hireDate: "DESC" }], [{ hireDate: "ASC" }]])(
    "seeks to a later page by an index, without sorting: %j",
    async (...sort) => {
      const ctx = contextFor(database.store);
      const { employees: page } = await dataOf(ctx, PAGE, { first: 1, sort });
      database.statements.length = 0;
      await dataOf(ctx, PAGE, { after: page.pageInfo.endCursor, sort });
      for (const { sql, parameters } of database.statements.filter(({ sql }) => sql.includes("ORDER BY"))) {
        const plan = await database.store.select<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, parameters);
        expect(plan).toEqual([expect.objectContaining({ detail: expect.stringMatching(/^SEARCH t USING/) })]);
      }
    },
  );

  it.each([0, -1, 501])("refuses a page of %i", async (first) => {
    const { errors } = await run(contextFor(database.store), PAGE, { first });
    expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", field: "first" }]);
  });

  it.each([[[{}]], [[{ lastName: "ASC", email: "ASC" }]], [Array(6).fill({ lastName: "ASC" })]])(
    "refuses the sort %j",
    async (sort) => {
      const { errors } = await run(contextFor(database.store), PAGE, { sort });
      expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", field: expect.stringMatching(/^sort/) }]);
    },
  );

  it("counts without reading a row when only the count is selected", async () => {
    database.statements.length = 0;
    await dataOf(contextFor(database.store), "{ employees { totalCount } }");
    expect(database.statements).toHaveLength(1);
    expect(database.statements[0]!.sql).toContain("COUNT(*)");
    database.statements.length = 0;
    await dataOf(contextFor(database.store), "{ employees { nodes { id } } }");
    expect(database.statements).toHaveLength(1);
    expect(database.statements[0]!.sql).not.toContain("COUNT");
  });
});
