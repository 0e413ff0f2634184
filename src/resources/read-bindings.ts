import type { FieldValue } from "./field";

/**
 * Collects the values of a statement while its conditions are written.
 *
 * The text of a condition has numbered placeholders in place of values, so it tells the *shape* of a statement: equal texts are
 * equal SQL, whatever the values, and one compiled statement serves them all.
 */
export class Bindings {
  readonly values: Exclude<FieldValue, null>[] = [];

  /** The placeholder for one value. */
  bind(value: string | number): string {
    return `:p${this.values.push(value) - 1}`;
  }

  /** Placeholders for `IN (…)`. */
  bindList(values: readonly (string | number)[]): string {
    return this.bindEach(values).join(", ");
  }

  /**
   * A placeholder for each value. The list is filled up to a power of two by repeating its last value, so that lists of 5, 6, 7 and
   * 8 values share one statement.
   */
  bindEach(values: readonly (string | number)[]): string[] {
    const last = values.at(-1);
    if (last === undefined) throw new Error("an empty list has no placeholders");
    const size = 2 ** Math.ceil(Math.log2(values.length));
    return Array.from({ length: size }, (_, at) => this.bind(values[at] ?? last));
  }
}
