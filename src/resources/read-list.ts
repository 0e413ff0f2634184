import DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import { type Connection, toConnection } from "../connection/connection";
import { pageSize } from "../connection/page-args";
import type { RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import { partsAfter } from "./read-after";
import { chargeList } from "./read-budget";
import { type Column, type Node, type Row, valueAt } from "./read-mapper";
import { columnKey, readOrder } from "./read-order";
import { filterRows, type PageRequest, sortKeys } from "./read-page";
import { Query, walksFor } from "./read-query";
import { pathOf } from "./read-remember";
import { type PageSelection, pageSelection } from "./read-selection";
import { positional, ROOT, statementFor, valuesOf, withWalks } from "./read-statement";
import { fieldNamed, type Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import type { ToMany } from "./to-many";

/** Rows that the lists of one field may ask for in all; their ids also fit the parameters of one statement on SQLite. */
const MOST_ROWS = 16_000;

/** One list field of an operation: what is asked of the lists of all records there. */
interface ListField {
  readonly target: Resource;
  /** The column that leads from a record of the list to the one it belongs to. */
  readonly by: string;
  readonly request: PageRequest;
  readonly selection: PageSelection;
}

interface Loaders {
  readonly pages: DataLoader<string, Connection<Node>>;
  readonly counts: DataLoader<string, number>;
}

const ofContext = new WeakMap<RequestContext, Map<string, Loaders>>();

/**
 * One page of the records that lead to the record `id`, of the rows that READ reaches. The lists of all records at one place of
 * the operation are read by one statement, however many records there are, and counted by another where a count is selected.
 */
export function readList(
  ctx: RequestContext,
  list: ToMany,
  id: string,
  request: PageRequest,
  info: GraphQLResolveInfo,
): Promise<Connection<Node>> {
  const known = ofContext.get(ctx) ?? new Map<string, Loaders>();
  ofContext.set(ctx, known);
  const path = pathOf(info.path);
  const loaders = known.get(path) ?? loadersOf(ctx, list, request, info);
  known.set(path, loaders);
  return loaders.pages.load(id);
}

/** Not cached beyond the batch, so that a field after a mutation sees what it changed. */
function loadersOf(ctx: RequestContext, list: ToMany, request: PageRequest, info: GraphQLResolveInfo): Loaders {
  const target = resourceNamed(list.target);
  const by = fieldNamed(target, list.by)?.column;
  if (by === undefined) throw new Error(`${target.name} has no relation ${list.by} for the list ${list.name}`);
  const field = { target, by, request, selection: pageSelection(info, target) };
  const counts = new DataLoader<string, number>((ids) => countLists(ctx, field, ids), { cache: false });
  const pages = new DataLoader<string, Connection<Node>>((ids) => readPages(ctx, field, ids, counts), { cache: false });
  return { pages, counts };
}

async function readPages(
  ctx: RequestContext,
  field: ListField,
  ids: readonly string[],
  counts: Loaders["counts"],
): Promise<Connection<Node>[]> {
  const { target, by, request, selection } = field;
  const size = pageSize(request.first);
  const owners = [...new Set(ids)];
  if (owners.length * size > MOST_ROWS) {
    const message = `The lists of ${target.plural} would have up to ${owners.length} × ${size} records; at most ${MOST_ROWS} are read: ask for fewer by \`first\`.`;
    throw new ServiceError("QUERY_TOO_COSTLY", message);
  }
  const order = readOrder(ctx.store.reader, target, request.sort);
  const cursorKind = `${target.plural}:${order.name}`;
  const after = request.after == null ? null : ctx.cursors.open(cursorKind, request.after);

  await chargeList(ctx, target, owners.length * size, request, selection);
  const query = new Query(ctx, target, await walksFor(ctx, target, selection.nodes));
  const joinConditions = query.joinConditions(selection.nodes);
  query.and(`${ROOT}.${by} IN (${query.bindings.bindList(owners)})`);
  filterRows(ctx, query, target, request);
  if (after !== null) {
    const parts = partsAfter(order, after, ctx.store.dialect).map((part) => part(ROOT, query.bindings));
    query.and(`(${parts.join(" OR ")})`);
  }
  const hidden = [columnKey(by), ...(selection.hasCursors ? order.keys : [])];
  const { where, walks } = query;
  const shape = { resource: target, selection: selection.nodes, joinConditions, where, walks, order, hidden, each: by };
  const statement = statementFor(ctx.store.reader, shape);
  const values = [...valuesOf(statement.slots, query.bindings.values), size + 1];
  const found = selection.hasRows ? await ctx.store.select<Row>(statement.sql, values, "quick") : [];

  const [ownerColumn, ...keyColumns] = statement.hidden as readonly [Column, ...Column[]];
  const rowsOf = new Map<string, Row[]>(owners.map((owner) => [owner, []]));
  for (const row of found) rowsOf.get(valueAt(row, ownerColumn) as string)?.push(row);
  return ids.map((id) => {
    const rows = rowsOf.get(id) ?? [];
    return toConnection({
      nodes: statement.map(rows, Math.min(rows.length, size)),
      hasNextPage: rows.length > size,
      hasPreviousPage: after !== null,
      cursorAt: (index) => ctx.cursors.seal(cursorKind, sortKeys(rows[index] as Row, keyColumns, order)),
      count: () => counts.load(id),
    });
  });
}

async function countLists(ctx: RequestContext, field: ListField, ids: readonly string[]): Promise<number[]> {
  const { target, by, request, selection } = field;
  const query = new Query(ctx, target, await walksFor(ctx, target, selection.nodes));
  query.and(`${ROOT}.${by} IN (${query.bindings.bindList([...new Set(ids)])})`);
  filterRows(ctx, query, target, request);
  const builder = ctx.store.reader
    .createQueryBuilder(target.entity, ROOT)
    .select(`${ROOT}.${by}`, "owner")
    .addSelect("COUNT(*)", "total")
    .where(query.where)
    .groupBy(`${ROOT}.${by}`);
  withWalks(builder, query.walks);
  const { sql, slots } = positional(builder);
  const parameters = valuesOf(slots, query.bindings.values);
  const rows = await ctx.store.select<{ owner: string; total: number | string }>(sql, parameters);
  const totals = new Map(rows.map(({ owner, total }) => [owner, Number(total)]));
  return ids.map((id) => totals.get(id) ?? 0);
}
