import { isDeepStrictEqual } from "node:util";
import { record } from "../audit/record";
import { requireGrantable, requireHeld } from "../authorities/require-grantable";
import type { RequestContext } from "../context";
import { notFound, ServiceError } from "../kernel/service-error";
import { Unchanged } from "../store/unchanged";
import { loadActor } from "./load-actor";
import { refuseTakenName } from "./refuse-taken-name";
import { requireOwnerRemains } from "./require-owner";
import { Role } from "./role.entity";
import type { RoleInput } from "./role.input";
import { readRoleInput } from "./role-draft";
import { requireAcyclic, requireCustom, requireLevel, requireRolesWithin } from "./role-guards";
import { roleSnapshot } from "./role-snapshot";

/**
 * Edits a custom role: what is given replaces, what is left out stays. Takes effect for every holder, and every key of theirs,
 * on the next request; an edit that changes nothing moves no version and leaves no trail.
 *
 * The actor must hold all that the role gives, inherited roles included, and rank as high as it, before the edit and after it;
 * so nobody edits a role that is more than they are. Throws as `createRole`, FORBIDDEN for a built-in role, and CONFLICT for a
 * stale `version` or when no usable account owner would remain.
 */
export async function updateRole(ctx: RequestContext, id: string, input: RoleInput): Promise<Role> {
  const draft = readRoleInput(input);
  return refuseTakenName(draft.name, () =>
    ctx.store.change(async (tx) => {
      const actor = await loadActor(tx, ctx, ["MANAGE_ROLES"]);
      const before = (await requireRolesWithin(tx, ctx, actor, [id], "id")).get(id);
      if (before === undefined) throw notFound("role");
      requireCustom(before);
      requireVersion(before, input.version);

      const { level = before.level, authorities = before.authorities, inheritsId = before.inheritsId } = draft;
      requireLevel(actor, level, "input.level");
      requireHeld(ctx, actor.scope, { authorities, grants: [] }, "input.authorities");
      if (inheritsId !== null) {
        const inherited = await requireRolesWithin(tx, ctx, actor, [inheritsId], "input.inheritsId");
        await requireAcyclic(tx, id, inheritsId, inherited);
      }
      const content = {
        name: draft.name,
        nameKey: draft.nameKey,
        description: draft.description === undefined ? before.description : draft.description,
        level,
        inheritsId,
        authorities: [...authorities],
        grants:
          input.grants == null
            ? before.grants
            : await requireGrantable(ctx, tx, actor, input.grants, "input.grants", { before: before.grants }),
        version: before.version + 1,
        updatedAt: new Date(ctx.clock.now()),
      };
      if (isDeepStrictEqual(roleSnapshot(before), roleSnapshot(content))) return new Unchanged(before);
      await tx.update(Role, { id }, content);
      await requireOwnerRemains(tx, ctx);
      await record(tx, ctx, {
        action: "role.update",
        target: { kind: "role", id, name: content.name },
        before: roleSnapshot(before),
        after: roleSnapshot(content),
      });
      return { ...before, ...content };
    }),
  );
}

function requireVersion(role: Role, version: number | null | undefined): void {
  if (version == null || version === role.version) return;
  throw new ServiceError("CONFLICT", `${role.name} has changed since it was read: it is at version ${role.version}.`, {
    field: "input.version",
    version: role.version,
  });
}
