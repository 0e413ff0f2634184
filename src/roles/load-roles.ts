import { type EntityManager, In } from "typeorm";
import type { Grant } from "../access/grant";
import { Role } from "./role.entity";

/** What several roles give together. */
export interface RoleSum {
  readonly authorities: readonly string[];
  readonly grants: readonly Grant[];
  /** The highest of them; 0 for none. */
  readonly level: number;
}

/**
 * The roles of these ids and all that they inherit, by id. Ids that do not exist are left out. One statement per step of the
 * longest inheritance.
 */
export async function loadRoles(manager: EntityManager, ids: readonly string[]): Promise<Map<string, Role>> {
  const found = new Map<string, Role>();
  let wanted = [...new Set(ids)];
  while (wanted.length > 0) {
    const roles = await manager.getRepository(Role).findBy({ id: In(wanted) });
    for (const role of roles) found.set(role.id, role);
    wanted = [...new Set(roles.map((role) => role.inheritsId))]
      .filter((id) => id !== null)
      .filter((id) => !found.has(id));
  }
  return found;
}

/**
 * `roleId` and what it inherits, nearest first; stops at a role that `roles` lacks or that it has met already.
 */
export function inheritanceOf<Known extends { readonly inheritsId: string | null }>(
  roleId: string,
  roles: ReadonlyMap<string, Known>,
): Known[] {
  const chain = new Set<Known>();
  for (let role = roles.get(roleId); role && !chain.has(role); role = roles.get(role.inheritsId ?? "")) chain.add(role);
  return [...chain];
}

/** What `roles` give together; pass inherited roles along, as `loadRoles` returns them. */
export function sumOfRoles(roles: Iterable<Pick<Role, "authorities" | "grants" | "level">>): RoleSum {
  const all = [...roles];
  return {
    authorities: all.flatMap((role) => role.authorities),
    grants: all.flatMap((role) => role.grants),
    level: all.reduce((highest, role) => Math.max(highest, role.level), 0),
  };
}
