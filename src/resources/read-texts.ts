import { JsonText } from "../kernel/json-text";
import type { Column, Layout, Mapper, Row } from "./read-mapper";
import type { TextShape } from "./read-text-shape";

/** Members that one record can have; a function of SQLite takes 127 arguments at most (SQLITE_MAX_FUNCTION_ARG). */
const MOST_MEMBERS = 60;
/**
 * Records within each other, of which a usual document has ten at most. SQLite reads no deeper: its parser has a stack of a hundred,
 * and each of them takes nine places.
 */
const MOST_LEVELS = 10;
/** Stands between the records; JSON has it in no text. */
const SEPARATOR = "\n";

/** A statement that returns records as JSON, and how they are got out of its one row. */
export interface TextStatement {
  readonly sql: string;
  /** Rows of a record's text and the hidden columns. */
  readonly unpack: (found: readonly Row[]) => readonly Row[];
  readonly map: Mapper;
  readonly hidden: readonly Column[];
}

/**
 * On SQLite, `sql` with its records as JSON in the order of the rows, each as it stands in the answer, and with the columns `hidden`
 * beside them; null where a record has too many members, or leads too far.
 *
 * The driver takes half a microsecond for each value that it hands over; a page of fifty employees is read and written in half the time so.
 */
export function textStatement(
  sql: string,
  layout: Layout,
  shape: TextShape,
  hidden: readonly string[],
): TextStatement | null {
  const text = writeObject(layout, shape, 1);
  if (text === null) return null;
  const keys = hidden.length === 0 ? "" : `, json_group_array(json_array(${hidden.join(", ")}))`;
  return {
    sql: `SELECT group_concat(${text}, char(${SEPARATOR.charCodeAt(0)}))${keys} FROM (${sql})`,
    unpack,
    map: (rows, count) => rows.slice(0, count).map((row) => (row as readonly unknown[])[0]) as ReturnType<Mapper>,
    hidden: hidden.map((name, index) => ({ name, at: index + 1 })),
  };
}

/** Names are those of the resources' definitions, none a client's. */
function writeObject(layout: Layout, { typeName, members }: TextShape, level: number): string | null {
  if (members.length > MOST_MEMBERS || level > MOST_LEVELS) return null;
  const written: string[] = [];
  for (const { name, inner } of members) {
    const value = name === "__typename" ? `'${typeName}'` : writeMember(layout, name, inner, level);
    if (value === null) return null;
    written.push(`'${name}', ${value}`);
  }
  const object = `json_object(${written.join(", ")})`;
  return layout.presence === null ? object : `CASE WHEN ${layout.presence} IS NULL THEN NULL ELSE ${object} END`;
}

function writeMember(layout: Layout, name: string, inner: TextShape | null, level: number): string | null {
  if (inner === null) return layout.columns.find((column) => column.name === name)?.from ?? null;
  const relation = layout.relations.find((one) => one.name === name);
  return relation === undefined ? null : writeObject(relation.layout, inner, level + 1);
}

function unpack([found]: readonly Row[]): readonly Row[] {
  const [texts, keys] = found as readonly [string | null, string | undefined];
  // Nothing is put together of no rows.
  if (texts === null) return [];
  const records = texts.split(SEPARATOR).map((text) => new JsonText(text));
  const known = keys === undefined ? [] : (JSON.parse(keys) as Row[]);
  return records.map((record, at) => [
    record,
    ...((known[at] as readonly unknown[] | undefined) ?? []),
  ]) as unknown as Row[];
}
