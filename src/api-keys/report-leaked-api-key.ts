import { MoreThan } from "typeorm";
import type { AuditAction } from "../audit/audit-actions";
import { AuditEvent } from "../audit/audit-event.entity";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { addressSubject } from "../rate-limits/address-subject";
import { PasswordReset } from "../users/password-reset.entity";
import { Session } from "../users/session.entity";
import { ApiKey } from "./api-key.entity";
import type { ApiKeySecret } from "./api-key-secret.entity";
import { findLeaked, type Leaked } from "./find-leaked";
import { QUIET_MS } from "./note-retired-use";
import { secretStateAt } from "./secret-state";

const KEY_LEAKED = "apiKey.leakReported";

/**
 * Ends what a leaked token belongs to, from its next request on: the key, whichever of its secrets that still works or may come
 * to work was found, also while the key is disabled or expired, since these could come back; the session; or the open password
 * reset. A retired secret opens nothing, so its key goes on, and the trail has a warning, once in a minute however often it is
 * reported: whoever kept one must neither fill the trail nor move the epoch at will.
 *
 * Anybody may report, so nothing is answered: not whether the text was a token, nor of what. Throws RATE_LIMITED by address.
 */
export async function reportLeakedApiKey(ctx: RequestContext, token: string): Promise<void> {
  await ctx.limits.take("leakReport", addressSubject(ctx.origin.ip));
  const found = await findLeaked(ctx.store.reader.manager, ctx.pepper, token);
  if (!isOpen(found)) return;
  const { secret: known } = found;
  // For ever, so that nothing can have changed about it by the time that it is recorded.
  if (known?.apiKey && secretStateAt(known, ctx.clock.now()) === "RETIRED") {
    return warnOfRetired(ctx, known, known.apiKey);
  }
  await ctx.store.change(async (tx) => {
    // Others may have ended it, or rotated, since it was found.
    const { secret, session, reset } = await findLeaked(tx, ctx.pepper, token);
    if (secret?.apiKey) await endKey(tx, ctx, secret, secret.apiKey);
    if (session) {
      await tx.delete(Session, { id: session.id });
      await recordUserLeak(tx, ctx, "session.leakReported", session, { sessionId: session.id });
    }
    if (reset) {
      await tx.delete(PasswordReset, { userId: reset.userId });
      await recordUserLeak(tx, ctx, "user.passwordResetLeakReported", reset, { expiresAt: reset.expiresAt });
    }
  });
}

/** Whether there is anything to end or to warn of: who repeats a report is not to move the epoch each time. */
function isOpen({ secret, session, reset }: Leaked): boolean {
  return secret?.apiKey?.revokedAt === null || session !== null || reset !== null;
}

async function endKey(tx: Transaction, ctx: RequestContext, secret: ApiKeySecret, key: ApiKey): Promise<void> {
  if (key.revokedAt !== null) return;
  const now = ctx.clock.now();
  const secretState = secretStateAt(secret, now);
  const revoked = secretState !== "RETIRED";
  if (revoked) {
    const change = { revokedAt: new Date(now), revokedById: null, version: key.version + 1 };
    await tx.update(ApiKey, { id: key.id }, change);
  }
  await recordKeyLeak(tx, ctx, key, { ownerId: key.ownerId, secretId: secret.id, secretState, revoked });
}

async function warnOfRetired(ctx: RequestContext, secret: ApiKeySecret, key: ApiKey): Promise<void> {
  const quietSince = new Date(ctx.clock.now() - QUIET_MS);
  await ctx.store.transaction(async (tx) => {
    const isNoted = await tx.existsBy(AuditEvent, { targetId: key.id, action: KEY_LEAKED, at: MoreThan(quietSince) });
    if (isNoted) return;
    const after = { ownerId: key.ownerId, secretId: secret.id, secretState: "RETIRED", revoked: false };
    await recordKeyLeak(tx, ctx, key, after);
  });
}

async function recordKeyLeak(
  tx: Transaction,
  ctx: RequestContext,
  key: ApiKey,
  after: { readonly revoked: boolean; readonly [fact: string]: unknown },
): Promise<void> {
  await record(tx, ctx, {
    action: KEY_LEAKED,
    severity: after.revoked ? "HIGH" : "WARNING",
    target: { kind: "apiKey", id: key.id, name: key.name },
    after,
  });
}

async function recordUserLeak(
  tx: Transaction,
  ctx: RequestContext,
  action: AuditAction,
  { userId, user }: Pick<Session, "userId" | "user">,
  before: object,
): Promise<void> {
  await record(tx, ctx, { action, severity: "HIGH", target: { kind: "user", id: userId, name: user?.email }, before });
}
