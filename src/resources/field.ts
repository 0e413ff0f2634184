import type { Action } from "../access/grant";

/** What a field holds once it is checked: text, dates (`YYYY-MM-DD`) and ids as strings, money and counts as numbers. */
export type FieldValue = string | number | null;

/** The outcome of reading a field from text, e.g. from a CSV cell; a problem continues the sentence "<field> …". */
export type ParsedText = { readonly value: FieldValue } | { readonly problem: string };

export type FieldKindName = "text" | "date" | "instant" | "money" | "integer" | "choice" | "toOne";

/** The values of a `choice` field: an enum of the schema, registered with type-graphql under this name. */
export interface Choices {
  readonly name: string;
  readonly values: Readonly<Record<string, string>>;
}

/** Where a derived field comes from: columns of the record that a relation leads to, joined by blanks, or the record's id in a path. */
export type Derivation =
  | { readonly relation: string; readonly columns: readonly [string, ...string[]] }
  | { readonly before: string; readonly after: string };

/**
 * What values one field takes. The API's inputs and CSV import go through the same two functions, so that neither lets in what
 * the other refuses.
 */
export interface FieldKind {
  readonly kind: FieldKindName;
  /** One sentence for the schema and the catalogue of resources. */
  readonly description: string;
  /** Whether every record has a value. */
  readonly required: boolean;
  /** Whether no two records share a value; the entity has the unique index. */
  readonly unique: boolean;
  /** Characters at most; null where length is no question. */
  readonly maxLength: number | null;
  /** Name of the resource that a `toOne` field leads to; null for every other kind. */
  readonly target: string | null;
  /** `toOne` only: whether a chain of this relation may never come back to where it began. */
  readonly acyclic: boolean;
  /** `choice` only. */
  readonly choices?: Choices;
  /** What every new record begins with, for a field that no input sets: only the resource's steps change it. */
  readonly initial?: string;
  /** For a field without a column of its own: no input sets it. */
  readonly derived?: Derivation;
  /** For a field that no update takes: `creation` means an input of create, `service` none at all. */
  readonly setBy?: "creation" | "service";
  /** The action, of the resource as a whole, that reading the field needs instead of READ of the field. */
  readonly readBy?: Action;
  /** Reads a value from text; empty text is "no value", which `required` judges. */
  parseText(text: string): ParsedText;
  /** What is wrong with a value other than null, continuing the sentence "<field> …"; null when nothing is. */
  check(value: string | number): string | null;
}

/** A field in its resource. */
export interface ResourceField extends FieldKind {
  /** As in the schema and in permissions, e.g. `department`. */
  readonly name: string;
  /** Column, entity property and input field, e.g. `departmentId`; the same as `name` but for relations. */
  readonly column: string;
}

/** Whether create (`isNew`) or update takes the field; the others are derived, or set by steps or the service alone. */
export function isInput(field: FieldKind, isNew: boolean): boolean {
  if (field.derived !== undefined || field.initial !== undefined) return false;
  return field.setBy === undefined || (isNew && field.setBy === "creation");
}

/** Whether lists can be filtered, sorted and searched by the field, which takes READ of it; some are held by another action. */
export function isCompared(field: FieldKind): boolean {
  return field.readBy === undefined;
}

/** `kind.parseText` for kinds whose text is their value, or becomes it through `read`; `read` gives undefined for what it cannot read. */
export function parseWith(
  check: FieldKind["check"],
  read: (text: string) => string | number | undefined,
  unreadable: string,
): FieldKind["parseText"] {
  return (text) => {
    if (text === "") return { value: null };
    const value = read(text);
    if (value === undefined) return { problem: unreadable };
    const problem = check(value);
    return problem === null ? { value } : { problem };
  };
}
