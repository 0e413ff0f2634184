import { badInput, ServiceError } from "../kernel/service-error";
import type { ResourceField } from "./field";
import { malformedText } from "./field-text";
import { Bindings } from "./read-bindings";
import { isNullable } from "./read-value";
import type { Resource } from "./resource";
import { MOST_IN_VALUES, type Operator } from "./schema-operators";

/** A filter as it comes from the client: conditions by column, `and`, `or`, `not`. */
export type FilterInput = Readonly<Record<string, unknown>>;

/** Levels of `and`, `or` and `not` inside of each other. */
const DEEPEST = 5;
/** Conditions and groups of all lists of an operation. */
export const MOST_CONDITIONS = 50;
/** Characters of a text to compare with a field that has no bound of its own. */
const LONGEST_TEXT = 4_000;

/** Conditions that hold for every record and for none, in both dialects. */
const ALWAYS = "1 = 1";
const NEVER = "1 = 0";

/** Operators that SQL has under another name. */
const COMPARISONS: Readonly<Partial<Record<Operator, string>>> = { lt: "<", lte: "<=", gt: ">", gte: ">=" };

/**
 * Writes the condition that `filter` means; `valueIn` writes the value of a column, `id` included.
 *
 * Every condition is either true or false: a record without a value is not less than anything, is not equal to anything, and so
 * IS `ne` everything; `not` is the exact opposite. SQL's third value is folded away by IS NOT TRUE. Throws BAD_USER_INPUT naming
 * the field at fault, also for a text longer than the field's own may be, QUERY_TOO_COSTLY past 5 levels or 50 conditions.
 */
export function writeFilter(
  resource: Resource,
  filter: FilterInput,
  valueIn: (field: ResourceField | null) => string,
  bindings: Bindings,
): string {
  return new FilterWriter(resource, valueIn, bindings).object(filter, "filter", 0);
}

/**
 * Throws what `writeFilter` would, before anything is read; `counted` conditions stand in other filters of the same operation.
 * Gives back how many there are with those of this one.
 */
export function checkFilter(resource: Resource, filter: FilterInput, counted: number): number {
  const writer = new FilterWriter(resource, () => "", new Bindings(), counted);
  writer.object(filter, "filter", 0);
  return writer.conditions;
}

class FilterWriter {
  private readonly columns: ReadonlyMap<string, ResourceField | null>;

  constructor(
    private readonly resource: Resource,
    private readonly valueIn: (field: ResourceField | null) => string,
    private readonly bindings: Bindings,
    public conditions = 0,
  ) {
    this.columns = new Map([["id", null], ...resource.fields.map((field) => [field.column, field] as const)]);
  }

  object(filter: FilterInput, path: string, depth: number): string {
    if (depth > DEEPEST) throw tooCostly(path, `nests and, or and not more than ${DEEPEST} levels deep`);
    const parts: string[] = [];
    for (const [key, given] of Object.entries(filter)) {
      if (given === undefined) continue;
      const at = `${path}.${key}`;
      this.count(at);
      if (given === null) throw badInput(at, "must not be null: leave it out, or ask for { isNull: true }");
      if (key === "not") parts.push(`((${this.object(given as FilterInput, at, depth + 1)}) IS NOT TRUE)`);
      else if (key === "and" || key === "or") parts.push(this.group(key, given as readonly FilterInput[], at, depth));
      else parts.push(this.column(key, given as FilterInput, at));
    }
    return conjunction(parts);
  }

  private group(key: "and" | "or", given: readonly FilterInput[], path: string, depth: number): string {
    const parts = given.map((each, at) => {
      const here = `${path}[${at}]`;
      this.count(here);
      return this.object(each, here, depth + 1);
    });
    if (key === "and") return conjunction(parts);
    return parts.length === 0 ? NEVER : `(${parts.join(" OR ")})`;
  }

