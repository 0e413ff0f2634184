import type { ApiKey } from "../../api-keys/api-key.entity";
import type { ApiKeySecret } from "../../api-keys/api-key-secret.entity";
import { ApiKeyStatus, statusAt } from "../../api-keys/api-key-status";
import { findLeaked } from "../../api-keys/find-leaked";
import { secretStateAt } from "../../api-keys/secret-state";
import type { RequestContext } from "../../context";
import { type AccountState, isAccountUsable } from "../../roles/account-state";

/** What a token that was found is worth in this installation. */
export interface Judgement {
  /** Whether it opens anything now. */
  readonly isLive: boolean;
  /** For the operator, e.g. `API key "Payroll" of ann@example.com: live`. */
  readonly text: string;
}

/** Judges a token by look-ups in the database that the command was given; it goes nowhere else. */
export async function judgeToken(ctx: RequestContext, token: string): Promise<Judgement> {
  const now = ctx.clock.now();
  const { secret, session, reset } = await findLeaked(ctx.store.reader.manager, ctx.pepper, token);
  const key = secret?.apiKey;
  if (secret && key?.owner) {
    const state = keyState(secret, key, key.owner, now);
    return { isLive: state === "live", text: `API key "${key.name}" of ${key.owner.email}: ${state}` };
  }
  if (session?.user) {
    const isLive = session.expiresAt.getTime() > now && isAccountUsable(session.user, now);
    return { isLive, text: `session of ${session.user.email}: ${isLive ? "live" : "expired"}` };
  }
  if (reset?.user) {
    const isLive = reset.expiresAt.getTime() > now;
    return { isLive, text: `password reset of ${reset.user.email}: ${isLive ? "live" : "expired"}` };
  }
  return { isLive: false, text: "not of this installation" };
}

function keyState(secret: ApiKeySecret, key: ApiKey, owner: AccountState, now: number): string {
  const status = statusAt(key, now);
  if (status === ApiKeyStatus.REVOKED) return "revoked";
  if (secretStateAt(secret, now) === "RETIRED") return "retired";
  if (status !== ApiKeyStatus.ACTIVE) return status.toLowerCase();
  return isAccountUsable(owner, now) ? "live" : "disabled with its owner";
}
