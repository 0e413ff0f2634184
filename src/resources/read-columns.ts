import type { Action } from "../access/grant";
import type { RequestContext } from "../context";
import { ID_LENGTH } from "./field-to-one";
import { Query } from "./read-query";
import { positional, ROOT, valuesOf, withWalks } from "./read-statement";
import type { Resource } from "./resource";

/**
 * Columns of the record with this id, named as they are called and whatever the schema shows of them; null when there is none that
 * `action` reaches. For the service's own use of a record, e.g. to send its content.
 */
export async function readColumns<Columns extends object>(
  ctx: RequestContext,
  resource: Resource,
  id: string,
  action: Action,
  columns: readonly (keyof Columns & string)[],
): Promise<Columns | null> {
  if (id.length !== ID_LENGTH) return null;
  const query = new Query(ctx, resource);
  query.and(`${ROOT}.id = ${query.bindings.bind(id)}`).andReachable(action);
  const builder = ctx.store.reader.createQueryBuilder(resource.entity, ROOT).select([]);
  for (const column of columns) builder.addSelect(`${ROOT}.${column}`, column);
  const { sql, slots } = positional(withWalks(builder.where(query.where), query.walks));
  const [row] = await ctx.store.select<Columns>(sql, valuesOf(slots, query.bindings.values));
  return row ?? null;
}
