import type { FieldValue } from "./field";

/** A row as the database returns it: by the names c0, c1, … of its columns, or an array of them (see `Store.select`). */
export type Row = Readonly<Record<string, FieldValue>> | readonly FieldValue[];

/** A column of a statement: what it is called, and where it stands among the columns. */
export interface Column {
  readonly name: string;
  readonly at: number;
}

/** The value of a column. */
export function valueAt(row: Row, { name, at }: Column): FieldValue | undefined {
  return Array.isArray(row) ? row[at] : (row as Readonly<Record<string, FieldValue>>)[name];
}

/** A record as GraphQL's default resolvers read it: plain, nested, by GraphQL names; a relation that leads nowhere is null. */
export type Node = Readonly<Record<string, unknown>>;

/** Where in a row the parts of a record are, by the names of columns; `presence` is the column that is null when a relation leads nowhere. */
export interface Layout {
  readonly presence: string | null;
  readonly columns: readonly { readonly name: string; readonly from: string }[];
  readonly relations: readonly { readonly name: string; readonly layout: Layout }[];
}

/** The first `count` rows as records. */
export type Mapper = (rows: readonly Row[], count: number) => Node[];

/**
 * Compiles a mapper for rows of one layout into one object literal per record: all records share a hidden class and no name is
 * looked up at run time. The source is made of JSON-quoted names from the resources' definitions, never of a client's text.
 */
export function compileMapper(layout: Layout, columns: ReadonlyMap<string, Column>): Mapper {
  const ofArrays = compileFor(layout, (name) => `row[${(columns.get(name) as Column).at}]`);
  const ofObjects = compileFor(layout, (name) => `row.${name}`);
  return (rows, count) => (Array.isArray(rows[0]) ? ofArrays(rows, count) : ofObjects(rows, count));
}

function compileFor(layout: Layout, read: (column: string) => string): Mapper {
  const body =
    "const nodes = new Array(count);\nfor (let at = 0; at < count; at++) { const row = rows[at]; " +
    `nodes[at] = ${literal(layout, read)}; }\nreturn nodes;`;
  return new Function("rows", "count", body) as Mapper;
}

function literal(layout: Layout, read: (column: string) => string): string {
  const { presence, columns, relations } = layout;
  const plain = columns.map(({ name, from }) => `${JSON.stringify(name)}: ${read(from)}`);
  const nested = relations.map(({ name, layout: inner }) => `${JSON.stringify(name)}: ${literal(inner, read)}`);
  const object = `{ ${[...plain, ...nested].join(", ")} }`;
  return presence === null ? object : `(${read(presence)} === null ? null : ${object})`;
}
