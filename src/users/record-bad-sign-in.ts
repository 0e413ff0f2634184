import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { isAccountUsable } from "../roles/account-state";
import { lastingOwners } from "../roles/require-owner";
import { User } from "./user.entity";
import { UserStatus } from "./user-status";

/** Why a sign-in was refused; for the audit trail only. */
export type SignInFault = "UNKNOWN_EMAIL" | "WRONG_PASSWORD" | "LOCKED" | "DISABLED" | "EXPIRED" | "CHANGED_MEANWHILE";

const MOST_BAD_PASSWORDS = 10;
const LOCK_MINUTES = 15;

/**
 * Records a refused sign-in, counts it when it was a wrong password, and locks the account at the tenth in a row for 15
 * minutes. Sign-ins at the same moment are all counted, and lock once.
 */
export async function recordBadSignIn(ctx: RequestContext, user: User | null, fault: SignInFault): Promise<void> {
  // An account without a password has none to guess: strangers must not be able to lock a bot, and with it the bot's keys.
  const counts = user !== null && user.passwordHash !== null && fault === "WRONG_PASSWORD";
  const bad = await ctx.store.transaction(async (tx) => {
    // Runs for nobody's id too, so that an unknown email takes as long as a known one.
    await tx
      .createQueryBuilder()
      .update(User)
      .set({ failedSignIns: () => "failedSignIns + 1" })
      .where("id = :id", { id: counts ? user.id : "" })
      .execute();
    await record(tx, ctx, {
      action: "session.signInFailed",
      severity: "WARNING",
      ...(user && { target: { kind: "user", id: user.id, name: user.email } }),
      after: { reason: fault },
    });
    return counts ? ((await readById(tx, user.id))?.failedSignIns ?? 0) : 0;
  });
  if (counts && bad >= MOST_BAD_PASSWORDS) await lock(ctx, user.id);
}

/**
 * The last usable account owner is not locked, or anyone who knows the address could stop the account's administration and keys;
 * their sign-ins alone are refused for the same time.
 */
async function lock(ctx: RequestContext, userId: string): Promise<void> {
  await ctx.store.change(async (tx) => {
    const now = ctx.clock.now();
    const user = await readById(tx, userId);
    // Another sign-in may have locked it, reset the count or found it disabled in the meantime.
    if (user === null || user.failedSignIns < MOST_BAD_PASSWORDS || !isAccountUsable(user, now)) return;
    const owners = await lastingOwners(tx, now);
    const isLastOwner = owners.length === 1 && owners[0]?.id === userId;
    const status = isLastOwner ? UserStatus.ACTIVE : UserStatus.LOCKED;
    const lockedUntil = new Date(now + LOCK_MINUTES * 60_000);
    await tx.update(User, { id: userId }, { status, lockedUntil, failedSignIns: 0, updatedAt: new Date(now) });
    await record(tx, ctx, {
      action: "user.lock",
      severity: "WARNING",
      target: { kind: "user", id: user.id, name: user.email },
      before: { status: user.status },
      after: { status, lockedUntil, reason: `${MOST_BAD_PASSWORDS} bad passwords in a row` },
    });
  });
}

function readById(tx: Transaction, id: string): Promise<User | null> {
  return tx.createQueryBuilder(User, "user").where("user.id = :id", { id }).getOne();
}
