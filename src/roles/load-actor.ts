import { emptyScope, everythingScope, roleScope, type Scope } from "../access/scope";
import type { AuthorityName } from "../authorities/authority-catalogue";
import { requireAnyAuthority } from "../authorities/require-authorities";
import type { PrincipalUser, RequestContext, Transaction } from "../context";
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
  /** The employee record that SELF and REPORTS mean for the actor. */
  readonly employeeId: string | null;
}

/** Whether SELF and REPORTS mean the same records for the actor and for `owner`: the same account, or one of the same employee. */
export function isSameEmployee(
  actor: Pick<Actor, "userId" | "employeeId">,
  owner: Pick<PrincipalUser, "id" | "employeeId">,
): boolean {
  if (actor.userId === owner.id) return true;
  return actor.employeeId !== null && actor.employeeId === owner.employeeId;
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

/**
 * A user as an actor, whoever asks: for guards that are repeated when something the user made earlier is used. Throws as `loadActor`.
 */
export async function loadActorOf(
  tx: Transaction,
  ctx: RequestContext,
  userId: string,
  anyOf: readonly AuthorityName[],
): Promise<Actor> {
  const actor = await readUserActor(tx, ctx, userId);
  if (anyOf.length > 0) requireAnyAuthority(actor.scope, anyOf);
  return actor;
}

/** Whoever runs the CLI next to the database. */
export function operatorActor({ index }: Pick<RequestContext, "index">): Actor {
  return { userId: null, scope: everythingScope(index), level: Number.POSITIVE_INFINITY, employeeId: null };
}

async function readActor(tx: Transaction, ctx: RequestContext): Promise<Actor> {
  const { principal, index } = ctx;
  if (principal.kind === "OPERATOR") return operatorActor(ctx);
  if (principal.kind === "USER") return readUserActor(tx, ctx, principal.user.id);
  return { userId: null, scope: emptyScope(index), level: Number.NEGATIVE_INFINITY, employeeId: null };
}

async function readUserActor(tx: Transaction, { index, clock }: RequestContext, userId: string): Promise<Actor> {
  const state = await readAccountState(tx, userId);
  if (state === null || !isAccountUsable(state, clock.now())) {
    throw new ServiceError("UNAUTHENTICATED", "Your account can no longer be used.");
  }
  const roleIds = (await roleIdsOfUsers(tx, [userId])).get(userId) ?? [];
  const sum = sumOfRoles((await loadRoles(tx, roleIds)).values());
  return { userId, scope: roleScope(index, sum), level: sum.level, employeeId: state.employeeId };
}
