import { type GraphQLInputType, type GraphQLLeafType, isEnumType } from "graphql";
import type { FieldShape, InputShape, ObjectShape, Touch } from "./input-shape";

/** Why a value does not fit its type. Holds no part of the value but a field's name. */
export interface InputProblem {
  readonly kind:
    | "MISSING"
    | "NULL"
    | "NOT_A_LIST"
    | "NOT_AN_OBJECT"
    | "UNKNOWN_FIELD"
    | "LEAF"
    | "ONE_OF"
    | "TOO_DEEP"
    | "TOO_LARGE";
  /** From the variable's name downwards, e.g. `["input", "grants", 0, "fields"]`. */
  readonly path: readonly (string | number)[];
  /** The type that was expected there. */
  readonly type: GraphQLInputType;
}

/** Objects within objects; `and`/`or`/`not` of a filter nest this way. Checked so that no value can overflow the stack. */
export const MAX_INPUT_DEPTH = 32;

/**
 * Values in all variables of a request together, an object counted once more for each field that it might have: all of them are
 * looked at, and an object of a class is made of it before a resolver can refuse the list that it is in. (49,000 elements of `sort`
 * took a third of a second.) Sixteen lists of 500 ids fit. Also no shared or cyclic object can keep the process busy.
 */
export const MAX_INPUT_VALUES = 20_000;

const MAX_PROBLEMS = 20;

/**
 * Reads the variables of one request: names every guarded input field that a value really contains, and every reason why
 * graphql-js (`coerceInputValue`) would refuse it. Stops at 20 problems, or when a value is too deep or too large. Never changes
 * a value.
 */
export class InputReading {
  readonly problems: InputProblem[] = [];
  private readonly path: (string | number)[] = [];
  private values = 0;
  private depth = 0;

  constructor(private readonly onTouch: (touch: Touch) => void) {}

  /** Reads one variable's value; call it for each variable of the request in turn. */
  read(variable: string, shape: InputShape, value: unknown): void {
    this.path.push(variable);
    this.readValue(shape, value);
    this.path.pop();
  }

  /** Records a problem of the variable as a whole. */
  refuse(variable: string, kind: InputProblem["kind"], type: GraphQLInputType): void {
    this.problems.push({ kind, path: [variable], type });
  }

  private get isStopped(): boolean {
    return this.values > MAX_INPUT_VALUES || this.problems.length >= MAX_PROBLEMS;
  }

  private readValue(shape: InputShape, value: unknown): void {
    if (this.isStopped) return;
    if (++this.values > MAX_INPUT_VALUES) this.report("TOO_LARGE", shape.type);
    else if (value !== null && value !== undefined) this.readPresent(shape, value);
    else if (shape.kind === "REQUIRED") this.report("NULL", shape.type);
  }

  private readPresent(shape: InputShape, value: unknown): void {
    if (shape.kind === "REQUIRED") this.readPresent(shape.of, value);
    else if (shape.kind === "LIST") this.readList(shape, value);
    else if (shape.kind === "LEAF") this.readLeaf(shape, value);
    else if (typeof value !== "object" || value === null || Array.isArray(value))
      this.report("NOT_AN_OBJECT", shape.type);
    else if (this.depth === MAX_INPUT_DEPTH) this.report("TOO_DEEP", shape.type);
    else this.readObject(shape, value as Readonly<Record<string, unknown>>);
  }

  private readLeaf(shape: InputShape & { kind: "LEAF" }, value: unknown): void {
    if (!isLeafValue(shape.type, value)) this.report("LEAF", shape.type);
  }

  private readList(shape: InputShape & { kind: "LIST" }, value: unknown): void {
    if (Array.isArray(value)) {
      for (let at = 0; at < value.length && !this.isStopped; at++) {
        this.path.push(at);
        this.readValue(shape.of, value[at]);
        this.path.pop();
      }
    } else if (typeof value === "object" && value !== null && Symbol.iterator in value) {
      // JSON has no other iterables; graphql-js would iterate them, which may never end.
      this.report("NOT_A_LIST", shape.type);
    } else {
      this.readValue(shape.of, value);
    }
  }

  private readObject(shape: ObjectShape, given: Readonly<Record<string, unknown>>): void {
    this.values += shape.fields.size;
    if (this.values > MAX_INPUT_VALUES) {
      this.report("TOO_LARGE", shape.type);
      return;
    }
    this.depth++;
    for (const [name, field] of shape.fields) this.readField(shape, name, field, given[name]);
    for (const name of Object.keys(given)) {
      if (!shape.fields.has(name)) this.reportAt(name, "UNKNOWN_FIELD", shape.type);
    }
    if (shape.type.isOneOf) this.checkOneOf(shape, given);
    this.depth--;
  }

  private readField(shape: ObjectShape, name: string, field: FieldShape, value: unknown): void {
    if (value === undefined) {
      if (field.isRequired) this.reportAt(name, "MISSING", shape.type);
      return;
    }
    if (field.touch !== null) this.onTouch(field.touch);
    this.path.push(name);
    this.readValue(field.shape, value);
    this.path.pop();
  }

  private checkOneOf(shape: ObjectShape, given: Readonly<Record<string, unknown>>): void {
    const chosen = [...shape.fields.keys()].filter((name) => given[name] !== undefined);
    const [only] = chosen;
    if (chosen.length !== 1 || only === undefined || given[only] === null) this.report("ONE_OF", shape.type);
  }

  private reportAt(name: string, kind: InputProblem["kind"], type: GraphQLInputType): void {
    this.path.push(name);
    this.report(kind, type);
    this.path.pop();
  }

  private report(kind: InputProblem["kind"], type: GraphQLInputType): void {
    if (this.problems.length < MAX_PROBLEMS) this.problems.push({ kind, path: [...this.path], type });
  }
}

function isLeafValue(type: GraphQLLeafType, value: unknown): boolean {
  try {
    // An enum is told to leave out its suggestions: nobody reads them here, and they cost time.
    return (isEnumType(type) ? type.parseValue(value, true) : type.parseValue(value)) !== undefined;
  } catch {
    return false;
  }
}
