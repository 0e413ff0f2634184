import type { EntityManager } from "typeorm";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";
import { makeToken, newTokenId } from "../kernel/token";
import { addressSubject } from "../rate-limits/address-subject";
import { isAccountUsable } from "../roles/account-state";
import { verifyPassword } from "./password";
import { recordBadSignIn, type SignInFault } from "./record-bad-sign-in";
import { Session } from "./session.entity";
import { User } from "./user.entity";
import { UserStatus } from "./user-status";

const SESSION_HOURS = 12;
const LONGEST_EMAIL = 254;

/** What a sign-in hands out; the only time the token is seen. */
export interface SignedIn {
  readonly sessionToken: string;
  readonly user: User;
}

/**
 * Begins a session of twelve hours, absolute, and sets its cookie.
 *
 * Throws the same UNAUTHENTICATED, at the cost of one password verification, for an unknown email, a wrong password and an
 * account that is disabled, locked or expired: nothing tells whether an account exists. The audit trail knows which it was.
 *
 * Throws RATE_LIMITED, before anything is looked up, after too many failures from one address or for one email, whether that
 * has an account or not.
 */
export async function signIn(ctx: RequestContext, email: string, password: string): Promise<SignedIn> {
  const attempt = await countAttempt(ctx, email);
  const user = await findByEmail(ctx.store.reader.manager, email);
  const matches = await verifyPassword(user?.passwordHash ?? null, password);
  const fault = faultOf(user, matches, ctx.clock.now());
  const begun = user !== null && fault === null ? await beginSession(ctx, user) : null;
  if (begun === null) {
    await recordBadSignIn(ctx, user, fault ?? "CHANGED_MEANWHILE");
    throw new ServiceError("UNAUTHENTICATED", "The email or the password is wrong, or the account cannot be used.");
  }
  await attempt.succeeded();
  ctx.session.set(begun.token, begun.expiresAt);
  return { sessionToken: begun.token, user: begun.user };
}

/**
 * Counts before the password is looked at, so that attempts at the same moment count too; every field of a document is one. The
 * address comes first: what it is refused does not count against the account.
 */
async function countAttempt({ limits, origin, pepper }: RequestContext, email: string) {
  const address = addressSubject(origin.ip);
  // Any text may be given as an email, and what people typed is not to be kept.
  const account = pepper.digest(nameKeyOf(email.trim()));
  await limits.take("signInAddress", address);
  await limits.take("signInAccount", account);
  return {
    async succeeded(): Promise<void> {
      await limits.giveBack("signInAddress", address);
      await limits.giveBack("signInAccount", account);
    },
  };
}

async function findByEmail(manager: EntityManager, email: string): Promise<User | null> {
  if (email.length > LONGEST_EMAIL) return null;
  return manager
    .createQueryBuilder(User, "user")
    .addSelect("user.passwordHash")
    .where("user.emailKey = :emailKey", { emailKey: nameKeyOf(email.trim()) })
    .getOne();
}

function faultOf(user: User | null, matches: boolean, now: number): SignInFault | null {
  if (user === null) return "UNKNOWN_EMAIL";
  if (user.lockedUntil !== null && user.lockedUntil.getTime() > now) return "LOCKED";
  if (!isAccountUsable(user, now)) return user.status === UserStatus.ACTIVE ? "EXPIRED" : user.status;
  return matches ? null : "WRONG_PASSWORD";
}

interface Begun {
  readonly token: string;
  readonly expiresAt: Date;
  readonly user: User;
}

/** Null when the password or status has changed since it was judged. */
async function beginSession(ctx: RequestContext, user: User): Promise<Begun | null> {
  const id = newTokenId();
  const token = makeToken("sess", id);
  const now = new Date(ctx.clock.now());
  const expiresAt = new Date(now.getTime() + SESSION_HOURS * 3_600_000);
  const work = async (tx: Transaction): Promise<Begun | null> => {
    const content = { status: UserStatus.ACTIVE, failedSignIns: 0, lockedUntil: null, lastSignInAt: now };
    const { affected } = await tx
      .createQueryBuilder()
      .update(User)
      .set(content)
      .where("id = :id AND passwordHash = :passwordHash AND status = :status", user)
      .execute();
    if (affected !== 1) return null;
    await tx
      .createQueryBuilder()
      .delete()
      .from(Session)
      .where("userId = :userId AND expiresAt <= :now", { userId: user.id, now })
      .execute();
    await tx.insert(Session, {
      id,
      userId: user.id,
      digest: ctx.pepper.digest(token),
      pepperVersion: ctx.pepper.version,
      createdAt: now,
      expiresAt,
      ip: ctx.origin.ip,
      client: ctx.origin.client,
    });
    const target = { kind: "user", id: user.id, name: user.email };
    await record(tx, ctx, { action: "session.signIn", target, after: { sessionId: id, expiresAt } });
    return { token, expiresAt, user: { ...user, ...content, passwordHash: null } };
  };
  // A lock that has passed is lifted here, which changes the status that others have cached.
  return user.status === UserStatus.ACTIVE ? ctx.store.transaction(work) : ctx.store.change(work);
}
