import type { ObjectLiteral, SelectQueryBuilder } from "typeorm";
import type { RequestContext } from "../context";
import type { CursorValue } from "../kernel/cursor-codec";
import { badInput } from "../kernel/service-error";
import { inTurns, takeTurn } from "../kernel/turns";
import { type ConnectionInTurns, toConnection } from "./connection";
import { pageSize } from "./page-args";

/** One column of an order, by entity property name. */
export interface Order {
  readonly property: string;
  readonly direction: "ASC" | "DESC";
}

/** What a caller asks of a list; `orders` is the sort, without the `id` that always ends it. */
export interface PageRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly orders: readonly Order[];
  /** Direction of the `id` that ends every order, ASC when omitted. Ids are made in order of time, so DESC is newest first. */
  readonly idDirection?: Order["direction"];
}

/** Entities that graphql-js completes in one turn of the event loop; each may bring lists of its own. */
const COMPLETED_AT_ONCE = 100;

/**
 * One page of a management list, of entities with an `id`, by keyset: rows that come or go before the cursor do not shift the
 * page. Sort columns must not be nullable.
 *
 * `kind` names the list in its cursors, e.g. `users`.
 */
export async function pageOf<Entity extends ObjectLiteral & { id: string }>(
  ctx: RequestContext,
  query: SelectQueryBuilder<Entity>,
  kind: string,
  request: PageRequest,
): Promise<ConnectionInTurns<Entity>> {
  const { cursors } = ctx;
  const size = pageSize(request.first);
  const orders = [...request.orders, { property: "id", direction: request.idDirection ?? "ASC" }];
  const sealKind = `${kind}:${orders.map((order) => `${order.property} ${order.direction}`).join(",")}`;
  const counted = query.clone();
  const page = query.clone().take(size + 1);
  for (const { property, direction } of orders) page.addOrderBy(`${query.alias}.${property}`, direction);
  if (request.after != null) startAfter(page, orders, cursors.open(sealKind, request.after));
  // A page of five hundred takes the process a while to read, on SQLite, and to complete: others are answered before and in between.
  await takeTurn(ctx);
  const rows = await page.getMany();
  await takeTurn(ctx);
  const nodes = rows.slice(0, size);
  return toConnection({
    nodes: inTurns(ctx, nodes, COMPLETED_AT_ONCE),
    hasNextPage: rows.length > size,
    hasPreviousPage: request.after != null,
    cursorAt: (index) => {
      const node = nodes[index] as Entity;
      return cursors.seal(
        sealKind,
        orders.map(({ property }) => sortKey(node[property as keyof Entity])),
      );
    },
    count: () => counted.getCount(),
  });
}

/** (a, b) after (x, y) = a > x OR (a = x AND b > y), written out because the directions may differ. */
function startAfter<Entity extends ObjectLiteral>(
  page: SelectQueryBuilder<Entity>,
  orders: readonly Order[],
  values: readonly CursorValue[],
): void {
  if (values.length !== orders.length) throw badInput("after", "is not a cursor of this list and order");
  const alternatives = orders.map((order, at) => {
    const equal = orders.slice(0, at).map(({ property }, before) => `${page.alias}.${property} = :after${before}`);
    const beyond = `${page.alias}.${order.property} ${order.direction === "ASC" ? ">" : "<"} :after${at}`;
    return `(${[...equal, beyond].join(" AND ")})`;
  });
  const parameters = values.map((value, at) => [`after${at}`, asParameter(page, orders[at]?.property, value)]);
  page.andWhere(`(${alternatives.join(" OR ")})`, Object.fromEntries(parameters));
}

/** Each driver spells a moment in its own way, so it must be given a Date, not the text that the cursor carries. */
function asParameter<Entity extends ObjectLiteral>(
  page: SelectQueryBuilder<Entity>,
  property: string | undefined,
  value: CursorValue,
): CursorValue | Date {
  const column = property && page.expressionMap.mainAlias?.metadata.findColumnWithPropertyName(property);
  return column && column.type === "datetime" && typeof value === "string" ? new Date(value) : value;
}

function sortKey(value: unknown): CursorValue {
  if (value instanceof Date) return value.toISOString();
  return value as CursorValue;
}
