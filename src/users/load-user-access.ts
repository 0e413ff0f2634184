import type { EntityManager } from "typeorm";
import type { AccessIndex } from "../access/access-index";
import { roleScope, type Scope } from "../access/scope";
import type { PrincipalUser, RequestContext, Transaction } from "../context";
import { isAccountUsable } from "../roles/account-state";
import { loadActor } from "../roles/load-actor";
import { loadRoles, sumOfRoles } from "../roles/load-roles";
import { roleIdsOfUsers } from "../roles/role-holders";
import { User } from "./user.entity";
import type { UserKind } from "./user-kind";
import type { UserStatus } from "./user-status";

/** A user with what its roles give, as of one read. */
export interface UserAccess {
  readonly user: PrincipalUser;
  readonly kind: UserKind;
  readonly status: UserStatus;
  readonly lockedUntil: Date | null;
  readonly expiresAt: Date | null;
  /** Union of the user's roles, inherited ones included. Does not look at status: see `isUsable`. */
  readonly scope: Scope;
  /** Roles assigned directly. */
  readonly roleIds: readonly string[];
}

/** Reads a user and what its roles give; null when there is no such user. */
export async function loadUserAccess(
  manager: EntityManager,
  index: AccessIndex,
  userId: string,
): Promise<UserAccess | null> {
  const user = await manager.createQueryBuilder(User, "user").where("user.id = :userId", { userId }).getOne();
  if (user === null) return null;
  const roleIds = (await roleIdsOfUsers(manager, [userId])).get(userId) ?? [];
  const sum = sumOfRoles((await loadRoles(manager, roleIds)).values());
  const { id, email, employeeId, kind, status, lockedUntil, expiresAt } = user;
  return {
    user: { id, email, name: `${user.firstName} ${user.lastName}`, level: sum.level, employeeId },
    kind,
    status,
    lockedUntil,
    expiresAt,
    scope: roleScope(index, sum),
    roleIds,
  };
}

/** Whether the account may be used at `now` (milliseconds): not disabled, not locked, not expired. */
export function isUsable(access: Pick<UserAccess, "status" | "lockedUntil" | "expiresAt">, now: number): boolean {
  return isAccountUsable(access, now);
}

/** The acting principal's scope as the transaction sees it; for guards inside `store.change`. See `loadActor`. */
export async function actorScope(tx: Transaction, ctx: RequestContext): Promise<Scope> {
  return (await loadActor(tx, ctx, [])).scope;
}

/** The acting principal's level as the transaction sees it; Infinity for the operator. */
export async function actorLevel(tx: Transaction, ctx: RequestContext): Promise<number> {
  return (await loadActor(tx, ctx, [])).level;
}
