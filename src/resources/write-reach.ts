import { Action } from "../access/grant";
import { withoutRepeats } from "../access/row-set";
import type { RowRule } from "../access/scope";
import type { RequestContext, Transaction } from "../context";
import { hasBit } from "../kernel/bitset";
import { notFound, ServiceError } from "../kernel/service-error";
import { ID_LENGTH } from "./field-to-one";
import { Query } from "./read-query";
import { positional, ROOT, valuesOf, withWalks } from "./read-statement";
import type { Resource } from "./resource";
import { selectLocked } from "./write-lock";

/** Locks a record that `action` reaches and returns its version and `columns`; NOT_FOUND for any other id. */
export async function lockReachable(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  action: Action,
  columns: readonly string[],
): Promise<Readonly<Record<string, unknown>>> {
  const current = id.length === ID_LENGTH ? await selectLocked(tx, resource, id, ["version", ...columns]) : null;
  if (current === null || !(await isReached(ctx, tx, resource, id, ctx.rowRule(resource.name, action))))
    throw notFound(resource.name);
  return current;
}

/** Refuses with OUT_OF_SCOPE and this message when `action` does not reach the record as it is by now. */
export async function requireReach(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  action: Action,
  refusal: string,
): Promise<void> {
  const rule = ctx.rowRule(resource.name, action);
  if (!(await isReached(ctx, tx, resource, id, rule))) throw new ServiceError("OUT_OF_SCOPE", refusal);
}

/** Whether `rule` reaches the record, by what the transaction sees. */
export async function isReached(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  rule: RowRule,
): Promise<boolean> {
  return rule.length === 0 || (await reachedOf(ctx, tx, resource, [id], rule)).has(id);
}

/** Those of these ids, at least one and at most 500, that are records which `rule` reaches. */
export async function reachedOf(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  ids: readonly string[],
  rule: RowRule,
): Promise<ReadonlySet<string>> {
  const query = new Query(ctx, resource);
  query.and(`${ROOT}.id IN (${query.bindings.bindList(ids)})`).andWithin(rule);
  const builder = ctx.store.reader
    .createQueryBuilder(resource.entity, ROOT)
    .select(`${ROOT}.id`, "id")
    .where(query.where);
  const { sql, slots } = positional(withWalks(builder, query.walks));
  const rows = (await tx.query(sql, valuesOf(slots, query.bindings.values))) as { id: string }[];
  return new Set(rows.map(({ id }) => id));
}

/**
 * Whether `action` reaches every field of these names on the record. Where READ does not, no answer may depend on their values.
 */
export async function holdsAll(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  action: Action,
  fields: readonly string[],
): Promise<boolean> {
  const held = ctx.index.bitsOf(resource.name, action)?.fields;
  const bits = fields.map((name) => held?.get(name));
  if (bits.some((bit) => bit === undefined || !hasBit(ctx.scope.bits, bit))) return false;
  const rule = withoutRepeats(bits.flatMap((bit) => ctx.scope.rows.get(bit as number) ?? []));
  return isReached(ctx, tx, resource, id, rule);
}
