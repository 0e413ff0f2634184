import { JsonText } from "../kernel/json-text";
import type { Complete } from "./compile-leaf";

/** A response key, the property of a record that stands under it, and how its value is completed. */
export interface RecordField {
  readonly key: string;
  readonly property: string;
  /** A constant instead of a property, for `__typename`. */
  readonly constant?: string;
  /** Whether a value that is a string needs no completing. */
  readonly takesStrings: boolean;
  readonly complete: Complete;
}

/** GraphQL's names, all of which are JavaScript's too; `__proto__` is the one that means something else in a literal. */
const NAME = /^[_A-Za-z][_0-9A-Za-z]*$/;

/** Whether a response key can stand in an object literal. */
export function isPlainKey(key: string): boolean {
  return NAME.test(key) && key !== "__proto__";
}

/**
 * Compiles the completion of records that are plain data into one object literal: all records of a list share a hidden class, and
 * no name is looked up at run time. Nothing of a client's text gets into the source but response keys, which are checked to be
 * plain names. A record that is JSON already stays what it is.
 */
export function compileRecord(fields: readonly RecordField[]): Complete {
  const members = fields.map(({ key, property, constant, takesStrings }, at) => {
    if (!isPlainKey(key) || !isPlainKey(property)) throw new Error(`${key} is no plain name`);
    if (constant !== undefined) return `${key}: constants[${at}]`;
    const value = `source.${property}`;
    const completed = `c${at}(${value})`;
    return `${key}: ${takesStrings ? `typeof ${value} === "string" ? ${value} : ${completed}` : completed}`;
  });
  const completions = fields.map((_, at) => `const c${at} = completions[${at}];`).join(" ");
  const body = `${completions}\nreturn (source) => ({ ${members.join(", ")} });`;
  const literal = new Function("completions", "constants", body)(
    fields.map(({ complete }) => complete),
    fields.map(({ constant }) => constant),
  ) as Complete;
  return (value) => {
    if (value === null || value === undefined) return null;
    return value instanceof JsonText ? value : literal(value);
  };
}
