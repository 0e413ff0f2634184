import { Action } from "../access/grant";
import { type Connection, toConnection } from "../connection/connection";
import type { SortInput } from "../connection/orders-of";
import { pageSize } from "../connection/page-args";
import type { RequestContext } from "../context";
import type { CursorValue } from "../kernel/cursor-codec";
import { type FilterInput, writeFilter } from "./read-filter";
import type { Node, Row } from "./read-mapper";
import { type Order, readOrder, writeAfter } from "./read-order";
import { Query } from "./read-query";
import type { PageSelection } from "./read-selection";
import { positional, ROOT, statementFor, valuesOf } from "./read-statement";
import type { Resource } from "./resource";

/** Arguments of a resource's list, as the client gave them. */
export interface PageRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: FilterInput | null;
  readonly sort?: readonly SortInput<string>[] | null;
}

/**
 * One page of a resource's list, of the rows that READ reaches, with everything selected of them in one statement; the count is
 * a second one, run only when it is selected. Rows that come or go before the cursor do not shift the page.
 */
export async function readPage(
  ctx: RequestContext,
  resource: Resource,
  request: PageRequest,
  selection: PageSelection,
): Promise<Connection<Node>> {
  const size = pageSize(request.first);
  const order = readOrder(resource, request.sort);
  const cursorKind = `${resource.plural}:${order.name}`;
  const after = request.after == null ? null : ctx.cursors.open(cursorKind, request.after);
  const query = new Query(ctx, resource);
  const joinConditions = query.joinConditions(selection.nodes);
  filterRows(query, resource, request.filter);
  if (after !== null) query.and(writeAfter(order, after, ROOT, ctx.store.dialect, query.bindings));

  const hidden = selection.hasCursors ? order.keys.map(({ column }) => column) : [];
  const shape = { resource, selection: selection.nodes, joinConditions, where: query.where, order, hidden };
  const statement = statementFor(ctx.store.reader, shape);
  const rows = selection.hasRows
    ? await ctx.store.select<Row>(statement.sql, [...valuesOf(statement.slots, query.bindings.values), size + 1])
    : [];
  return toConnection({
    nodes: statement.map(rows, Math.min(rows.length, size)),
    hasNextPage: rows.length > size,
    hasPreviousPage: after !== null,
    cursorAt: (index) => ctx.cursors.seal(cursorKind, sortKeys(rows[index] as Row, statement.hiddenNames, order)),
    count: () => countRecords(ctx, resource, request.filter),
  });
}

/** How many records the filter leaves of those that READ reaches. */
async function countRecords(
  ctx: RequestContext,
  resource: Resource,
  filter: FilterInput | null | undefined,
): Promise<number> {
  const query = new Query(ctx, resource);
  filterRows(query, resource, filter);
  const builder = ctx.store.reader.createQueryBuilder(resource.entity, ROOT).select("COUNT(*)", "total");
  const { sql, slots } = positional(query.where === "" ? builder : builder.where(query.where));
  const [row] = await ctx.store.select<{ total: number | string }>(sql, valuesOf(slots, query.bindings.values));
  return Number(row?.total);
}

function filterRows(query: Query, resource: Resource, filter: FilterInput | null | undefined): void {
  query.andReachable(Action.READ);
  if (filter != null) query.and(writeFilter(resource, filter, ROOT, query.bindings));
}

function sortKeys(row: Row, hiddenNames: readonly string[], order: Order): CursorValue[] {
  // The statement reads the hidden columns in the order of the keys.
  return order.keys.map((_, at) => row[hiddenNames[at] as string] as CursorValue);
}
