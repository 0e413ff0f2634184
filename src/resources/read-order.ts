import { ordersOf, type SortInput } from "../connection/orders-of";
import type { CursorValue } from "../kernel/cursor-codec";
import type { Dialect } from "../store/store";
import type { Bindings } from "./read-bindings";
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

/**
 * Writes the condition for the records that come after the one with these values.
 *
 * Both databases put NULL before every value in ASC and after every value in DESC. The forms differ because their planners do:
 * SQLite seeks into an index by a comparison of rows, MariaDB by alternatives that each fix the keys before.
 */
export function writeAfter(
  order: Order,
  values: readonly CursorValue[],
  alias: string,
  dialect: Dialect,
  bindings: Bindings,
): string {
  const { keys } = order;
  const seeks = keys.every(
    (key, at) =>
      key.direction === keys[0]?.direction && values[at] !== null && !(key.nullable && key.direction === "DESC"),
  );
  if (dialect === "sqlite" && seeks && keys.length > 1) {
    const columns = keys.map(({ column }) => `${alias}.${column}`).join(", ");
    const bound = keys.map((_, at) => bindings.bind(values[at] as string | number)).join(", ");
    return `(${columns}) ${keys[0]?.direction === "ASC" ? ">" : "<"} (${bound})`;
  }
  const alternatives = keys.flatMap((key, at) => {
    const beyond = writeBeyond(key, values[at] ?? null, alias, bindings);
    if (beyond === null) return [];
    const equal = keys.slice(0, at).map((before, each) => writeEqual(before, values[each] ?? null, alias, bindings));
    return [`(${[...equal, beyond].join(" AND ")})`];
  });
  return `(${alternatives.join(" OR ")})`;
}

function writeEqual(key: OrderKey, value: CursorValue, alias: string, bindings: Bindings): string {
  const target = `${alias}.${key.column}`;
  return value === null ? `${target} IS NULL` : `${target} = ${bindings.bind(value as string | number)}`;
}

/** Strictly after `value` by this key; null when nothing can be. */
function writeBeyond(key: OrderKey, value: CursorValue, alias: string, bindings: Bindings): string | null {
  const target = `${alias}.${key.column}`;
  if (value === null) return key.direction === "ASC" ? `${target} IS NOT NULL` : null;
  const bound = bindings.bind(value as string | number);
  if (key.direction === "ASC") return `${target} > ${bound}`;
  return key.nullable ? `(${target} < ${bound} OR ${target} IS NULL)` : `${target} < ${bound}`;
}
