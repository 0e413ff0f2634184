import type { RowRule } from "../../src/access/scope";
import type { Company, EmployeeRow } from "./company";
import type { Filter, Sort } from "./random-lists";

type Row = Readonly<Record<string, unknown>>;

/** NULL before everything, text byte for byte in UTF-8, numbers by size. */
export function compareValues(left: unknown, right: unknown): number {
  if (left === null || right === null) return Number(right === null ? left !== null : -1);
  if (typeof left === "number") return left - (right as number);
  return Buffer.compare(Buffer.from(left as string), Buffer.from(right as string));
}

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

/** Whether the record satisfies the filter. */
export function matches(row: object, given: Filter): boolean {
  return Object.entries(given).every(([key, value]) => {
    if (key === "and") return (value as Filter[]).every((each) => matches(row, each));
    if (key === "or") return (value as Filter[]).some((each) => matches(row, each));
    if (key === "not") return !matches(row, value as Filter);
    return Object.entries(value as Filter).every(([operator, operand]) =>
      meaning[operator]!((row as Row)[key], operand as never),
    );
  });
}

/** Ids in the order that `sort` means: the first mention of a column counts, and the id ends it in the last key's direction. */
export function sorted(records: readonly { readonly id: string }[], sort: readonly Sort[]): string[] {
  const asked = sort.flatMap((each) => Object.entries(each));
  const once = asked.filter(([column], at) => asked.findIndex(([other]) => other === column) === at);
  const beforeId = once.slice(0, once.findIndex(([column]) => column === "id") + 1 || once.length);
  const keys = [...beforeId, ["id", beforeId.at(-1)?.[1] ?? "ASC"] as const];
  return [...records]
    .sort((left, right) => {
      for (const [column, direction] of keys) {
        const order = compareValues((left as Row)[column], (right as Row)[column]);
        if (order !== 0) return direction === "ASC" ? order : -order;
      }
      return 0;
    })
    .map(({ id }) => id);
}

/** Everybody below, by walking up from each. */
function isBelow(company: Company, row: EmployeeRow, top: string): boolean {
  const byId = new Map(company.employees.map((each) => [each.id, each]));
  for (let at = row.managerId; at !== null; at = byId.get(at)!.managerId) if (at === top) return true;
  return false;
}

/** Whether the department is one of these or below one, by walking up. */
function isWithin(company: Company, tops: readonly string[] | null | undefined, id: string | null): boolean {
  if (!tops) return false;
  const byId = new Map(company.departments.map((each) => [each.id, each]));
  for (let at = id; at !== null; at = byId.get(at)?.parentId ?? null) if (tops.includes(at)) return true;
  return false;
}

/** Whether the rule lets the employee through; `own` is the record that SELF and REPORTS start from. */
export function reachesEmployee(company: Company, rule: RowRule, own: string | null, row: EmployeeRow): boolean {
  return rule.every(
    (set) =>
      isWithin(company, set.departmentIds, row.departmentId) ||
      set.locations?.includes(row.location!) ||
      set.employeeIds?.includes(row.id) ||
      (set.self && own === row.id) ||
      (set.reports && own !== null && isBelow(company, row, own)),
  );
}

/** Whether the rule lets the department with this id through. */
export function reachesDepartment(company: Company, rule: RowRule, own: string | null, id: string): boolean {
  return rule.every(
    ({ departmentIds, employeeIds, self, reports }) =>
      isWithin(company, departmentIds, id) ||
      company.employees.some(
        (row) =>
          row.departmentId === id &&
          reachesEmployee(
            company,
            [{ employeeIds: employeeIds ?? null, self: self ?? null, reports: reports ?? null }],
            own,
            row,
          ),
      ),
  );
}
