import { missingFrom } from "../access/check-grants";
import { Action, type Grant } from "../access/grant";
import { keyScope } from "../access/scope";
import type { ApiSet } from "../api-sets/api-set.entity";
import { requireApiSets } from "../api-sets/api-set.queries";
import type { GrantInput } from "../authorities/grant.input";
import { outOfScope, requireGrantable, requireHeld } from "../authorities/require-grantable";
import type { RequestContext, Transaction } from "../context";
import { badInput } from "../kernel/service-error";
import { type Actor, isSameEmployee } from "../roles/load-actor";
import type { UserAccess } from "../users/load-user-access";

const MOST_SETS = 50;
const FIELD_ACTIONS: readonly Action[] = [Action.CREATE, Action.READ, Action.UPDATE];

/**
 * Who gives and who gets; both must hold all that a key is given. The actor gets to see the token and so to act as the owner:
 * SELF and REPORTS of another owner are held by an actor who reaches every record alone.
 */
export interface KeyParties {
  readonly actor: Actor;
  readonly owner: UserAccess;
}

/**
 * API sets to bind a key to. Throws BAD_USER_INPUT for too many, NOT_FOUND naming unknown ones, OUT_OF_SCOPE. Those of `bound`,
 * which it is bound to already, are not judged again: a key must not become impossible to narrow because a set of it was widened.
 */
export async function requireBindableSets(
  ctx: RequestContext,
  tx: Transaction,
  parties: KeyParties,
  ids: readonly string[],
  bound: readonly ApiSet[] = [],
): Promise<ApiSet[]> {
  if (ids.length > MOST_SETS) throw badInput("input.apiSetIds", `must have at most ${MOST_SETS} entries`);
  const sets = await requireApiSets(tx, ids, "input.apiSetIds");
  const kept = new Set(bound.map(({ id }) => id));
  const grants = sets.filter(({ id }) => !kept.has(id)).flatMap((set) => set.grants);
  requireHeldByAll(ctx, parties, grants, "input.apiSetIds");
  return sets;
}

/**
 * Grants to store with a key. Throws BAD_USER_INPUT for bad ones, OUT_OF_SCOPE for what actor or owner lack now, NOT_FOUND for
 * records that row scopes name, unless those of `before` name them already.
 */
export async function requireKeyGrants(
  ctx: RequestContext,
  tx: Transaction,
  { actor, owner }: KeyParties,
  inputs: readonly GrantInput[],
  before: readonly Grant[] = [],
): Promise<Grant[]> {
  const sameEmployee = isSameEmployee(actor, owner.user);
  const grants = await requireGrantable(ctx, tx, actor, inputs, "input.grants", { sameEmployee, before });
  requireOwnerHolds(ctx, owner, grants, "input.grants");
  return grants;
}

/** Throws OUT_OF_SCOPE naming `field` when actor or owner do not hold all of `grants` now. */
export function requireHeldByAll(
  ctx: RequestContext,
  { actor, owner }: KeyParties,
  grants: readonly Grant[],
  field: string,
): void {
  requireHeld(ctx, actor.scope, { authorities: [], grants }, field, isSameEmployee(actor, owner.user));
  requireOwnerHolds(ctx, owner, grants, field);
}

/** Throws BAD_USER_INPUT when a key would be able to do nothing at all. */
export function requireSomePermission(sets: readonly ApiSet[], grants: readonly Grant[]): void {
  if (sets.length + grants.length > 0) return;
  throw badInput("input.apiSetIds", "or input.grants must give the key at least one permission");
}

/**
 * `ALL_FIELDS: employee` for every resource on which a grant names no fields though it allows an action that goes field by
 * field: it covers fields that are added later too, which its author may not have meant.
 *
 * @example
 * allFieldsWarnings([{ resource: "employee", actions: [Action.READ], fields: null, rows: null }]); // ["ALL_FIELDS: employee"]
 */
export function allFieldsWarnings(grants: readonly Grant[]): string[] {
  const wide = grants.filter(
    ({ fields, actions }) => fields === null && actions.some((action) => FIELD_ACTIONS.includes(action)),
  );
  return [...new Set(wide.map(({ resource }) => `ALL_FIELDS: ${resource}`))].sort();
}

/** The key would never be able to do it, so its author is told now. */
function requireOwnerHolds(ctx: RequestContext, owner: UserAccess, grants: readonly Grant[], field: string): void {
  const missing = missingFrom(ctx.index, owner.scope, keyScope(ctx.index, grants));
  if (missing.length === 0) return;
  throw outOfScope(field, "what the owner of the key does not hold", missing);
}
