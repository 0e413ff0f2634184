import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { ApiKey } from "./api-key.entity";
import { findApiKey } from "./api-key.queries";
import { ApiKeySecret } from "./api-key-secret.entity";
import { ApiKeyStatus, statusAt } from "./api-key-status";

/**
 * Makes a PENDING secret, which was just used for the first time, the key's ACTIVE one. The old one goes into its grace period,
 * which ends with the key at the latest, or is retired when there is none.
 *
 * Happens once, however many instances see the first use: does nothing to a secret that is no longer PENDING, nor to one whose
 * key cannot be used any more. So the caller has to judge the key anew.
 */
export async function promoteSecret(ctx: RequestContext, secretId: string): Promise<void> {
  await ctx.store.change(async (tx) => {
    const secret = await tx.findOneBy(ApiKeySecret, { id: secretId });
    if (secret?.state !== "PENDING") return;
    const now = ctx.clock.now();
    const key = await findApiKey(tx, secret.apiKeyId);
    if (key === null || statusAt(key, now) !== ApiKeyStatus.ACTIVE) return;
    const graceSeconds = secret.graceSeconds ?? 0;
    const expiresAt = new Date(
      Math.min(now + graceSeconds * 1000, key.expiresAt?.getTime() ?? Number.POSITIVE_INFINITY),
    );
    const state = graceSeconds > 0 ? "GRACE" : "RETIRED";
    await tx.update(ApiKeySecret, { apiKeyId: key.id, state: "ACTIVE" }, { state, expiresAt });
    await tx.update(ApiKeySecret, { id: secretId }, { state: "ACTIVE", firstUsedAt: new Date(now) });
    // The supplied GUID has had its time; what the key's token begins with is no edit, so the version stays.
    if (key.hasSuppliedValue) await tx.update(ApiKey, { id: key.id }, { hasSuppliedValue: false });
    await record(tx, ctx, {
      action: "apiKey.newSecretUsed",
      target: { kind: "apiKey", id: key.id, name: key.name },
      after: { oldSecret: state, oldSecretStopsAt: expiresAt },
    });
  });
}
