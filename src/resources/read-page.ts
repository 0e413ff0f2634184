import { Action } from "../access/grant";
import { type ConnectionInTurns, toConnection } from "../connection/connection";
import type { SortInput } from "../connection/orders-of";
import { pageSize } from "../connection/page-args";
import type { RequestContext } from "../context";
import { takeTurn } from "../kernel/turns";
import type { ResourceField } from "./field";
import { chargeList } from "./read-budget";
import { writeFilter } from "./read-filter";
import type { Node, Row } from "./read-mapper";
import { readOrder } from "./read-order";
import { completedInTurns, readInParts, sortKeys } from "./read-parts";
import { Query, walksFor } from "./read-query";
import { type Narrowing, writeSearch } from "./read-search";
import { type PageSelection, textsIn } from "./read-selection";
import { positional, ROOT, valuesOf, withWalks } from "./read-statement";
import { writeValue } from "./read-value";
import type { KnownWalks } from "./read-walks";
import type { Resource } from "./resource";

/** Arguments of a resource's list, as the client gave them. */
export interface PageRequest extends Narrowing {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly sort?: readonly SortInput<string>[] | null;
}

/**
 * One page of a resource's list, of the rows that READ reaches (`readInParts`: a record that is moved in the order between two parts may
 * be missed or come twice, as between two pages). The count is another statement, run only when it is selected.
 * Rows that come or go before the cursor do not shift the page. Who `takesJson` may get records as `JsonText`.
 */
export async function readPage(
  ctx: RequestContext,
  resource: Resource,
  request: PageRequest,
  selection: PageSelection,
  takesJson = false,
): Promise<ConnectionInTurns<Node>> {
  const size = pageSize(request.first);
  const order = readOrder(ctx.store.reader, resource, request.sort);
  const cursorKind = `${resource.plural}:${order.name}`;
  const after = request.after == null ? null : ctx.cursors.open(cursorKind, request.after);
  const texts = textsIn(ctx, selection, takesJson);
  await chargeList(ctx, resource, size, request, selection);
  const known = await walksFor(ctx, resource, selection.nodes);
  const narrow = (query: Query): void => filterRows(ctx, query, resource, request);
  const asked = { resource, selection, texts, known, order, after, size, narrow };
  const { nodes, rows, keyColumns } = await readInParts(ctx, asked);
  return toConnection({
    nodes: takesJson ? nodes : completedInTurns(ctx, nodes, selection),
    hasNextPage: rows.length > size,
    hasPreviousPage: after !== null,
    cursorAt: (index) => ctx.cursors.seal(cursorKind, sortKeys(rows[index] as Row, keyColumns, order)),
    count: () => countRecords(ctx, resource, request, known),
  });
}

/** How many records filter and search leave of those that READ reaches. */
async function countRecords(
  ctx: RequestContext,
  resource: Resource,
  narrowing: Narrowing,
  known: KnownWalks,
): Promise<number> {
  const query = new Query(ctx, resource, known);
  filterRows(ctx, query, resource, narrowing);
  const builder = ctx.store.reader.createQueryBuilder(resource.entity, ROOT).select("COUNT(*)", "total");
  withWalks(query.where === "" ? builder : builder.where(query.where), query.walks);
  const { sql, slots } = positional(builder);
  await takeTurn(ctx);
  const [row] = await ctx.store.select<{ total: number | string }>(sql, valuesOf(slots, query.bindings.values));
  return Number(row?.total);
}

/** Leaves the rows that READ reaches, the filter names and the search finds. */
export function filterRows(ctx: RequestContext, query: Query, resource: Resource, { filter, search }: Narrowing): void {
  const { reader, dialect } = ctx.store;
  const valueIn = (field: ResourceField | null): string =>
    field === null ? `${ROOT}.id` : writeValue(reader, resource, field, ROOT);
  query.andReachable(Action.READ);
  if (filter != null) query.and(writeFilter(resource, filter, valueIn, query.bindings));
  if (search != null) query.and(writeSearch(resource, search, dialect, valueIn, query.bindings));
}
