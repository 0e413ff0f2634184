import { ordersOf, type SortInput } from "../connection/orders-of";
import type { Resource } from "./resource";

/** One key of an order: a column, and whether records can be without it. */
export interface OrderKey {
  readonly column: string;
  readonly direction: "ASC" | "DESC";
  readonly nullable: boolean;
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
export function readOrder(resource: Resource, sort: readonly SortInput<string>[] | null | undefined): Order {
  const nullable = new Map([
    ["id", false],
    ...resource.fields.map((field) => [field.column, !field.required] as const),
  ]);
  const properties = Object.fromEntries([...nullable.keys()].map((column) => [column, column]));
  const keys: OrderKey[] = [];
  for (const { property: column, direction } of ordersOf(sort, properties)) {
    // A column that is sorted by already, or anything after the unique id, decides nothing.
    if (keys.some((key) => key.column === column || key.column === "id")) continue;
    keys.push({ column, direction, nullable: nullable.get(column) === true });
  }
  if (keys.at(-1)?.column !== "id") {
    keys.push({ column: "id", direction: keys.at(-1)?.direction ?? "ASC", nullable: false });
  }
  return { keys, name: keys.map(({ column, direction }) => `${column} ${direction}`).join(",") };
}
