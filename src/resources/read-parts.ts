import type { RequestContext } from "../context";
import type { CursorValue } from "../kernel/cursor-codec";
import { inTurns, takeTurn } from "../kernel/turns";
import { partsAfter, type WriteCondition } from "./read-after";
import { rowsAtOnce } from "./read-budget";
import { type Column, type Node, type Row, valueAt } from "./read-mapper";
import type { Order } from "./read-order";
import { Query } from "./read-query";
import type { PageSelection } from "./read-selection";
import { ROOT, type Statement, statementFor, valuesOf } from "./read-statement";
import type { TextShape } from "./read-text-shape";
import type { KnownWalks } from "./read-walks";
import type { Resource } from "./resource";

/** A page of one list. */
export interface PageAsked {
  readonly resource: Resource;
  readonly selection: PageSelection;
  /** How each record stands in the answer, where it may come as JSON. */
  readonly texts: TextShape | null;
  /** What the row rules walk down to. */
  readonly known: KnownWalks;
  readonly order: Order;
  /** Keys of the record that the page starts after; null for the first page. */
  readonly after: readonly CursorValue[] | null;
  /** Records of the page. */
  readonly size: number;
  /** Leaves the records of the list. */
  narrow(query: Query): void;
}

/** What was read of one list: one row more than its page where more follows and that is asked. */
export interface PageRows {
  readonly nodes: readonly Node[];
  readonly rows: readonly Row[];
  /** The columns of the order's keys, where they are read. */
  readonly keyColumns: readonly Column[];
}

const EVERYTHING: WriteCondition = () => "";

/**
 * Reads one page, everything selected of it in one statement; in several where a page on SQLite crosses from records with a value to
 * those without, and where it has more than `rowsAtOnce`. Each part starts after the last record of the one before.
 */
export async function readInParts(ctx: RequestContext, asked: PageAsked): Promise<PageRows> {
  const { resource, selection, texts, known, order, after, size } = asked;
  const { reader, dialect } = ctx.store;
  const most = size + selection.rowsBeyond;
  const atOnce = rowsAtOnce(selection.nodes);
  const hidden = selection.hasCursors || most > atOnce ? order.keys : [];
  let parts = after === null ? [EVERYTHING] : partsAfter(order, after, dialect);
  const rows: Row[] = [];
  const nodes: Node[] = [];
  let statement: Statement | null = null;
  while (selection.hasRows && rows.length < most) {
    const [part, ...others] = parts;
    if (part === undefined) break;
    const limit = Math.min(most - rows.length, atOnce);
    const query = new Query(ctx, resource, known);
    const joinConditions = query.joinConditions(selection.nodes);
    asked.narrow(query);
    query.and(part(ROOT, query.bindings));
    const { where, walks } = query;
    const shape = { resource, selection: selection.nodes, joinConditions, where, walks, order, hidden, texts };
    statement = statementFor(reader, shape);
    const values = [...valuesOf(statement.slots, query.bindings.values), limit];
    const found = statement.unpack(await ctx.store.select<Row>(statement.sql, values, "quick"));
    rows.push(...found);
    nodes.push(...statement.map(found, Math.min(found.length, size - nodes.length)));
    if (found.length < limit) parts = others;
    else if (rows.length < most) {
      parts = partsAfter(order, sortKeys(rows.at(-1) as Row, statement.hidden, order), dialect);
      await takeTurn(ctx);
    }
  }
  // All parts read the same columns, so the last one's hidden columns are those of all.
  return { nodes, rows, keyColumns: statement?.hidden ?? [] };
}

/** What a cursor after this row holds. */
export function sortKeys(row: Row, keyColumns: readonly Column[], order: Order): CursorValue[] {
  // The statement reads the hidden columns in the order of the keys.
  return order.keys.map((_, at) => valueAt(row, keyColumns[at] as Column) as CursorValue);
}

/** The records for graphql-js, no more than `rowsAtOnce` in one turn. */
export function completedInTurns(
  ctx: RequestContext,
  nodes: readonly Node[],
  { nodes: selection }: PageSelection,
): readonly (Node | Promise<Node>)[] {
  return inTurns(ctx, nodes, rowsAtOnce(selection));
}
