import DataLoader from "dataloader";
import type { GraphQLResolveInfo } from "graphql";
import { type ConnectionInTurns, toConnection } from "../connection/connection";
import { pageSize } from "../connection/page-args";
import type { RequestContext } from "../context";
import { takesJson } from "../kernel/json-text";
import { ServiceError } from "../kernel/service-error";
import { allGiven, takeTurn } from "../kernel/turns";
import { partsAfter } from "./read-after";
import { chargeList, rowsAtOnce } from "./read-budget";
import { writeFirstOfEach } from "./read-each";
import { type Column, type Node, type Row, valueAt } from "./read-mapper";
import { columnKey, type Order, readOrder } from "./read-order";
import { filterRows, type PageRequest } from "./read-page";
import { completedInTurns, type PageRows, readInParts, sortKeys } from "./read-parts";
import { Query, walksFor } from "./read-query";
import { pathOf } from "./read-remember";
import { type PageSelection, pageSelection, textsIn } from "./read-selection";
import { positional, ROOT, statementFor, valuesOf, withWalks } from "./read-statement";
import type { TextShape } from "./read-text-shape";
import type { KnownWalks } from "./read-walks";
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
  /** How each record stands in the answer, where it may come as JSON. */
  readonly texts: TextShape | null;
  /** Whether records may be JSON, and none has to wait for its turn: the compiled run is fast enough. */
  readonly isFast: boolean;
}

interface Loaders {
  readonly pages: DataLoader<string, Promise<ConnectionInTurns<Node>>>;
  readonly counts: DataLoader<string, number>;
}

const ofContext = new WeakMap<RequestContext, Map<string, Loaders>>();

/**
 * One page of the records that lead to the record `id`, of the rows that READ reaches. The lists of all records at one place of
 * the operation are read by one statement (more where they may have more than `rowsAtOnce` together), and counted by another where a
 * count is selected.
 */
export async function readList(
  ctx: RequestContext,
  list: ToMany,
  id: string,
  request: PageRequest,
  info: GraphQLResolveInfo,
): Promise<ConnectionInTurns<Node>> {
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
  const selection = pageSelection(info, target);
  const isFast = takesJson(info);
  const field = { target, by, request, selection, texts: textsIn(ctx, selection, isFast), isFast };
  const counts = new DataLoader<string, number>((ids) => countLists(ctx, field, ids), { cache: false });
  const pages = new DataLoader<string, Promise<ConnectionInTurns<Node>>>((ids) => readPages(ctx, field, ids, counts), {
    cache: false,
    // The records whose lists these are may come in turns, and are one batch all the same. Otherwise as DataLoader does it.
    batchScheduleFn: (dispatch) => void allGiven(ctx).then(() => process.nextTick(dispatch)),
  });
  return { pages, counts };
}

/** Each list's page as soon as it is there. */
async function readPages(
  ctx: RequestContext,
  field: ListField,
  ids: readonly string[],
  counts: Loaders["counts"],
): Promise<Promise<ConnectionInTurns<Node>>[]> {
  const { target, request, selection, isFast } = field;
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
  const known = await walksFor(ctx, target, selection.nodes);
  const pageOf = new Map<string, Promise<PageRows>>();
  let last: Promise<unknown> = Promise.resolve();
  for (const some of inGroups(owners, Math.max(1, Math.floor(rowsAtOnce(selection.nodes) / size)))) {
    const read = last.then(() => readGroup(ctx, field, { owners: some, known, order, after }));
    for (const owner of some)
      pageOf.set(
        owner,
        read.then((pages) => pages.get(owner) as PageRows),
      );
    last = read;
  }
  return ids.map(async (id) => {
    const { nodes, rows, keyColumns } = await (pageOf.get(id) as Promise<PageRows>);
    return toConnection({
      nodes: isFast ? nodes : completedInTurns(ctx, nodes, selection),
      hasNextPage: rows.length > size,
      hasPreviousPage: after !== null,
      cursorAt: (index) => ctx.cursors.seal(cursorKind, sortKeys(rows[index] as Row, keyColumns, order)),
      count: () => counts.load(id),
    });
  });
}

/** Some of the lists of a field, and what all of its lists have in common. */
interface Group {
  readonly owners: readonly string[];
  readonly known: KnownWalks;
  readonly order: Order;
  readonly after: ReturnType<RequestContext["cursors"]["open"]> | null;
}

async function readGroup(ctx: RequestContext, field: ListField, group: Group): Promise<ReadonlyMap<string, PageRows>> {
  await takeTurn(ctx);
  const [owner, ...others] = group.owners;
  if (owner === undefined || others.length > 0) return readTogether(ctx, field, group);
  const { target: resource, by, request, selection, texts } = field;
  const narrow = (query: Query): void => {
    query.and(`${ROOT}.${by} = ${query.bindings.bind(owner)}`);
    filterRows(ctx, query, resource, request);
  };
  const asked = { ...group, resource, selection, texts, size: pageSize(request.first), narrow };
  return new Map([[owner, await readInParts(ctx, asked)]]);
}

/** The pages of several lists, which have no more than `rowsAtOnce` together, by one statement. */
async function readTogether(
  ctx: RequestContext,
  { target, by, request, selection, texts }: ListField,
  { owners, known, order, after }: Group,
): Promise<ReadonlyMap<string, PageRows>> {
  const size = pageSize(request.first);
  const limit = size + selection.rowsBeyond;
  const query = new Query(ctx, target, known);
  const joinConditions = query.joinConditions(selection.nodes);
  filterRows(ctx, query, target, request);
  if (after !== null) {
    const parts = partsAfter(order, after, ctx.store.dialect).map((part) => part(ROOT, query.bindings));
    query.and(`(${parts.join(" OR ")})`);
  }
  const { where: ofLists, walks } = query;
  const lists = { resource: target, by, owners, where: ofLists, isWalk: walks.length > 0, order, limit };
  const where = writeFirstOfEach(ctx, lists, query.bindings);
  const hidden = [columnKey(by), ...(selection.hasCursors ? order.keys : [])];
  const asked = { resource: target, selection: selection.nodes, texts, joinConditions };
  const statement = statementFor(ctx.store.reader, { ...asked, where, walks, order, hidden });
  const values = [...valuesOf(statement.slots, query.bindings.values), owners.length * limit];
  const found = selection.hasRows ? statement.unpack(await ctx.store.select<Row>(statement.sql, values, "quick")) : [];

  const [ownerColumn, ...keyColumns] = statement.hidden as readonly [Column, ...Column[]];
  const rowsOf = new Map<string, Row[]>(owners.map((owner) => [owner, []]));
  for (const row of found) rowsOf.get(valueAt(row, ownerColumn) as string)?.push(row);
  return new Map(
    [...rowsOf].map(([owner, rows]) => {
      const nodes = statement.map(rows, Math.min(rows.length, size));
      return [owner, { nodes, rows, keyColumns }];
    }),
  );
}

function inGroups<Item>(items: readonly Item[], most: number): Item[][] {
  return Array.from({ length: Math.ceil(items.length / most) }, (_, at) => items.slice(at * most, (at + 1) * most));
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
