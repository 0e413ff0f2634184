import * as fc from "fast-check";
import { AMOUNTS, DATES, idOf, LOCATIONS, TEXTS } from "./company";

type Value = string | number;
/** `filter` of a list, as a client gives it. */
export type Filter = Readonly<Record<string, unknown>>;

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

/** Filters of records with these columns, given the conditions on each: `and`, `or` and `not` up to three levels. */
function filtersOf(columns: Record<string, fc.Arbitrary<Filter>>): fc.Arbitrary<Filter> {
  return fc.letrec<{ filter: Filter }>((tie) => ({
    filter: fc
      .tuple(
        fc.record(columns, { requiredKeys: [] }).chain((all) => few(fc.constant(all))),
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
  })).filter;
}

export const employeeFilters = filtersOf({
  id: ids("e"),
  departmentId: ids("d"),
  managerId: ids("e"),
  lastName: few(conditions(TEXTS, true)),
  email: few(conditions(TEXTS, true)),
  location: few(conditions(LOCATIONS, true)),
  hireDate: few(conditions(DATES, false)),
  salary: few(conditions(AMOUNTS, false)),
});

export const departmentFilters = filtersOf({
  id: ids("d"),
  managerId: ids("e"),
  code: few(conditions(["D0", "D1", "d1"], true)),
  name: few(conditions(TEXTS, true)),
});

/** One key of `sort`. */
export type Sort = Readonly<Record<string, "ASC" | "DESC">>;

function sortsOf(...columns: readonly string[]): fc.Arbitrary<readonly Sort[]> {
  const key = fc.tuple(fc.constantFrom(...columns), fc.constantFrom("ASC" as const, "DESC" as const));
  return fc.array(
    key.map(([column, direction]) => ({ [column]: direction })),
    { maxLength: 4 },
  );
}

export const employeeSorts = sortsOf(
  "id",
  "lastName",
  "email",
  "hireDate",
  "salary",
  "location",
  "departmentId",
  "managerId",
);
export const departmentSorts = sortsOf("id", "code", "name", "managerId");
