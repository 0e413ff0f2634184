import { record } from "../audit/record";
import { requireGrantable, requireHeld } from "../authorities/require-grantable";
import type { RequestContext } from "../context";
import { newId } from "../kernel/id";
import { badInput } from "../kernel/service-error";
import { loadActor } from "./load-actor";
import { refuseTakenName } from "./refuse-taken-name";
import { Role } from "./role.entity";
import type { RoleInput } from "./role.input";
import { readRoleInput } from "./role-draft";
import { requireAcyclic, requireLevel, requireRolesWithin } from "./role-guards";
import { roleSnapshot } from "./role-snapshot";

/**
 * Makes a custom role out of what the actor holds: authorities, grants, inherited role and level alike.
 *
 * Throws BAD_USER_INPUT, OUT_OF_SCOPE, NOT_FOUND for an unknown inherited role, CONFLICT for a name that is taken.
 */
export async function createRole(ctx: RequestContext, input: RoleInput): Promise<Role> {
  const draft = readRoleInput(input);
  if (input.version != null) throw badInput("input.version", "is for updateRole: a new role has none");
  return refuseTakenName(draft.name, () =>
    ctx.store.change(async (tx) => {
      const actor = await loadActor(tx, ctx, ["MANAGE_ROLES"]);
      const { level = 0, authorities = [], inheritsId = null } = draft;
      const id = newId();
      requireLevel(actor, level, "input.level");
      requireHeld(ctx, actor.scope, { authorities, grants: [] }, "input.authorities");
      const grants = await requireGrantable(ctx, tx, actor, input.grants ?? [], "input.grants");
      if (inheritsId !== null) {
        const inherited = await requireRolesWithin(tx, ctx, actor, [inheritsId], "input.inheritsId");
        await requireAcyclic(tx, id, inheritsId, inherited);
      }
      const now = new Date(ctx.clock.now());
      const role: Role = {
        id,
        key: null,
        name: draft.name,
        nameKey: draft.nameKey,
        description: draft.description ?? null,
        level,
        inheritsId,
        authorities: [...authorities],
        grants,
        version: 1,
        createdAt: now,
        updatedAt: now,
      };
      await tx.insert(Role, role);
      await record(tx, ctx, {
        action: "role.create",
        target: { kind: "role", id, name: role.name },
        after: roleSnapshot(role),
      });
      return role;
    }),
  );
}
