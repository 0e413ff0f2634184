import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { makeToken, newTokenId } from "../kernel/token";
import { loadActor } from "../roles/load-actor";
import { PasswordReset } from "./password-reset.entity";
import { requireMayActAs } from "./require-may-act-as";

const RESET_HOURS = 24;

/** What is handed to the user; the only time the token is seen. */
export interface OpenedReset {
  readonly token: string;
  readonly expiresAt: Date;
}

/**
 * Opens a password reset for a user, for 24 hours; one that was open before ends. Nothing else changes until it is used.
 *
 * Whoever makes the token could use it, so the actor must be allowed to act as the user: see `requireMayActAs`. This is judged once
 * more when the token is used.
 *
 * Throws NOT_FOUND, FORBIDDEN for rank, OUT_OF_SCOPE with `details.missing`.
 */
export async function createPasswordReset(ctx: RequestContext, userId: string): Promise<OpenedReset> {
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USERS"]);
    const { user } = await requireMayActAs(tx, ctx, actor, userId, "userId");
    const token = makeToken("rset", newTokenId());
    const createdAt = new Date(ctx.clock.now());
    const expiresAt = new Date(createdAt.getTime() + RESET_HOURS * 3_600_000);
    await tx.delete(PasswordReset, { userId: user.id });
    const digest = ctx.pepper.digest(token);
    await tx.insert(PasswordReset, {
      userId: user.id,
      createdById: actor.userId,
      digest,
      pepperVersion: ctx.pepper.version,
      createdAt,
      expiresAt,
    });
    const target = { kind: "user", id: user.id, name: user.email };
    await record(tx, ctx, { action: "user.createPasswordReset", severity: "WARNING", target, after: { expiresAt } });
    return { token, expiresAt };
  });
}
