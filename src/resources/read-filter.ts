import { badInput, ServiceError } from "../kernel/service-error";
import type { ResourceField } from "./field";
import { malformedText } from "./field-text";
import type { Bindings } from "./read-bindings";
import type { Resource } from "./resource";
import { MOST_IN_VALUES, type Operator } from "./schema-operators";

/** A filter as it comes from the client: conditions by column, `and`, `or`, `not`. */
export type FilterInput = Readonly<Record<string, unknown>>;

/** Levels of `and`, `or` and `not` inside of each other, and conditions and groups in all. */
const DEEPEST = 5;
const MOST_CONDITIONS = 50;

/** Conditions that hold for every record and for none, in both dialects. */
const ALWAYS = "1 = 1";
const NEVER = "1 = 0";

/** Operators that SQL has under another name. */
const COMPARISONS: Readonly<Partial<Record<Operator, string>>> = { lt: "<", lte: "<=", gt: ">", gte: ">=" };

/**
 * Writes the condition that `filter` means, on the records of `alias`.
 *
 * Every condition is either true or false: a record without a value is not less than anything, is not equal to anything, and so
 * IS `ne` everything; `not` is the exact opposite. SQL's third value is folded away by IS NOT TRUE. Throws BAD_USER_INPUT naming
 * the field at fault, QUERY_TOO_COSTLY past 5 levels or 50 conditions.
 */
export function writeFilter(resource: Resource, filter: FilterInput, alias: string, bindings: Bindings): string {
  return new FilterWriter(resource, alias, bindings).object(filter, "filter", 0);
}

class FilterWriter {
  private conditions = 0;
  private readonly columns: ReadonlyMap<string, ResourceField | null>;

  constructor(
    resource: Resource,
    private readonly alias: string,
    private readonly bindings: Bindings,
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
    const target = `${this.alias}.${column}`;
    const parts = Object.entries(operators)
      .filter(([, given]) => given !== undefined)
      .map(([operator, given]) => {
        const at = `${path}.${operator}`;
        this.count(at);
        return this.condition(target, field === null || field.required, operator as Operator, given, at);
      });
    return conjunction(parts);
  }

  private condition(target: string, required: boolean, operator: Operator, given: unknown, path: string): string {
    if (operator === "isNull" || (given === null && (operator === "eq" || operator === "ne"))) {
      if (given === null && operator === "isNull") throw badInput(path, "must be true or false");
      return given === true || operator === "eq" ? `${target} IS NULL` : `${target} IS NOT NULL`;
    }
    if (operator === "in") return this.oneOf(target, given, path);
    const value = checked(given, path);
    switch (operator) {
      case "eq":
        return `${target} = ${this.bindings.bind(value)}`;
      case "ne": {
        const differs = `${target} <> ${this.bindings.bind(value)}`;
        return required ? differs : `(${differs} OR ${target} IS NULL)`;
      }
      case "contains":
        return `INSTR(${target}, ${this.bindings.bind(value)}) > 0`;
      case "startsWith":
        return this.startsWith(target, String(value));
      default:
        return `${target} ${COMPARISONS[operator]} ${this.bindings.bind(value)}`;
    }
  }

  private oneOf(target: string, given: unknown, path: string): string {
    if (given === null) throw badInput(path, "must not be null");
    const values = given as readonly unknown[];
    if (values.length > MOST_IN_VALUES) throw badInput(path, `must have at most ${MOST_IN_VALUES} values`);
    if (values.length === 0) return NEVER;
    return `${target} IN (${this.bindings.bindList(values.map((value, at) => checked(value, `${path}[${at}]`)))})`;
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

function checked(given: unknown, path: string): string | number {
  if (given === null) throw badInput(path, "must not be null");
  if (typeof given === "string") {
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
  const points = Array.from(prefix, (character) => character.codePointAt(0) as number);
  while (points.length > 0) {
    const last = points.pop() as number;
    // Surrogates are not characters: U+D7FF is followed by U+E000.
    if (last < 0x10ffff) return String.fromCodePoint(...points, last === 0xd7ff ? 0xe000 : last + 1);
  }
  return null;
}

function tooCostly(field: string, problem: string): ServiceError {
  return new ServiceError("QUERY_TOO_COSTLY", `${field} ${problem}`, { field });
}
