import type { EntityManager } from "typeorm";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { newId } from "../kernel/id";
import { nameKeyOf } from "../kernel/text";
import type { BuiltInKey } from "./built-in-key";
import { type BuiltInRole, builtInRoles } from "./built-in-roles";
import { Role } from "./role.entity";
import { roleSnapshot } from "./role-snapshot";

/**
 * Makes the stored built-in roles what this version of the service defines, at every boot. Writes nothing, and does not move
 * the epoch, when they are that already.
 */
export async function ensureBuiltInRoles(ctx: RequestContext): Promise<void> {
  const defined = builtInRoles(ctx.index);
  const stored = await readBuiltIns(ctx.store.reader.manager);
  if (defined.every((role) => isCurrent(stored, role))) return;
  await ctx.store.change(async (tx) => {
    // Another instance may have done it since: what is stored is read again under the epoch's lock.
    const known = await readBuiltIns(tx);
    for (const role of defined) {
      if (!isCurrent(known, role)) known.set(role.key, await write(tx, ctx, role, known));
    }
  });
}

async function readBuiltIns(manager: EntityManager): Promise<Map<BuiltInKey, Role>> {
  const rows = await manager.createQueryBuilder(Role, "role").where("role.key IS NOT NULL").getMany();
  return new Map(rows.map((role) => [role.key as BuiltInKey, role]));
}

function contentOf(role: BuiltInRole, stored: ReadonlyMap<BuiltInKey, Role>) {
  return {
    name: role.name,
    description: role.description,
    level: role.level,
    inheritsId: role.inherits === null ? null : (stored.get(role.inherits)?.id ?? null),
    authorities: [...role.authorities],
    grants: [...role.grants],
  };
}

function isCurrent(stored: ReadonlyMap<BuiltInKey, Role>, role: BuiltInRole): boolean {
  const found = stored.get(role.key);
  return found !== undefined && JSON.stringify(roleSnapshot(found)) === JSON.stringify(contentOf(role, stored));
}

async function write(
  tx: Transaction,
  ctx: RequestContext,
  defined: BuiltInRole,
  known: ReadonlyMap<BuiltInKey, Role>,
): Promise<Role> {
  const before = known.get(defined.key);
  const now = new Date(ctx.clock.now());
  const content = { ...contentOf(defined, known), nameKey: nameKeyOf(defined.name), updatedAt: now };
  const role: Role = before
    ? { ...before, ...content, version: before.version + 1 }
    : { ...content, id: newId(), key: defined.key, version: 1, createdAt: now };
  if (before) await tx.update(Role, { id: role.id }, { ...content, version: role.version });
  else await tx.insert(Role, role);
  await record(tx, ctx, {
    action: before ? "role.update" : "role.create",
    target: { kind: "role", id: role.id, name: role.name },
    before: before ? roleSnapshot(before) : null,
    after: roleSnapshot(role),
  });
  return role;
}
