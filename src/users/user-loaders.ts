import DataLoader from "dataloader";
import type { RequestContext } from "../context";
import { inheritanceOf, loadRoles, sumOfRoles } from "../roles/load-roles";
import type { Role } from "../roles/role.entity";
import { roleIdsOfUsers } from "../roles/role-holders";

/** A user's roles, as its GraphQL fields need them. */
export interface UserRoles {
  /** Assigned directly, highest first. */
  readonly assigned: readonly Role[];
  /** Of all roles, inherited ones included. */
  readonly level: number;
}

const ofContext = new WeakMap<RequestContext, DataLoader<string, UserRoles>>();

/** Reads users' roles, batched per level of the operation; not cached, so a field after a mutation sees what it changed. */
export function userRolesLoader(ctx: RequestContext): DataLoader<string, UserRoles> {
  const known = ofContext.get(ctx);
  if (known) return known;
  const loader = new DataLoader<string, UserRoles>((userIds) => readUserRoles(ctx, userIds), { cache: false });
  ofContext.set(ctx, loader);
  return loader;
}

async function readUserRoles({ store }: RequestContext, userIds: readonly string[]): Promise<UserRoles[]> {
  const { manager } = store.reader;
  const idsByUser = await roleIdsOfUsers(manager, userIds);
  const roles = await loadRoles(manager, [...idsByUser.values()].flat());
  return userIds.map((userId) => {
    const ids = idsByUser.get(userId) ?? [];
    const assigned = ids.map((id) => roles.get(id)).filter((role) => role !== undefined);
    return {
      assigned: assigned.sort(
        (left, right) => right.level - left.level || left.nameKey.localeCompare(right.nameKey, "en"),
      ),
      level: sumOfRoles(ids.flatMap((id) => inheritanceOf(id, roles))).level,
    };
  });
}
