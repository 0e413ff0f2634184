import * as fc from "fast-check";
import { firstBeyond } from "../../src/resources/read-filter";
import { AMOUNTS, companies, compareValues, DATES, type EmployeeRow, idOf, LOCATIONS, load, TEXTS } from "./company";
import { contextFor, dataOf, openDatabase, run, type TestDatabase } from "./harness";

type Value = string | number;
type Filter = Readonly<Record<string, unknown>>;

function conditions(values: readonly Value[], isText: boolean): fc.Arbitrary<Filter> {
  const value = fc.constantFrom(...values);
  const nullable = fc.option(value, { freq: 4 });
  const order = { lt: value, lte: value, gt: value, gte: value };
  const parts = fc.constantFrom("", "a", "B", "%", "_", "a ", "😀", "\\", ...values.map(String));
  return fc.record(
    {
      eq: nullable,
      ne: nullable,
      in: fc.array(value, { maxLength: 5 }),
      isNull: fc.boolean(),
      ...order,
      ...(isText ? { contains: parts, startsWith: parts } : {}),
    },
    { requiredKeys: [] },
  );
}

/** Only one or two of the operators at a time, or next to nothing would ever match. */
const few = (all: fc.Arbitrary<Filter>): fc.Arbitrary<Filter> =>
  fc.tuple(all, fc.nat(), fc.boolean()).map(([given, from, two]) => {
    const entries = Object.entries(given);
    if (entries.length === 0) return {};
    const at = from % entries.length;
    return Object.fromEntries(entries.slice(at, at + (two ? 2 : 1)));
  });

const ids = (kind: "d" | "e"): fc.Arbitrary<Filter> => {
  const id = fc.oneof(
    fc.nat(9).map((n) => idOf(kind, n)),
    fc.constantFrom("", "x"),
  );
  return fc.oneof(fc.record({ eq: fc.option(id) }), fc.record({ ne: fc.option(id) }), fc.record({ in: fc.array(id) }));
};

const fields = {
  id: ids("e"),
  departmentId: ids("d"),
  managerId: ids("e"),
  lastName: few(conditions(TEXTS, true)),
  email: few(conditions(TEXTS, true)),
  location: few(conditions(LOCATIONS, true)),
  hireDate: few(conditions(DATES, false)),
  salary: few(conditions(AMOUNTS, false)),
};

const { filter } = fc.letrec<{ filter: Filter }>((tie) => ({
  filter: fc
    .tuple(
      fc.record(fields, { requiredKeys: [] }).chain((all) => few(fc.constant(all))),
      fc.option(
        fc.record(
          {
            and: fc.array(tie("filter"), { maxLength: 2 }),
            or: fc.array(tie("filter"), { maxLength: 2 }),
            not: tie("filter"),
          },
          { requiredKeys: [] },
        ),
        { nil: {}, freq: 1, maxDepth: 3, depthIdentifier: "filter" },
      ),
    )
    .map(([plain, groups]) => ({ ...plain, ...groups })),
}));

/** What each condition means, without SQL: true or false, never unknown. */
const meaning: Record<string, (value: unknown, given: never) => boolean> = {
  eq: (value, given) => value === given,
  ne: (value, given) => value !== given,
  in: (value, given: unknown[]) => given.includes(value),
  isNull: (value, given) => (value === null) === given,
  lt: (value, given) => value !== null && compareValues(value, given) < 0,
  lte: (value, given) => value !== null && compareValues(value, given) <= 0,
  gt: (value, given) => value !== null && compareValues(value, given) > 0,
  gte: (value, given) => value !== null && compareValues(value, given) >= 0,
  contains: (value, given: string) => value !== null && (value as string).includes(given),
  startsWith: (value, given: string) => value !== null && (value as string).startsWith(given),
};

function matches(row: EmployeeRow, given: Filter): boolean {
  return Object.entries(given).every(([key, value]) => {
    if (key === "and") return (value as Filter[]).every((each) => matches(row, each));
    if (key === "or") return (value as Filter[]).some((each) => matches(row, each));
    if (key === "not") return !matches(row, value as Filter);
    return Object.entries(value as Filter).every(([operator, operand]) =>
      meaning[operator]!(row[key as keyof EmployeeRow], operand as never),
    );
  });
}

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
      fc.asyncProperty(companies, fc.array(filter, { minLength: 20, maxLength: 25 }), async (company, filters) => {
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
      }),
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
    expect(three!.parameters).toEqual(["a", "b", "c", "c", 51]);
  });
});

describe("firstBeyond", () => {
  it.each([
    ["Kä", "Kå"],
    ["a\uD7FF", "a\uE000"],
    ["a\u{10FFFF}", "b"],
    ["\u{10FFFF}", null],
  ])("of %j is %j", (prefix, beyond) => {
    expect(firstBeyond(prefix)).toBe(beyond);
  });
});
