import { record } from "../audit/record";
import { requireAnyAuthority } from "../authorities/require-authorities";
import type { RequestContext, Transaction } from "../context";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import { type Actor, loadActor } from "./load-actor";
import { inheritanceOf, loadRoles, sumOfRoles } from "./load-roles";
import { requireOwnerRemains } from "./require-owner";
import { Role } from "./role.entity";
import { requireCustom, requireRolesWithin } from "./role-guards";
import { countHolders, directHolders, replaceHeldRole, roleIdsOfUsers } from "./role-holders";
import { roleSnapshot } from "./role-snapshot";

/**
 * Deletes a custom role. Without a replacement only one that nobody holds and no role inherits, so it takes nothing from anybody;
 * with one, its holders get the replacement and the roles that inherit it inherit the replacement instead.
 *
 * Throws NOT_FOUND, FORBIDDEN for a built-in role or a holder above the actor's level, OUT_OF_SCOPE for a role or replacement that
 * gives more than the actor holds, BAD_USER_INPUT naming `replacementId`, CONFLICT with `details.users` and `details.roles` while
 * it is in use and no replacement is named.
 */
export async function deleteRole(ctx: RequestContext, id: string, replacementId?: string | null): Promise<void> {
  await ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_ROLES"]);
    const role = (await requireRolesWithin(tx, ctx, actor, [id], "id")).get(id);
    if (role === undefined) throw notFound("role");
    requireCustom(role);
    const moved = replacementId == null ? null : await replace(tx, ctx, actor, role, replacementId);
    if (moved === null) await requireUnused(tx, role);
    await tx.delete(Role, { id });
    await requireOwnerRemains(tx, ctx);
    await record(tx, ctx, {
      action: "role.delete",
      target: { kind: "role", id, name: role.name },
      before: roleSnapshot(role),
      ...(moved && { after: moved }),
    });
  });
}

/** What was moved to the replacement, for the trail. */
interface Moved {
  readonly replacement: { readonly id: string; readonly name: string };
  readonly userIds: readonly string[];
  readonly roleIds: readonly string[];
}

async function replace(
  tx: Transaction,
  ctx: RequestContext,
  actor: Actor,
  role: Role,
  replacementId: string,
): Promise<Moved> {
  if (replacementId === role.id) throw badInput("replacementId", "must be another role");
  const within = await requireRolesWithin(tx, ctx, actor, [replacementId], "replacementId");
  const replacement = within.get(replacementId) as Role;
  if (inheritanceOf(replacementId, within).some(({ id }) => id === role.id)) {
    throw badInput("replacementId", "must not inherit the role that goes");
  }
  const userIds = await directHolders(tx, role.id);
  if (userIds.length > 0) requireAnyAuthority(actor.scope, ["ASSIGN_ROLES"]);
  await requireRankOver(tx, actor, userIds);
  const inheritors = await tx.getRepository(Role).findBy({ inheritsId: role.id });
  const roleIds = inheritors.map(({ id }) => id);
  await requireRolesWithin(tx, ctx, actor, roleIds, "id");
  await replaceHeldRole(tx, userIds, role.id, replacementId);
  const updatedAt = new Date(ctx.clock.now());
  for (const { id, version } of inheritors) {
    await tx.update(Role, { id }, { inheritsId: replacementId, version: version + 1, updatedAt });
  }
  return { replacement: { id: replacementId, name: replacement.name }, userIds, roleIds };
}

/** Whoever changes a user's roles administers that user. */
async function requireRankOver(tx: Transaction, actor: Actor, userIds: readonly string[]): Promise<void> {
  for (const roleIds of (await roleIdsOfUsers(tx, userIds)).values()) {
    const { level } = sumOfRoles((await loadRoles(tx, roleIds)).values());
    if (level <= actor.level) continue;
    const message = `A holder of the role has level ${level}, above your own level ${actor.level}.`;
    throw new ServiceError("FORBIDDEN", message, { reason: "RANK", level, ownLevel: actor.level });
  }
}

async function requireUnused(tx: Transaction, role: Role): Promise<void> {
  const users = (await countHolders(tx, [role.id])).get(role.id) ?? 0;
  const roles = await tx.getRepository(Role).countBy({ inheritsId: role.id });
  if (users === 0 && roles === 0) return;
  const uses = [
    users > 0 ? counted(users, "user has", "users have") : "",
    roles > 0 ? counted(roles, "role inherits", "roles inherit") : "",
  ];
  const named = uses.filter((use) => use !== "").join(" and ");
  throw new ServiceError("CONFLICT", `${role.name} is in use: ${named} it. Give another role as replacementId.`, {
    users,
    roles,
  });
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
