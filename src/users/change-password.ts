import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";
import { hashPassword, requirePassword, verifyPassword } from "./password";
import { PasswordReset } from "./password-reset.entity";
import { recordBadSignIn } from "./record-bad-sign-in";
import { requireSession } from "./require-session";
import { Session } from "./session.entity";
import { User } from "./user.entity";
import { UserStatus } from "./user-status";

/**
 * Replaces one's own password and ends every other session and an open reset of the user; keys are not touched.
 *
 * Throws BAD_USER_INPUT naming `current` or `next`. A wrong `current` counts as a bad sign-in, so a stolen session is no way to
 * try passwords; RATE_LIMITED while sign-ins are locked for it.
 */
export async function changePassword(ctx: RequestContext, current: string, next: string): Promise<void> {
  const { user: actor, sessionId } = requireSession(ctx);
  const user = await ctx.store.reader
    .createQueryBuilder(User, "user")
    .addSelect("user.passwordHash")
    .where("user.id = :id", { id: actor.id })
    .getOne();
  if (user === null) throw notFound("user");
  if (user.lockedUntil !== null && user.lockedUntil.getTime() > ctx.clock.now()) {
    throw new ServiceError("RATE_LIMITED", "Too many wrong passwords. Try again later.");
  }
  requirePassword(next, "next", user);
  const account = ctx.pepper.digest(nameKeyOf(user.email));
  await ctx.limits.take("signInAccount", account);
  if (!(await verifyPassword(user.passwordHash, current))) {
    await recordBadSignIn(ctx, user, "WRONG_PASSWORD");
    throw badInput("current", "is not your password");
  }
  await ctx.limits.giveBack("signInAccount", account);
  if (next === current) throw badInput("next", "must differ from the current password");
  const passwordHash = await hashPassword(next);
  await ctx.store.change(async (tx) => {
    const { affected } = await tx
      .createQueryBuilder()
      .update(User)
      .set({ passwordHash, failedSignIns: 0, updatedAt: new Date(ctx.clock.now()) })
      .where("id = :id AND passwordHash = :passwordHash AND status = :active", { ...user, active: UserStatus.ACTIVE })
      .andWhere("(lockedUntil IS NULL OR lockedUntil <= :now)", { now: new Date(ctx.clock.now()) })
      .execute();
    if (affected !== 1)
      throw new ServiceError("CONFLICT", "The password was changed, or the account locked, at the same moment.");
    await tx.delete(PasswordReset, { userId: user.id });
    await tx
      .createQueryBuilder()
      .delete()
      .from(Session)
      .where("userId = :userId AND id <> :sessionId", { userId: user.id, sessionId })
      .execute();
    await record(tx, ctx, { action: "user.changePassword", target: { kind: "user", id: user.id, name: user.email } });
  });
}
