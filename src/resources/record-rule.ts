import type { FieldValue } from "./field";

/**
 * What several fields of one record must hold to together. The API and CSV import judge by the same rules, each on the record as
 * it will be, so that neither lets in what the other refuses.
 */
export interface RecordRule {
  /** Names of the fields that it compares, no relations; the first is the one named when the rule is broken. */
  readonly fields: readonly [string, ...string[]];
  /** What is wrong with these values, in the order of `fields`; null when nothing is. */
  check(values: readonly FieldValue[]): BrokenRule | null;
}

/** Continues the sentence "<first field> …". `names` are those of `fields` where it is read: in the API or in a file's header. */
export type BrokenRule = (names: readonly string[]) => string;

/**
 * The rule that a period does not end before it begins; both may be the same day, and either may be missing.
 *
 * @example
 * notBefore("endDate", "startDate").check(["2024-05-01", "2024-05-02"])?.(["endDate", "startDate"]);
 * // "must not be before startDate"
 */
export function notBefore(end: string, start: string): RecordRule {
  return {
    fields: [end, start],
    check: ([last = null, first = null]) =>
      last === null || first === null || last >= first ? null : ([, name]) => `must not be before ${name}`,
  };
}
