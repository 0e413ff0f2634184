import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { loadActor } from "../roles/load-actor";
import { requireOwnerRemains } from "../roles/require-owner";
import { Unchanged } from "../store/unchanged";
import { requireOther, requireTarget } from "./guards";
import { PasswordReset } from "./password-reset.entity";
import { Session } from "./session.entity";
import { User } from "./user.entity";
import { UserStatus } from "./user-status";

/**
 * Disables, locks or enables a user who does not rank above the actor. Disabled or locked, the user's keys stop on the next
 * request, and sessions and password resets, of the user or opened by them, end for good; set ACTIVE again, bad passwords are forgotten and keys that were not revoked work again.
 *
 * What is so already changes nothing, neither version nor audit trail. A lock set here lasts until somebody lifts it, unlike one after bad passwords. Throws NOT_FOUND, FORBIDDEN for rank or one's
 * own account, CONFLICT when no usable account owner would remain.
 */
export async function setUserStatus(ctx: RequestContext, id: string, status: UserStatus): Promise<User> {
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USERS"]);
    const { user } = await requireTarget(tx, ctx, actor, id);
    if (status !== UserStatus.ACTIVE) requireOther(actor, user.id, status === UserStatus.DISABLED ? "disable" : "lock");
    if (await isSo(tx, user, status)) return new Unchanged(user);
    const content = {
      status,
      failedSignIns: 0,
      lockedUntil: null,
      version: user.version + 1,
      updatedAt: new Date(ctx.clock.now()),
    };
    await tx.update(User, { id: user.id }, content);
    if (status !== UserStatus.ACTIVE) {
      await tx.delete(Session, { userId: user.id });
      await tx.delete(PasswordReset, [{ userId: user.id }, { createdById: user.id }]);
    }
    await requireOwnerRemains(tx, ctx);
    await record(tx, ctx, {
      action: "user.setStatus",
      target: { kind: "user", id: user.id, name: user.email },
      before: { status: user.status, lockedUntil: user.lockedUntil },
      after: { status, lockedUntil: null },
    });
    return { ...user, ...content };
  });
}

/** Whether there is nothing left to do: no bad password to forget, no session or password reset to end. */
async function isSo(tx: Transaction, user: User, status: UserStatus): Promise<boolean> {
  if (user.status !== status || user.lockedUntil !== null || user.failedSignIns > 0) return false;
  if (status === UserStatus.ACTIVE) return true;
  if (await tx.existsBy(Session, { userId: user.id })) return false;
  return !(await tx.existsBy(PasswordReset, [{ userId: user.id }, { createdById: user.id }]));
}
