import { requireHeld } from "../authorities/require-grantable";
import type { RequestContext, Transaction } from "../context";
import { notFound, ServiceError } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";
import type { Actor } from "../roles/load-actor";
import { ApiSet } from "./api-set.entity";
import { findApiSet } from "./api-set.queries";

export const LONGEST_NAME = 120;
export const LONGEST_DESCRIPTION = 1_000;

/** What the audit trail keeps of a set. */
export function describeApiSet(set: ApiSet): object {
  const { name, description, grants } = set;
  return { name, description, grants };
}

/** Throws CONFLICT when another set than `exceptId` has this name, whatever its case. */
export async function requireFreeName(tx: Transaction, name: string, exceptId: string | null): Promise<void> {
  const taken = await tx
    .createQueryBuilder(ApiSet, "apiSet")
    .where("apiSet.nameKey = :nameKey", { nameKey: nameKeyOf(name) })
    .getOne();
  if (taken === null || taken.id === exceptId) return;
  throw new ServiceError("CONFLICT", `There is an API set named ${taken.name} already.`, { field: "input.name" });
}

/**
 * The set of this id, if the actor holds all that it gives: who could edit a set beyond their own scope could strip or alter
 * what they were never given. Throws NOT_FOUND or OUT_OF_SCOPE.
 */
export async function requireEditableApiSet(
  ctx: RequestContext,
  tx: Transaction,
  actor: Actor,
  id: string,
): Promise<ApiSet> {
  const set = await findApiSet(tx, id);
  if (set === null) throw notFound("API set");
  requireHeld(ctx, actor.scope, { authorities: [], grants: set.grants }, "id");
  return set;
}
