import { type FieldKind, parseWith } from "./field";

/** A record id has 36 characters (see kernel/id); anything else is not looked up. */
export const ID_LENGTH = 36;

/** A relation to at most one record of the resource named `target`, held in a column `<field>Id` of the record itself. */
export function toOne(
  target: string,
  options: { readonly description: string; readonly required?: boolean; readonly acyclic?: boolean },
): FieldKind {
  const check = (value: string | number): string | null =>
    typeof value === "string" && value.length === ID_LENGTH ? null : `is not the id of any ${target}`;
  return {
    kind: "toOne",
    description: options.description,
    required: options.required ?? false,
    unique: false,
    maxLength: ID_LENGTH,
    target,
    acyclic: options.acyclic ?? false,
    parseText: parseWith(check, (text) => text, "must be an id"),
    check,
  };
}
