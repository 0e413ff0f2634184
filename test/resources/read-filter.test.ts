import * as fc from "fast-check";
import { firstBeyond } from "../../src/resources/read-filter";
import { companies, load } from "./company";
import { contextFor, dataOf, openDatabase, run, type TestDatabase } from "./harness";
import { matches } from "./oracles";
import { employeeFilters } from "./random-lists";

const LIST = "query($filter: EmployeeFilter) { employees(first: 500, filter: $filter) { nodes { id } totalCount } }";

describe("a filter", () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await openDatabase();
  });
  afterAll(() => database.close());

  it("leaves exactly the records that its conditions mean, and the count agrees", async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(
        companies,
        fc.array(employeeFilters, { minLength: 20, maxLength: 25 }),
        async (company, filters) => {
          await load(database.store, company);
          for (const each of filters) {
            const { data, errors } = await run(contextFor(database.store), LIST, { filter: each });
            if (errors[0]?.code === "QUERY_TOO_COSTLY") continue;
            const expected = company.employees.filter((row) => matches(row, each)).map(({ id }) => id);
            expect(errors).toEqual([]);
            expect(data.employees.nodes.map(({ id }: { id: string }) => id)).toEqual(expected);
            expect(data.employees.totalCount).toBe(expected.length);
            compared += 1;
          }
        },
      ),
      { numRuns: 15 },
    );
    expect(compared).toBeGreaterThan(200);
  });

  it("takes an omitted, null or empty filter as every record", async () => {
    const total = (await dataOf(contextFor(database.store), "{ employees { totalCount } }")).employees.totalCount;
    for (const given of [null, {}, { lastName: {} }, { and: [] }, { not: { or: [] } }]) {
      const data = await dataOf(contextFor(database.store), LIST, { filter: given });
      expect(data.employees.totalCount).toBe(total);
    }
  });

  it.each([
    [{ lastName: null }, "BAD_USER_INPUT", "filter.lastName"],
    [{ and: null }, "BAD_USER_INPUT", "filter.and"],
    [{ or: [{ salary: { lt: null } }] }, "BAD_USER_INPUT", "filter.or[0].salary.lt"],
    [{ lastName: { in: null } }, "BAD_USER_INPUT", "filter.lastName.in"],
    [{ lastName: { isNull: null } }, "BAD_USER_INPUT", "filter.lastName.isNull"],
    [{ lastName: { in: Array(501).fill("a") } }, "BAD_USER_INPUT", "filter.lastName.in"],
    [{ lastName: { contains: "a\0" } }, "BAD_USER_INPUT", "filter.lastName.contains"],
    [{ email: { in: ["a", "\uD800"] } }, "BAD_USER_INPUT", "filter.email.in[1]"],
    [{ id: { eq: "\uDC00" } }, "BAD_USER_INPUT", "filter.id.eq"],
    [{ or: Array(51).fill({ id: { eq: "x" } }) }, "QUERY_TOO_COSTLY", expect.stringMatching(/^filter\.or/)],
    [{ lastName: { startsWith: "x".repeat(500_000) } }, "BAD_USER_INPUT", "filter.lastName.startsWith"],
    [{ id: { in: ["a", "x".repeat(4001)] } }, "BAD_USER_INPUT", "filter.id.in[1]"],
    [{ or: Array(51).fill({}) }, "QUERY_TOO_COSTLY", "filter.or[49]"],
    [{ not: { not: { not: { not: { not: { not: {} } } } } } }, "QUERY_TOO_COSTLY", "filter.not.not.not.not.not.not"],
  ])("refuses %j", async (given, code, field) => {
    database.statements.length = 0;
    const { errors } = await run(contextFor(database.store), LIST, { filter: given });
    expect(errors).toMatchObject([{ code, field }]);
    expect(database.statements).toEqual([]);
  });

  it("compiles one statement for lists of nearly equal length", async () => {
    database.statements.length = 0;
    for (const values of [
      ["a", "b", "c", "z"],
      ["a", "b", "c"],
    ]) {
      await dataOf(
        contextFor(database.store),
        "query($filter: EmployeeFilter) { employees(filter: $filter) { nodes { id } } }",
        {
          filter: { lastName: { in: values } },
        },
      );
    }
    const [four, three] = database.statements;
    expect(three!.sql).toBe(four!.sql);
    expect(three!.parameters).toEqual(["a", "b", "c", "c", 50]);
  });
});

describe("firstBeyond", () => {
  it("takes a prefix of any length", () => {
    expect(firstBeyond("x".repeat(500_000))).toBe(`${"x".repeat(499_999)}y`);
  });

  it.each([
    ["Kä", "Kå"],
    ["a\uD7FF", "a\uE000"],
    ["a\u{10FFFF}", "b"],
    ["\u{10FFFF}", null],
  ])("of %j is %j", (prefix, beyond) => {
    expect(firstBeyond(prefix)).toBe(beyond);
  });
});
