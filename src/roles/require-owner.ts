import type { EntityManager } from "typeorm";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { isAccountUsable } from "./account-state";
import { OWNER_KEY } from "./built-in-key";
import { inheritanceOf } from "./load-roles";
import { Role } from "./role.entity";
import { type Holder, readHolders } from "./role-holders";

/**
 * Refuses with CONFLICT unless a usable account owner remains. Called last in every transaction that could take one away
 * (status, expiry, roles, inheritance), so that it judges the result, whatever the path.
 */
export async function requireOwnerRemains(tx: Transaction, ctx: Pick<RequestContext, "clock">): Promise<void> {
  const owners = await lastingOwners(tx, ctx.clock.now());
  if (owners.length > 0) return;
  throw new ServiceError("CONFLICT", "The account would be left without a usable account owner.", {
    reason: "LAST_OWNER",
  });
}

/**
 * Users who can sign in now and for good and hold the role Account Owner, directly or by inheritance. One with an expiry date
 * or without a password does not count: the account would be without an owner later, or at once.
 */
export async function lastingOwners(manager: EntityManager, now: number): Promise<Holder[]> {
  const roles = await manager
    .createQueryBuilder(Role, "role")
    .select(["role.id", "role.key", "role.inheritsId"])
    .getMany();
  const byId = new Map(roles.map((role) => [role.id, role]));
  const ownerRoles = roles.filter(({ id }) => inheritanceOf(id, byId).some((role) => role.key === OWNER_KEY));
  const holders = await readHolders(
    manager,
    ownerRoles.map(({ id }) => id),
  );
  return holders.filter((user) => user.expiresAt === null && user.hasPassword && isAccountUsable(user, now));
}
