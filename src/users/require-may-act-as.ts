import { requireHeld } from "../authorities/require-grantable";
import type { RequestContext, Transaction } from "../context";
import { type Actor, isSameEmployee } from "../roles/load-actor";
import { loadRoles, sumOfRoles } from "../roles/load-roles";
import { requireLinkable, requireTarget, type Target } from "./guards";

/**
 * Refuses to let the actor sign in as user `userId`: it must rank as high as the user and hold everything that the user's roles
 * give, on the records that they give it on. An account of another employee is judged like a link to that record, too, since its
 * roles may be taken away before and given back after.
 *
 * Throws NOT_FOUND, FORBIDDEN for rank, OUT_OF_SCOPE naming `field`, with `details.missing`.
 */
export async function requireMayActAs(
  tx: Transaction,
  ctx: RequestContext,
  actor: Actor,
  userId: string,
  field: string,
): Promise<Target> {
  const target = await requireTarget(tx, ctx, actor, userId);
  const { user, access } = target;
  const sameEmployee = isSameEmployee(actor, access.user);
  requireHeld(ctx, actor.scope, sumOfRoles((await loadRoles(tx, access.roleIds)).values()), field, sameEmployee);
  if (user.employeeId !== null && !sameEmployee) requireLinkable(ctx.index, actor, access, field);
  return target;
}
