import { emptyScope, everythingScope, roleScope, type Scope } from "../access/scope";
import type { AuthorityName } from "../authorities/authority-catalogue";
import { requireAnyAuthority } from "../authorities/require-authorities";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { isAccountUsable } from "./account-state";
import { loadRoles, sumOfRoles } from "./load-roles";
import { readAccountState, roleIdsOfUsers } from "./role-holders";

/** Who makes a change, as the transaction of the change sees them. */
export interface Actor {
  /** Null for the operator at the CLI. */
  readonly userId: string | null;
  readonly scope: Scope;
  /** Highest level of the actor's roles, inherited ones included; Infinity for the operator. */
  readonly level: number;
}

/**
 * The acting principal with what it holds now. The context's scope was read before the transaction began; of two
 * administrators who act at once, the second is judged by what the first has left them.
 *
 * Throws FORBIDDEN unless the actor holds one of `anyOf` (nothing to hold when empty), UNAUTHENTICATED when the account may no
 * longer be used. An API key holds no authority and no level.
 */
export async function loadActor(tx: Transaction, ctx: RequestContext, anyOf: readonly AuthorityName[]): Promise<Actor> {
  const actor = await readActor(tx, ctx);
  if (anyOf.length > 0) requireAnyAuthority(actor.scope, anyOf);
  return actor;
}

async function readActor(tx: Transaction, { principal, index, clock }: RequestContext): Promise<Actor> {
  if (principal.kind === "OPERATOR")
    return { userId: null, scope: everythingScope(index), level: Number.POSITIVE_INFINITY };
  if (principal.kind !== "USER") return { userId: null, scope: emptyScope(index), level: Number.NEGATIVE_INFINITY };
  const userId = principal.user.id;
  const state = await readAccountState(tx, userId);
  if (state === null || !isAccountUsable(state, clock.now())) {
    throw new ServiceError("UNAUTHENTICATED", "Your account can no longer be used.");
  }
  const roleIds = (await roleIdsOfUsers(tx, [userId])).get(userId) ?? [];
  const sum = sumOfRoles((await loadRoles(tx, roleIds)).values());
  return { userId, scope: roleScope(index, sum), level: sum.level };
}
