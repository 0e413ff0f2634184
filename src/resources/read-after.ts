import type { CursorValue } from "../kernel/cursor-codec";
import type { Dialect } from "../store/store";
import type { Bindings } from "./read-bindings";
import type { Order, OrderKey } from "./read-order";

/** Writes one condition on the records of `alias`. */
export type WriteCondition = (alias: string, bindings: Bindings) => string;

/** Keys of an order with the values that the page starts after, the most important first. */
type Position = readonly { readonly key: OrderKey; readonly value: CursorValue }[];

/**
 * The records that come after the one with these values, as parts that follow each other in the order: what the first part does
 * not fill of a page, the next one does.
 *
 * Both databases put NULL before every value in ASC and after every value in DESC. The forms differ because the planners do:
 * MariaDB turns alternatives into ranges of one index. SQLite seeks by a bound on the first key or a comparison of rows, and an
 * alternative for NULL would make it read everything, so that is a part of its own.
 */
export function partsAfter(order: Order, values: readonly CursorValue[], dialect: Dialect): readonly WriteCondition[] {
  const position = order.keys.map((key, at) => ({ key, value: values[at] ?? null }));
  if (dialect === "mariadb") return [(alias, bindings) => writeAlternatives(position, alias, bindings)];
  const [first, ...rest] = position;
  if (first === undefined) throw new Error("an order has at least the id as its key");
  const { key, value } = first;
  if (value === null) {
    const withoutValue: WriteCondition = (alias, bindings) =>
      `(${key.value(alias)} IS NULL AND ${writeAlternatives(rest, alias, bindings)})`;
    return key.direction === "DESC" ? [withoutValue] : [withoutValue, (alias) => `${key.value(alias)} IS NOT NULL`];
  }
  const seek: WriteCondition = (alias, bindings) => writeSeek(position, alias, bindings);
  const endsInNull = key.nullable && key.direction === "DESC";
  return endsInNull ? [seek, (alias) => `${key.value(alias)} IS NULL`] : [seek];
}

/** After the position, of the records that have a value of the first key. */
function writeSeek(position: Position, alias: string, bindings: Bindings): string {
  const direction = position[0]?.key.direction;
  const [first, ...rest] = position.map(({ key, value }, at) => ({
    key: at === 0 ? { ...key, nullable: false } : key,
    value,
  })) as [Position[number], ...Position];
  const beyond = direction === "ASC" ? ">" : "<";
  const isRow = [first, ...rest].every(
    ({ key, value }) =>
      key.isPlain && key.direction === direction && value !== null && !(key.nullable && direction === "DESC"),
  );
  if (isRow) {
    const columns = position.map(({ key }) => `${alias}.${key.column}`).join(", ");
    const bound = position.map(({ value }) => bindings.bind(value as string | number)).join(", ");
    return `(${columns}) ${beyond} (${bound})`;
  }
  const reached = `${first.key.value(alias)} ${beyond}= ${bindings.bind(first.value as string | number)}`;
  return `(${reached} AND ${writeAlternatives([first, ...rest], alias, bindings)})`;
}

/** (a, b) after (x, y) = a after x, or a = x and b after y: written out, since directions differ and values may be missing. */
function writeAlternatives(position: Position, alias: string, bindings: Bindings): string {
  const alternatives = position.flatMap(({ key, value }, at) => {
    const beyond = writeBeyond(key, value, alias, bindings);
    if (beyond === null) return [];
    const equal = position.slice(0, at).map((before) => writeEqual(before.key, before.value, alias, bindings));
    return [`(${[...equal, beyond].join(" AND ")})`];
  });
  return `(${alternatives.join(" OR ")})`;
}

function writeEqual(key: OrderKey, value: CursorValue, alias: string, bindings: Bindings): string {
  const target = key.value(alias);
  return value === null ? `${target} IS NULL` : `${target} = ${bindings.bind(value as string | number)}`;
}

/** Strictly after `value` by this key; null when nothing can be. */
function writeBeyond(key: OrderKey, value: CursorValue, alias: string, bindings: Bindings): string | null {
  const target = key.value(alias);
  if (value === null) return key.direction === "ASC" ? `${target} IS NOT NULL` : null;
  const bound = bindings.bind(value as string | number);
  if (key.direction === "ASC") return `${target} > ${bound}`;
  return key.nullable ? `(${target} < ${bound} OR ${target} IS NULL)` : `${target} < ${bound}`;
}
