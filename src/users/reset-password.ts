import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { parseToken } from "../kernel/token";
import { addressSubject } from "../rate-limits/address-subject";
import { loadActorOf, operatorActor } from "../roles/load-actor";
import { hashPassword, requirePassword } from "./password";
import { PasswordReset } from "./password-reset.entity";
import { requireMayActAs } from "./require-may-act-as";
import { Session } from "./session.entity";
import { User } from "./user.entity";
import { UserStatus } from "./user-status";

/**
 * Sets a new password with the token of a password reset, which is then used up, and ends every session of the user. A lock-out
 * after bad passwords is lifted; an account that an administrator disabled or locked stays so, and its keys are not touched.
 *
 * Throws one UNAUTHENTICATED for a token that is malformed, unknown, used, expired, or whose maker could not open it now;
 * BAD_USER_INPUT naming `next`, which leaves the
 * token usable, and RATE_LIMITED after too many wrong tokens from one address.
 */
export async function resetPassword(ctx: RequestContext, token: string, next: string): Promise<void> {
  const address = addressSubject(ctx.origin.ip);
  await ctx.limits.take("signInAddress", address);
  const user = await findUser(ctx, token);
  if (user === null) throw unusable();
  requirePassword(next, "next", user);
  const passwordHash = await hashPassword(next);
  await ctx.store.change(async (tx) => {
    const now = new Date(ctx.clock.now());
    const digest = ctx.pepper.digest(token);
    const reset = await tx.findOneBy(PasswordReset, { digest });
    if (reset === null) throw unusable();
    await requireMaker(tx, ctx, reset);
    const { affected } = await tx
      .createQueryBuilder()
      .delete()
      .from(PasswordReset)
      .where("digest = :digest AND expiresAt > :now", { digest, now })
      .execute();
    if (affected !== 1) throw unusable();
    await setPassword(tx, user.id, passwordHash, now);
    await tx.delete(Session, { userId: user.id });
    const target = { kind: "user", id: user.id, name: user.email };
    await record(tx, ctx, { action: "user.resetPassword", severity: "WARNING", target });
  });
  await ctx.limits.giveBack("signInAddress", address);
}

function unusable(): ServiceError {
  return new ServiceError("UNAUTHENTICATED", "The reset token is malformed, unknown, used or expired.");
}

/** What the maker was allowed a day ago may be wrong by now: either of the two may have lost or gained something since. */
async function requireMaker(tx: Transaction, ctx: RequestContext, reset: PasswordReset): Promise<void> {
  const { userId, createdById } = reset;
  try {
    const maker = createdById === null ? operatorActor(ctx) : await loadActorOf(tx, ctx, createdById, ["MANAGE_USERS"]);
    await requireMayActAs(tx, ctx, maker, userId, "token");
  } catch (error) {
    // Why is nothing that whoever has the token needs to learn.
    throw error instanceof ServiceError ? unusable() : error;
  }
}

async function findUser(ctx: RequestContext, token: string): Promise<User | null> {
  if (parseToken(token)?.prefix !== "rset") return null;
  const reset = await ctx.store.reader
    .createQueryBuilder(PasswordReset, "reset")
    .innerJoinAndSelect("reset.user", "user")
    .where("reset.digest = :digest", { digest: ctx.pepper.digest(token) })
    .getOne();
  return reset?.user && reset.expiresAt.getTime() > ctx.clock.now() ? reset.user : null;
}

async function setPassword(tx: Transaction, id: string, passwordHash: string, now: Date): Promise<void> {
  const user = await tx.createQueryBuilder(User, "user").where("user.id = :id", { id }).getOneOrFail();
  const isLockedOut = user.status === UserStatus.LOCKED && user.lockedUntil !== null;
  await tx.update(
    User,
    { id },
    {
      passwordHash,
      failedSignIns: 0,
      lockedUntil: null,
      status: isLockedOut ? UserStatus.ACTIVE : user.status,
      updatedAt: now,
    },
  );
}
