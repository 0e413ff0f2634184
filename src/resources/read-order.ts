import type { DataSource } from "typeorm";
import { ordersOf, type SortInput } from "../connection/orders-of";
import { isNullable, writeValue } from "./read-value";
import type { Resource } from "./resource";

/** One key of an order: a column, and whether records can be without it. */
export interface OrderKey {
  readonly column: string;
  readonly direction: "ASC" | "DESC";
  readonly nullable: boolean;
  /** What is compared, of the records of `alias`; not a plain column where the field is derived. */
  readonly value: (alias: string) => string;
  readonly isPlain: boolean;
}

/** A total order of a resource's records: `id` is the last key. `name` tells it apart from every other order of the resource. */
export interface Order {
  readonly keys: readonly OrderKey[];
  readonly name: string;
}

/**
 * The order that `sort` asks for, ended by `id`. The id runs in the direction of the key before it, so that an index on (column,
 * id) serves both directions without sorting.
 */
export function readOrder(
  reader: DataSource,
  resource: Resource,
  sort: readonly SortInput<string>[] | null | undefined,
): Order {
  if (sort == null || sort.length === 0) return UNSORTED;
  const fields = new Map(resource.fields.map((field) => [field.column, field]));
  const properties = Object.fromEntries(["id", ...fields.keys()].map((column) => [column, column]));
  const keys: OrderKey[] = [];
  for (const { property: column, direction } of ordersOf(sort, properties)) {
    // A column that is sorted by already, or anything after the unique id, decides nothing.
    if (keys.some((key) => key.column === column || key.column === "id")) continue;
    const field = fields.get(column);
    keys.push({
      ...columnKey(column),
      direction,
      ...(field && {
        nullable: isNullable(resource, field),
        value: (alias) => writeValue(reader, resource, field, alias),
        isPlain: field.derived === undefined,
      }),
    });
  }
  if (keys.at(-1)?.column !== "id") {
    keys.push({ ...columnKey("id"), direction: keys.at(-1)?.direction ?? "ASC" });
  }
  return orderOf(keys);
}

function orderOf(keys: readonly OrderKey[]): Order {
  return { keys, name: keys.map(({ column, direction }) => `${column} ${direction}`).join(",") };
}

/** A plain column that always has a value, ascending. */
export function columnKey(column: string): OrderKey {
  return { column, direction: "ASC", nullable: false, value: (alias) => `${alias}.${column}`, isPlain: true };
}

/** That of creation. */
const UNSORTED = orderOf([columnKey("id")]);
