import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { ApiKey } from "./api-key.entity";
import type { VerifiedKey } from "./verify-key";

/** One event per key and this time, so that whoever holds a retired secret cannot flood the trail. */
export const QUIET_MS = 60_000;

/**
 * Records that a secret of this key was tried which no longer works: somebody kept it, or it was copied before the rotation. An
 * event of high severity and a mark on the key, unless another instance has written both within the last minute. What anybody
 * may do does not change, so the epoch stays.
 */
export async function noteRetiredUse(
  ctx: RequestContext,
  key: Pick<VerifiedKey, "id" | "name" | "secret">,
): Promise<void> {
  const now = ctx.clock.now();
  await ctx.store.transaction(async (tx) => {
    const { affected } = await tx
      .createQueryBuilder()
      .update(ApiKey)
      .set({ retiredSecretUsedAt: new Date(now) })
      .where("id = :id AND (retiredSecretUsedAt IS NULL OR retiredSecretUsedAt <= :quietSince)", {
        id: key.id,
        quietSince: new Date(now - QUIET_MS),
      })
      .execute();
    if (affected !== 1) return;
    await record(tx, ctx, {
      action: "apiKey.retiredSecretUsed",
      severity: "HIGH",
      target: { kind: "apiKey", id: key.id, name: key.name },
      after: { secretId: key.secret.id },
    });
  });
  ctx.log.warn({ apiKeyId: key.id }, "a retired secret of an API key was used");
}
