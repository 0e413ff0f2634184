import { In } from "typeorm";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { loadActor } from "../roles/load-actor";
import { loadRoles } from "../roles/load-roles";
import { requireOwnerRemains } from "../roles/require-owner";
import { requireRolesWithin } from "../roles/role-guards";
import { Unchanged } from "../store/unchanged";
import { requireRoleIds, requireTarget } from "./guards";
import { PasswordReset } from "./password-reset.entity";
import { User } from "./user.entity";
import { UserRole } from "./user-role.entity";

/**
 * Makes `roleIds` the roles of a user who does not rank above the actor. Those that the user has already
 * change nothing, neither version nor audit trail. Roles that come in must be within what the actor holds
 * and not above the actor's level; roles that stay or go need the rank alone.
 *
 * Throws NOT_FOUND for an unknown user or role, FORBIDDEN, OUT_OF_SCOPE, CONFLICT when no usable account owner would remain.
 */
export async function setUserRoles(ctx: RequestContext, id: string, roleIds: readonly string[]): Promise<User> {
  const wanted = requireRoleIds(roleIds, "roleIds");
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["ASSIGN_ROLES"]);
    const { user, access } = await requireTarget(tx, ctx, actor, id);
    const added = wanted.filter((roleId) => !access.roleIds.includes(roleId));
    const removed = access.roleIds.filter((roleId) => !wanted.includes(roleId));
    if (added.length + removed.length === 0) return new Unchanged(user);
    await requireRolesWithin(tx, ctx, actor, added, "roleIds");
    if (removed.length > 0) await tx.delete(UserRole, { userId: user.id, roleId: In(removed) });
    if (added.length > 0)
      await tx.insert(
        UserRole,
        added.map((roleId) => ({ userId: user.id, roleId })),
      );
    // Whoever opened one was judged by the roles of that moment.
    await tx.delete(PasswordReset, { userId: user.id });
    const content = { version: user.version + 1, updatedAt: new Date(ctx.clock.now()) };
    await tx.update(User, { id: user.id }, content);
    await requireOwnerRemains(tx, ctx);
    await record(tx, ctx, {
      action: "user.setRoles",
      target: { kind: "user", id: user.id, name: user.email },
      before: { roles: await namesOf(tx, access.roleIds) },
      after: { roles: await namesOf(tx, wanted) },
    });
    return { ...user, ...content };
  });
}

/** Names as well as ids, so that the trail stays readable when a role is gone. */
async function namesOf(tx: Transaction, ids: readonly string[]): Promise<{ id: string; name: string | undefined }[]> {
  const roles = await loadRoles(tx, ids);
  return ids.map((id) => ({ id, name: roles.get(id)?.name }));
}
