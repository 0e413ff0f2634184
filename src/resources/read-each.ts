import type { RequestContext } from "../context";
import type { Bindings } from "./read-bindings";
import type { Order } from "./read-order";
import { ROOT } from "./read-statement";
import type { Resource } from "./resource";

/** The first records of several lists. */
export interface FirstOfEach {
  readonly resource: Resource;
  /** The column that leads from a record to the one whose list it is in. */
  readonly by: string;
  /** Whose lists. */
  readonly owners: readonly string[];
  /** Condition on the records of all lists; "" for none. */
  readonly where: string;
  /** Whether the condition walks a hierarchy by itself. */
  readonly isWalk: boolean;
  readonly order: Order;
  /** Records of each list. */
  readonly limit: number;
}

/** Lists that MariaDB takes one by one; the condition stands in the statement as often, and a walk is walked as often. */
const MOST_SUBQUERIES = 32;
/** Values of all of those conditions: a prepared statement of MariaDB's has at most 65,535. */
const MOST_VALUES = 4_000;

/**
 * The condition of being among the first of one of the lists. It looks at nothing but keys, so that what is selected is read, and joined, of
 * the records of the pages alone. The first of each list come from an index on (`by`, keys of the order), however long the list is; only
 * MariaDB numbers all records of the lists where there are many.
 */
export function writeFirstOfEach(ctx: RequestContext, lists: FirstOfEach, bindings: Bindings): string {
  const table = tableOf(ctx, lists);
  if (ctx.store.dialect === "sqlite") {
    const owners = bindings.bind(JSON.stringify(lists.owners));
    const first = firstOf(table, lists, "o.value", bindings);
    // The join is crossed so that SQLite goes from the owners to their records, never the other way.
    return `${ROOT}.id IN (SELECT s.id FROM json_each(${owners}) o CROSS JOIN ${table} s ON s.id IN (${first}))`;
  }
  const { length } = lists.owners;
  const isFew = !lists.isWalk && length <= MOST_SUBQUERIES && length * bindings.values.length <= MOST_VALUES;
  const first = isFew ? oneByOne(table, lists, bindings) : numbered(table, lists, bindings);
  return `${ROOT}.id IN (SELECT n.id FROM (${first}) n)`;
}

function oneByOne(table: string, lists: FirstOfEach, bindings: Bindings): string {
  const owners = bindings.bindEach(lists.owners);
  return owners.map((owner) => `(${firstOf(table, lists, owner, bindings)})`).join(" UNION ALL ");
}

/** MariaDB has no subqueries that end early and can be asked for each of many. */
function numbered(table: string, { by, owners, where, order, limit }: FirstOfEach, bindings: Bindings): string {
  const place = `ROW_NUMBER() OVER (PARTITION BY ${ROOT}.${by} ORDER BY ${keysOf(order)})`;
  const condition = `${ROOT}.${by} IN (${bindings.bindList(owners)})${alsoWhere(where)}`;
  const all = `SELECT ${ROOT}.id AS id, ${place} AS place FROM ${table} ${ROOT} WHERE ${condition}`;
  return `SELECT p.id FROM (${all}) p WHERE p.place <= ${bindings.bind(limit)}`;
}

/** The ids of the first of one list. */
function firstOf(table: string, { by, where, order, limit }: FirstOfEach, owner: string, bindings: Bindings): string {
  const condition = `${ROOT}.${by} = ${owner}${alsoWhere(where)}`;
  const page = `ORDER BY ${keysOf(order)} LIMIT ${bindings.bind(limit)}`;
  return `SELECT ${ROOT}.id AS id FROM ${table} ${ROOT} WHERE ${condition} ${page}`;
}

function tableOf({ store: { reader } }: RequestContext, { resource }: FirstOfEach): string {
  return reader.driver.escape(reader.getMetadata(resource.entity).tableName);
}

function alsoWhere(where: string): string {
  return where === "" ? "" : ` AND ${where}`;
}

function keysOf({ keys }: Order): string {
  return keys.map((key) => `${key.value(ROOT)} ${key.direction}`).join(", ");
}
