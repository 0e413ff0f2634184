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
  readonly order: Order;
  /** Records of each list. */
  readonly limit: number;
}

/**
 * The condition of being among the first of one of the lists. It looks at nothing but keys, so that what is selected is read, and joined, of
 * the records of the pages alone. SQLite takes the first of each list from an index on (`by`, keys of the order), however long the list is;
 * MariaDB has no subqueries that end early, and numbers the lists.
 */
export function writeFirstOfEach(ctx: RequestContext, lists: FirstOfEach, bindings: Bindings): string {
  const { reader, dialect } = ctx.store;
  const { resource, by, owners, where, order, limit } = lists;
  const table = reader.driver.escape(reader.getMetadata(resource.entity).tableName);
  const and = where === "" ? "" : ` AND ${where}`;
  const keys = order.keys.map((key) => `${key.value(ROOT)} ${key.direction}`).join(", ");
  if (dialect === "mariadb") {
    const numbered = `SELECT ${ROOT}.id AS id, ROW_NUMBER() OVER (PARTITION BY ${ROOT}.${by} ORDER BY ${keys}) AS place FROM ${table} ${ROOT} WHERE ${ROOT}.${by} IN (${bindings.bindList(owners)})${and}`;
    return `${ROOT}.id IN (SELECT n.id FROM (${numbered}) n WHERE n.place <= ${bindings.bind(limit)})`;
  }
  // The join is crossed so that SQLite goes from the owners to their records, never the other way.
  const given = bindings.bind(JSON.stringify(owners));
  const first = `SELECT ${ROOT}.id FROM ${table} ${ROOT} WHERE ${ROOT}.${by} = o.value${and} ORDER BY ${keys} LIMIT ${bindings.bind(limit)}`;
  return `${ROOT}.id IN (SELECT s.id FROM json_each(${given}) o CROSS JOIN ${table} s ON s.id IN (${first}))`;
}
