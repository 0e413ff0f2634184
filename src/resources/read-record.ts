import { Action } from "../access/grant";
import type { RequestContext } from "../context";
import { ID_LENGTH } from "./field-to-one";
import type { Node, Row } from "./read-mapper";
import { Query, type RunSelect, walksFor } from "./read-query";
import type { Selection } from "./read-selection";
import { ROOT, statementFor, valuesOf } from "./read-statement";
import type { Resource } from "./resource";

/**
 * The record with this id and all that is selected of it, in one statement; null when there is none that READ reaches. `run` reads
 * inside a transaction, where REPORTS is judged by what the transaction sees.
 */
export async function readRecord(
  ctx: RequestContext,
  resource: Resource,
  id: string,
  selection: Selection,
  run?: RunSelect,
): Promise<Node | null> {
  // An id of another form names no record; it also may be text that a database refuses to compare.
  if (id.length !== ID_LENGTH) return null;
  const query = new Query(ctx, resource, run === undefined ? await walksFor(ctx, resource, selection) : {});
  const joinConditions = query.joinConditions(selection);
  query.and(`${ROOT}.id = ${query.bindings.bind(id)}`).andReachable(Action.READ);
  const { where, walks } = query;
  const shape = { resource, selection, joinConditions, where, walks, order: null, hidden: [] };
  const statement = statementFor(ctx.store.reader, shape);
  const values = valuesOf(statement.slots, query.bindings.values);
  const rows = await (run ? run<Row>(statement.sql, values) : ctx.store.select<Row>(statement.sql, values, "quick"));
  return rows.length === 0 ? null : (statement.map(rows, 1)[0] as Node);
}
