import type { EntityManager } from "typeorm";
import type { AccessIndex } from "../access/access-index";
import type { Scope } from "../access/scope";
import type { PrincipalUser, RequestContext, Transaction } from "../context";
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
export declare function loadUserAccess(manager: EntityManager, index: AccessIndex, userId: string): Promise<UserAccess | null>;

/** Whether the account may be used at `now` (milliseconds): not disabled, not locked, not expired. */
export declare function isUsable(access: Pick<UserAccess, "status" | "lockedUntil" | "expiresAt">, now: number): boolean;

/** The acting principal's scope as the transaction sees it; for guards inside `store.change`. */
export declare function actorScope(tx: Transaction, ctx: RequestContext): Promise<Scope>;

/** The acting principal's level as the transaction sees it. */
export declare function actorLevel(tx: Transaction, ctx: RequestContext): Promise<number>;
