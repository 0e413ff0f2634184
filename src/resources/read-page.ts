import { Action } from "../access/grant";
import { type Connection, toConnection } from "../connection/connection";
import type { SortInput } from "../connection/orders-of";
import { pageSize } from "../connection/page-args";
import type { RequestContext } from "../context";
import type { CursorValue } from "../kernel/cursor-codec";
import type { ResourceField } from "./field";
import { partsAfter, type WriteCondition } from "./read-after";
import { chargeList, rowsAtOnce, takeTurn } from "./read-budget";
import { writeFilter } from "./read-filter";
import { type Column, type Node, type Row, valueAt } from "./read-mapper";
import { type Order, readOrder } from "./read-order";
import { Query, walksFor } from "./read-query";
import { type Narrowing, writeSearch } from "./read-search";
import { type PageSelection, textsIn } from "./read-selection";
import { positional, ROOT, type Statement, statementFor, valuesOf, withWalks } from "./read-statement";
import { writeValue } from "./read-value";
import type { KnownWalks } from "./read-walks";
import type { Resource } from "./resource";

/** Arguments of a resource's list, as the client gave them. */
export interface PageRequest extends Narrowing {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly sort?: readonly SortInput<string>[] | null;
}

const EVERYTHING: WriteCondition = () => "";

/**
 * One page of a resource's list, of the rows that READ reaches, with everything selected of them in one statement. (More where a
 * page on SQLite crosses from records with a value to those without, and for pages of more than `rowsAtOnce`: a record that is moved in the
 * order meanwhile may be missed or come twice, as between two pages.) The count is another one, run only when it is selected.
 * Rows that come or go before the cursor do not shift the page. Who `takesJson` may get records as `JsonText`.
 */
export async function readPage(
  ctx: RequestContext,
  resource: Resource,
  request: PageRequest,
  selection: PageSelection,
  takesJson = false,
): Promise<Connection<Node>> {
  const size = pageSize(request.first);
  const order = readOrder(ctx.store.reader, resource, request.sort);
  const cursorKind = `${resource.plural}:${order.name}`;
  const after = request.after == null ? null : ctx.cursors.open(cursorKind, request.after);
  let parts = after === null ? [EVERYTHING] : partsAfter(order, after, ctx.store.dialect);
  const most = size + selection.rowsBeyond;
  const atOnce = rowsAtOnce(selection.nodes);
  const hidden = selection.hasCursors || most > atOnce ? order.keys : [];
  const texts = textsIn(ctx, selection, takesJson);
  await chargeList(ctx, resource, size, request, selection);
  const known = await walksFor(ctx, resource, selection.nodes);
  const rows: Row[] = [];
  const nodes: Node[] = [];
  let statement: Statement | null = null;
  while (selection.hasRows && rows.length < most) {
    const [part, ...others] = parts;
    if (part === undefined) break;
    const limit = Math.min(most - rows.length, atOnce);
    const query = new Query(ctx, resource, known);
    const joinConditions = query.joinConditions(selection.nodes);
    filterRows(ctx, query, resource, request);
    query.and(part(ROOT, query.bindings));
    const { where, walks } = query;
    const shape = { resource, selection: selection.nodes, joinConditions, where, walks, order, hidden, texts };
    statement = statementFor(ctx.store.reader, shape);
    const values = [...valuesOf(statement.slots, query.bindings.values), limit];
    const found = statement.unpack(await ctx.store.select<Row>(statement.sql, values, "quick"));
    rows.push(...found);
    nodes.push(...statement.map(found, Math.min(found.length, size - nodes.length)));
    if (found.length < limit) parts = others;
    else if (rows.length < most) {
      parts = partsAfter(order, sortKeys(rows.at(-1) as Row, statement.hidden, order), ctx.store.dialect);
      await takeTurn(ctx);
    }
  }
  // All parts read the same columns, so the last one's hidden columns are those of all.
  const hiddenColumns = statement?.hidden ?? [];
  return toConnection({
    nodes,
    hasNextPage: rows.length > size,
    hasPreviousPage: after !== null,
    cursorAt: (index) => ctx.cursors.seal(cursorKind, sortKeys(rows[index] as Row, hiddenColumns, order)),
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

/** What a cursor after this row holds. */
export function sortKeys(row: Row, hidden: readonly Column[], order: Order): CursorValue[] {
  // The statement reads the hidden columns in the order of the keys.
  return order.keys.map((_, at) => valueAt(row, hidden[at] as Column) as CursorValue);
}
