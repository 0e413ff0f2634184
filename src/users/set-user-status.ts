import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { loadActor } from "../roles/load-actor";
import { requireOwnerRemains } from "../roles/require-owner";
import { requireOther, requireTarget } from "./guards";
import { PasswordReset } from "./password-reset.entity";
import { Session } from "./session.entity";
import { User } from "./user.entity";
import { UserStatus } from "./user-status";

/**
 * Disables, locks or enables a user who does not rank above the actor. Disabled or locked, the user's keys stop on the next
 * request, and sessions and password resets, of the user or opened by them, end for good; set ACTIVE again, bad passwords are forgotten and keys that were not revoked work again.
 *
 * A lock set here lasts until somebody lifts it, unlike one after bad passwords. Throws NOT_FOUND, FORBIDDEN for rank or one's
 * own account, CONFLICT when no usable account owner would remain.
 */
export async function setUserStatus(ctx: RequestContext, id: string, status: UserStatus): Promise<User> {
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USERS"]);
    const { user } = await requireTarget(tx, ctx, actor, id);
    if (status !== UserStatus.ACTIVE) requireOther(actor, user.id, status === UserStatus.DISABLED ? "disable" : "lock");
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
