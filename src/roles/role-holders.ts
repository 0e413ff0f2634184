import { type EntityManager, In } from "typeorm";
import type { AccountState } from "./account-state";

/**
 * Who holds roles. The tables `user` and `user_role` belong to src/users, one floor up, so they are named as tables here and
 * nowhere else below it: roles must not be edited or deleted without knowing their holders.
 */
interface UserRoleRow {
  readonly userId: string;
  readonly roleId: string;
}

/** A user as far as guards on roles need it. */
export interface Holder extends AccountState {
  readonly id: string;
  readonly hasPassword: boolean;
}

/** Role ids assigned directly, by user; users without any role are left out. */
export async function roleIdsOfUsers(
  manager: EntityManager,
  userIds: readonly string[],
): Promise<Map<string, string[]>> {
  const byUser = new Map<string, string[]>();
  if (userIds.length === 0) return byUser;
  const rows = await manager.getRepository<UserRoleRow>("user_role").findBy({ userId: In([...new Set(userIds)]) });
  for (const { userId, roleId } of rows) byUser.set(userId, [...(byUser.get(userId) ?? []), roleId]);
  return byUser;
}

/** How many users each role is assigned to directly; roles without any are left out. */
export async function countHolders(manager: EntityManager, roleIds: readonly string[]): Promise<Map<string, number>> {
  if (roleIds.length === 0) return new Map();
  const rows = await manager
    .createQueryBuilder()
    .select("held.roleId", "roleId")
    .addSelect("COUNT(*)", "holders")
    .from<UserRoleRow>("user_role", "held")
    .where("held.roleId IN (:...roleIds)", { roleIds: [...new Set(roleIds)] })
    .groupBy("held.roleId")
    .getRawMany<{ roleId: string; holders: number | string }>();
  return new Map(rows.map(({ roleId, holders }) => [roleId, Number(holders)]));
}

/** Ids of the users that a role is assigned to directly. */
export async function directHolders(manager: EntityManager, roleId: string): Promise<string[]> {
  const rows = await manager.getRepository<UserRoleRow>("user_role").findBy({ roleId });
  return rows.map(({ userId }) => userId);
}

/** Takes one role from users and gives them another; whoever has that already just loses the first. */
export async function replaceHeldRole(
  tx: EntityManager,
  userIds: readonly string[],
  roleId: string,
  replacementId: string,
): Promise<void> {
  const assignments = tx.getRepository<UserRoleRow>("user_role");
  const held = await roleIdsOfUsers(tx, userIds);
  const gaining = userIds.filter((userId) => !held.get(userId)?.includes(replacementId));
  await assignments.delete({ roleId });
  if (gaining.length > 0) await assignments.insert(gaining.map((userId) => ({ userId, roleId: replacementId })));
}

/** The account state of one user and the employee record it is linked to; null when there is no such user. */
export async function readAccountState(
  manager: EntityManager,
  userId: string,
): Promise<(AccountState & { readonly employeeId: string | null }) | null> {
  return manager
    .getRepository<AccountState & { id: string; employeeId: string | null }>("user")
    .createQueryBuilder("user")
    .select(["user.id", "user.status", "user.lockedUntil", "user.expiresAt", "user.employeeId"])
    .where("user.id = :userId", { userId })
    .getOne();
}

/** Users who hold any of `roleIds` directly, whatever their status. */
export async function readHolders(manager: EntityManager, roleIds: readonly string[]): Promise<Holder[]> {
  const assigned = await manager.getRepository<UserRoleRow>("user_role").findBy({ roleId: In([...roleIds]) });
  const ids = [...new Set(assigned.map(({ userId }) => userId))];
  if (ids.length === 0) return [];
  const users = await manager
    .getRepository<AccountState & { id: string; passwordHash: string | null }>("user")
    .createQueryBuilder("user")
    .select(["user.id", "user.status", "user.lockedUntil", "user.expiresAt", "user.passwordHash"])
    .where("user.id IN (:...ids)", { ids })
    .getMany();
  return users.map(({ passwordHash, ...user }) => ({ ...user, hasPassword: passwordHash !== null }));
}
