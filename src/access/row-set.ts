import type { RowScope } from "./grant";

const LISTS = ["departmentIds", "locations", "employeeIds"] as const;
const FLAGS = ["self", "reports"] as const;

/** Reaches no record at all. */
export const NO_ROWS: RowScope = Object.freeze({});

/**
 * The records that any of `sets` reaches, in one spelling: lists sorted and without duplicates, empty parts left out.
 *
 * @example
 * mergeRowSets([{ departmentIds: ["b"] }, { departmentIds: ["a", "b"], self: true, reports: false }]);
 * // { departmentIds: ["a", "b"], self: true }
 */
export function mergeRowSets(sets: readonly RowScope[]): RowScope {
  const lists = LISTS.map((part) => [part, [...new Set(sets.flatMap((set) => set[part] ?? []))].sort()] as const);
  const flags = FLAGS.map((part) => [part, sets.some((set) => set[part] === true)] as const);
  return Object.fromEntries<readonly string[] | boolean>([
    ...lists.filter(([, values]) => values.length > 0),
    ...flags.filter(([, isSet]) => isSet),
  ]);
}

/** Equal exactly for sets that `mergeRowSets` spells the same. */
export function rowSetKey(set: RowScope): string {
  return JSON.stringify(mergeRowSets([set]));
}

/**
 * Drops repeated sets of an AND, keeping the order.
 *
 * @example
 * withoutRepeats([{ self: true }, { reports: true }, { self: true, locations: [] }]); // [{ self: true }, { reports: true }]
 */
export function withoutRepeats(rule: readonly RowScope[]): RowScope[] {
  const seen = new Map<string, RowScope>();
  for (const set of rule) {
    const key = rowSetKey(set);
    if (!seen.has(key)) seen.set(key, set);
  }
  return [...seen.values()];
}

/**
 * Whether every record of `inner` is certainly in `outer`, by their spelling alone: part by part, never by asking where a named
 * employee works. So `{ departmentIds }` is not taken to cover `{ self }`, whoever asks. Unless both are read for the same employee,
 * `{ self }` and `{ reports }` name different records though they are spelled the same, so they cover nothing.
 *
 * @example
 * rowSetCovers({ departmentIds: ["a", "b"] }, { departmentIds: ["a"] }); // true
 */
export function rowSetCovers(outer: RowScope, inner: RowScope, sameEmployee = true): boolean {
  return (
    LISTS.every((part) => {
      const reached = new Set(outer[part] ?? []);
      return (inner[part] ?? []).every((value) => reached.has(value));
    }) && FLAGS.every((part) => inner[part] !== true || (sameEmployee && outer[part] === true))
  );
}
