import { badInput } from "../kernel/service-error";
import type { Order } from "./page-of";
import type { SortDirection } from "./sort-direction";

/** One element of `sort`: an object with one column, e.g. `{ name: ASC }`. */
export type SortInput<Column extends string> = { readonly [name in Column]?: SortDirection | null };

/** Columns of one order at most. */
const MOST_ORDERS = 5;

/**
 * Turns `sort: [{ name: ASC }, { createdAt: DESC }]` into orders of entity properties; `properties` maps each sortable column to
 * the property that is compared, e.g. name to its lower-case key. Throws BAD_USER_INPUT naming the element unless it has
 * exactly one column, since an object has no order of its own.
 *
 * @example
 * ordersOf([{ name: SortDirection.ASC }], { name: "nameKey" }); // [{ property: "nameKey", direction: "ASC" }]
 */
export function ordersOf<Column extends string>(
  sort: readonly SortInput<Column>[] | null | undefined,
  properties: Readonly<Record<Column, string>>,
): Order[] {
  if ((sort?.length ?? 0) > MOST_ORDERS) throw badInput("sort", `must have at most ${MOST_ORDERS} entries`);
  return (sort ?? []).map((entry, at) => {
    const given = (Object.keys(properties) as Column[]).filter((column) => entry[column] != null);
    const [column, second] = given;
    if (column === undefined || second !== undefined) throw badInput(`sort[${at}]`, "must have exactly one field");
    return { property: properties[column], direction: entry[column] as SortDirection };
  });
}
