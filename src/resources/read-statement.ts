import { LRUCache } from "lru-cache";
import type { DataSource, SelectQueryBuilder } from "typeorm";
import type { FieldValue } from "./field";
import { type Column, compileMapper, type Layout, type Mapper, type Row } from "./read-mapper";
import type { Order, OrderKey } from "./read-order";
import type { Selection } from "./read-selection";
import type { TextShape } from "./read-text-shape";
import { textStatement } from "./read-texts";
import { writeValue } from "./read-value";
import type { Walk } from "./read-walks";
import { type EntityClass, fieldNamed, type Resource } from "./resource";

/** The alias of the records that a statement is about; those they lead to are j0, j1, … in the order of the selection. */
export const ROOT = "t";

/** The shape of a statement: everything but the values. Conditions have the placeholders of one `Bindings`. */
export interface StatementShape {
  readonly resource: Resource;
  readonly selection: Selection;
  /** Condition on the records of each join beside the relation itself, by alias number; "" for none. */
  readonly joinConditions: readonly string[];
  /** "" for every record. */
  readonly where: string;
  /** The common table expressions that the conditions refer to. */
  readonly walks: readonly Walk[];
  /** Order and page; null for a read without either. */
  readonly order: Order | null;
  /** Keys of the root that are read beside the selection, e.g. for cursors. */
  readonly hidden: readonly OrderKey[];
  /** How the records are selected, where they may come as JSON texts; null or missing where they may not. */
  readonly texts?: TextShape | null;
}

/** A compiled SELECT, shared by every request of its shape. */
export interface Statement {
  readonly sql: string;
  /** Which bound value each `?` takes; a statement with an order takes the limit after these. */
  readonly slots: readonly number[];
  /** The rows of what the database returned. */
  readonly unpack: (found: readonly Row[]) => readonly Row[];
  readonly map: Mapper;
  /** The hidden columns, in their order. */
  readonly hidden: readonly Column[];
}

const MOST_STATEMENTS = 2_000;
/** Characters of all statements that are kept, with their keys: filters choose the shape, and 50 conditions can name 8,000 values. */
const MOST_CHARACTERS = 8_000_000;
/** What the rest of a statement takes, its mapper above all. */
const CHARACTERS_BESIDE = 1_500;
const compiled = new WeakMap<DataSource, LRUCache<string, Statement>>();

/** The statement of this shape; TypeORM's query builder writes it the first time, and it is kept while it is in use. */
export function statementFor(reader: DataSource, shape: StatementShape): Statement {
  const known = compiled.get(reader) ?? keptStatements();
  compiled.set(reader, known);
  const { resource, selection, joinConditions, where, walks, order, hidden, texts } = shape;
  const key = [
    resource.name,
    selection.key,
    joinConditions.join("\n"),
    where,
    walks.map(({ name, body }) => `${name}: ${body}`).join("\n"),
    order?.name,
    hidden.map(({ column }) => column).join(),
    texts?.key,
  ].join("\n\n");
  const found = known.get(key);
  if (found) return found;
  const statement = new StatementBuilder(reader, shape).build();
  known.set(key, statement);
  return statement;
}

function keptStatements(): LRUCache<string, Statement> {
  return new LRUCache({
    max: MOST_STATEMENTS,
    maxSize: MOST_CHARACTERS,
    sizeCalculation: ({ sql, slots }, key) => CHARACTERS_BESIDE + key.length + sql.length + 8 * slots.length,
  });
}

/** The values in the order of the statement's `?`. */
export function valuesOf(slots: readonly number[], values: readonly Exclude<FieldValue, null>[]): unknown[] {
  return slots.map((slot) => values[slot]);
}

/** Replaces the placeholders of `Bindings` by `?` and says which value each takes. */
export function positional(query: SelectQueryBuilder<object>): {
  readonly sql: string;
  readonly slots: readonly number[];
} {
  // Every placeholder gets its own name as a text value, since TypeORM would write a number into the SQL on SQLite.
  const names = query.getQuery().match(/:p\d+/g) ?? [];
  for (const name of names) query.setParameter(name.slice(1), name.slice(2));
  const [sql, order] = query.getQueryAndParameters();
  return { sql, slots: (order as string[]).map(Number) };
}

