import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { notFound, ServiceError } from "../kernel/service-error";
import { loadActor } from "./load-actor";
import { Role } from "./role.entity";
import { requireCustom, requireRolesWithin } from "./role-guards";
import { countHolders } from "./role-holders";
import { roleSnapshot } from "./role-snapshot";

/**
 * Deletes a custom role that nobody holds and no role inherits, so it takes nothing from anybody.
 *
 * Throws NOT_FOUND, FORBIDDEN for a built-in role, OUT_OF_SCOPE for a role that gives more than the actor holds, CONFLICT with
 * `details.users` and `details.roles` while it is in use.
 */
export async function deleteRole(ctx: RequestContext, id: string): Promise<void> {
  await ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_ROLES"]);
    const role = (await requireRolesWithin(tx, ctx, actor, [id], "id")).get(id);
    if (role === undefined) throw notFound("role");
    requireCustom(role);
    await requireUnused(tx, role);
    await tx.delete(Role, { id });
    await record(tx, ctx, {
      action: "role.delete",
      target: { kind: "role", id, name: role.name },
      before: roleSnapshot(role),
    });
  });
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
  throw new ServiceError("CONFLICT", `${role.name} is in use: ${named} it.`, { users, roles });
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}