  private column(column: string, operators: FilterInput, path: string): string {
    const field = this.columns.get(column);
    if (field === undefined) throw new Error(`filter input has a field that the resource lacks: ${column}`);
    const target = this.valueIn(field);
    const parts = Object.entries(operators)
      .filter(([, given]) => given !== undefined)
      .map(([operator, given]) => {
        const at = `${path}.${operator}`;
        this.count(at);
        return this.condition(target, field, operator as Operator, given, at);
      });
    return conjunction(parts);
  }

  private condition(
    target: string,
    field: ResourceField | null,
    operator: Operator,
    given: unknown,
    path: string,
  ): string {
    const longest = field?.maxLength ?? LONGEST_TEXT;
    if (operator === "isNull" || (given === null && (operator === "eq" || operator === "ne"))) {
      if (given === null && operator === "isNull") throw badInput(path, "must be true or false");
      return given === true || operator === "eq" ? `${target} IS NULL` : `${target} IS NOT NULL`;
    }
    if (operator === "in") return this.oneOf(target, given, path, longest);
    const value = checked(given, path, longest);
    switch (operator) {
      case "eq":
        return `${target} = ${this.bindings.bind(value)}`;
      case "ne": {
        const differs = `${target} <> ${this.bindings.bind(value)}`;
        return field === null || !isNullable(this.resource, field) ? differs : `(${differs} OR ${target} IS NULL)`;
      }
      case "contains":
        return `INSTR(${target}, ${this.bindings.bind(value)}) > 0`;
      case "startsWith":
        return this.startsWith(target, String(value));
      default:
        return `${target} ${COMPARISONS[operator]} ${this.bindings.bind(value)}`;
    }
  }

  private oneOf(target: string, given: unknown, path: string, longest: number): string {
    if (given === null) throw badInput(path, "must not be null");
    const values = given as readonly unknown[];
    if (values.length > MOST_IN_VALUES) throw badInput(path, `must have at most ${MOST_IN_VALUES} values`);
    if (values.length === 0) return NEVER;
    const checkedValues = values.map((value, at) => checked(value, `${path}[${at}]`, longest));
    return `${target} IN (${this.bindings.bindList(checkedValues)})`;
  }

  /** As a range, which an index serves, since all that begins with a prefix lies together in byte order. */
  private startsWith(target: string, prefix: string): string {
    if (prefix === "") return `${target} IS NOT NULL`;
    const from = `${target} >= ${this.bindings.bind(prefix)}`;
    const beyond = firstBeyond(prefix);
    return beyond === null ? from : `(${from} AND ${target} < ${this.bindings.bind(beyond)})`;
  }

  private count(path: string): void {
    this.conditions += 1;
    if (this.conditions > MOST_CONDITIONS) throw tooCostly(path, `is past the limit of ${MOST_CONDITIONS} conditions`);
  }
}

function conjunction(parts: readonly string[]): string {
  if (parts.length === 0) return ALWAYS;
  return parts.length === 1 ? (parts[0] as string) : `(${parts.join(" AND ")})`;
}

function checked(given: unknown, path: string, longest: number): string | number {
  if (given === null) throw badInput(path, "must not be null");
  if (given instanceof Date) return given.toISOString();
  if (typeof given === "string") {
    // No character is more than two units, so a text of any size is refused without being taken apart.
    const isLong = given.length > 2 * longest || (given.length > longest && [...given].length > longest);
    if (isLong) throw badInput(path, `must have at most ${longest} characters`);
    const malformed = malformedText(given);
    if (malformed !== null) throw badInput(path, malformed);
  }
  return given as string | number;
}

/**
 * The first text, by code point, after all that begin with `prefix`; null when there is none.
 *
 * @example
 * firstBeyond("Kä"); // "Kå"
 */
export function firstBeyond(prefix: string): string | null {
  const characters = Array.from(prefix);
  for (let popped = characters.pop(); popped !== undefined; popped = characters.pop()) {
    const last = popped.codePointAt(0) as number;
    // Surrogates are not characters: U+D7FF is followed by U+E000.
    if (last < 0x10ffff) return characters.join("") + String.fromCodePoint(last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}

function tooCostly(field: string, problem: string): ServiceError {
  return new ServiceError("QUERY_TOO_COSTLY", `${field} ${problem}`, { field });
}