/** Puts `walks` before the statement, each once, however many conditions refer to it. */
export function withWalks<Builder extends SelectQueryBuilder<object>>(query: Builder, walks: readonly Walk[]): Builder {
  for (const { name, body } of walks) {
    query.addCommonTableExpression(body, name, { columnNames: ["member"], recursive: true });
  }
  return query;
}

class StatementBuilder {
  private readonly query: SelectQueryBuilder<object>;
  private readonly hidden = new Map<string, string>();
  private columns = 0;
  private joins = 0;

  constructor(
    reader: DataSource,
    private readonly shape: StatementShape,
  ) {
    this.query = reader.createQueryBuilder(shape.resource.entity as EntityClass & (new () => object), ROOT).select([]);
  }

  build(): Statement {
    const { query, shape } = this;
    const layout = this.read(shape.resource, shape.selection, ROOT, null);
    const hidden = shape.hidden.map((key) => this.rootColumn(key, layout));
    // A statement needs a column even when nothing but __typename is selected.
    if (this.columns === 0) this.column(ROOT, "id");
    if (shape.where !== "") query.where(shape.where);
    withWalks(query, shape.walks);
    for (const key of shape.order?.keys ?? []) query.addOrderBy(this.ordered(key), key.direction);
    const { sql, slots } = positional(query);
    const columns = columnsOf(sql);
    const limited = shape.order ? `${sql} LIMIT ?` : sql;
    const asTexts = shape.texts && textStatement(limited, layout, shape.texts, hidden);
    return {
      slots,
      ...(asTexts ?? {
        sql: limited,
        unpack: (found: readonly Row[]) => found,
        map: compileMapper(layout, columns),
        hidden: hidden.map((name) => columns.get(name) as Column),
      }),
    };
  }

  private read(resource: Resource, selection: Selection, alias: string, presence: string | null): Layout {
    const columns = selection.columns.map((name) => ({
      name,
      from: name === "id" && presence !== null ? presence : this.value(resource, alias, name),
    }));
    const relations = selection.relations.map(({ field, target, selection: inner }) => {
      const number = this.joins++;
      const joined = `j${number}`;
      const condition = this.shape.joinConditions[number] ?? "";
      const on = `${joined}.id = ${alias}.${field.column}`;
      this.query.leftJoin(target.entity, joined, condition === "" ? on : `${on} AND ${condition}`);
      return { name: field.name, layout: this.read(target, inner, joined, this.column(joined, "id")) };
    });
    return { presence, columns, relations };
  }

  private value(resource: Resource, alias: string, name: string): string {
    const field = fieldNamed(resource, name);
    return field === undefined
      ? this.column(alias, name)
      : this.expression(writeValue(this.query.connection, resource, field, alias));
  }

  private column(alias: string, column: string): string {
    return this.expression(`${alias}.${column}`);
  }

  /** The name of the column that it becomes. */
  private expression(sql: string): string {
    const name = `c${this.columns++}`;
    this.query.addSelect(sql, name);
    return name;
  }

  /** A hidden column that the selection reads as well, or that is hidden twice, is read once. */
  private rootColumn({ column, value }: OrderKey, layout: Layout): string {
    const known = layout.columns.find(({ name }) => name === column)?.from ?? this.hidden.get(column);
    const read = known ?? this.expression(value(ROOT));
    this.hidden.set(column, read);
    return read;
  }

  /** A derived key is ordered by under the name of a column of its own. */
  private ordered({ isPlain, value }: OrderKey): string {
    return isPlain ? value(ROOT) : this.expression(value(ROOT));
  }
}

/** The columns of a SELECT by name. TypeORM writes columns of entities first and expressions after them, whatever they were added in. */
function columnsOf(sql: string): ReadonlyMap<string, Column> {
  const names = [...sql.matchAll(/ AS ["`](c\d+)["`]/g)].map(([, name]) => name as string);
  return new Map(names.map((name, at) => [name, { name, at }]));
}
