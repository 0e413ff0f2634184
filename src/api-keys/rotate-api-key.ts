import { setTimeout as delay } from "node:timers/promises";
import { MoreThan, Not } from "typeorm";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import { makeToken } from "../kernel/token";
import { type Actor, loadActor } from "../roles/load-actor";
import { isUsable, loadUserAccess } from "../users/load-user-access";
import { ApiKey } from "./api-key.entity";
import { ApiKeySecret } from "./api-key-secret.entity";
import { ApiKeyStatus, statusAt } from "./api-key-status";
import { boundApiSets } from "./bound-api-sets";
import type { GeneratedApiKey } from "./generate-api-key";
import { insertSecret } from "./insert-secret";
import { requireKey } from "./key-guards";
import { allFieldsWarnings, requireHeldByAll } from "./key-permissions";
import { secretStateAt } from "./secret-state";

const LONGEST_GRACE_SECONDS = 30 * 86_400;

/**
 * For so long a rotation looks out for others of the same key. Without it, a request that is read from the socket in one go with
 * another would only begin when that one has ended, and cancel the token of which nobody has read the reply yet.
 */
const AT_ONCE_MS = 50;

/**
 * Gives a key a new secret. The old one goes on until the new one is first used, and from then on for `graceSeconds`: see
 * promote-secret.ts. Two secrets live at most, so a rotation cancels a new secret that was never used, and an older one that is
 * still in its grace period.
 *
 * Of several rotations at once, one wins and the others throw CONFLICT: a secret came into being since they arrived. CONFLICT too
 * for a key that cannot be used now; OUT_OF_SCOPE when actor or owner no longer hold all that the key has.
 */
export async function rotateApiKey(ctx: RequestContext, id: string, graceSeconds: number): Promise<GeneratedApiKey> {
  if (graceSeconds < 0 || graceSeconds > LONGEST_GRACE_SECONDS) {
    throw badInput("graceSeconds", `must be from 0 to ${LONGEST_GRACE_SECONDS} (30 days)`);
  }
  // Secrets are never deleted, so their number tells whether there was a rotation.
  const seen = await ctx.store.reader.manager.countBy(ApiKeySecret, { apiKeyId: id });
  await delay(AT_ONCE_MS);
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USER_API_KEY"]);
    const key = await requireKey(ctx, tx, actor, id, "rotate");
    requireActive(key, ctx.clock.now());
    const isOvertaken = (await tx.countBy(ApiKeySecret, { apiKeyId: key.id })) !== seen;
    if (isOvertaken || (await hasSecretSince(tx, key, ctx.origin.receivedAt))) {
      throw new ServiceError("CONFLICT", "This API key is being rotated by somebody else at this moment.");
    }
    const grants = await requireCeiling(ctx, tx, actor, key);
    const endedEarly = await endOtherSecrets(ctx, tx, key);
    const token = makeToken("live", key.id);
    await insertSecret(ctx, tx, token, { apiKeyId: key.id, state: "PENDING", graceSeconds });
    const version = key.version + 1;
    await tx.update(ApiKey, { id: key.id }, { version });
    await record(tx, ctx, {
      action: "apiKey.rotate",
      target: { kind: "apiKey", id: key.id, name: key.name },
      after: { graceSeconds, endedEarly },
    });
    const warnings = [...allFieldsWarnings(grants), ...endedEarly.map((state) => `ENDED_EARLY: ${state}`)];
    return { apiKey: tx.create(ApiKey, { ...key, version }), token, warnings };
  });
}

/** Whether another rotation ended while this one was being authenticated, which may take longer than looking out for it does. */
async function hasSecretSince(tx: Transaction, key: ApiKey, since: number | undefined): Promise<boolean> {
  if (since === undefined) return false;
  return tx.existsBy(ApiKeySecret, { apiKeyId: key.id, createdAt: MoreThan(new Date(since)) });
}

function requireActive(key: ApiKey, now: number): void {
  const status = statusAt(key, now);
  if (status === ApiKeyStatus.ACTIVE) return;
  throw new ServiceError("CONFLICT", `This API key is ${status.toLowerCase()}: only a usable key can be rotated.`);
}

/** A rotation hands out what the key can do once more, so it is judged like the generation of the key. Returns its grants. */
async function requireCeiling(ctx: RequestContext, tx: Transaction, actor: Actor, key: ApiKey) {
  const owner = await loadUserAccess(tx, ctx.index, key.ownerId);
  if (owner === null) throw notFound("user");
  if (!isUsable(owner, ctx.clock.now())) {
    throw new ServiceError("CONFLICT", "The owner of the key is disabled, locked or expired.");
  }
  const sets = await boundApiSets(tx, key.id);
  const grants = [...key.grants, ...sets.flatMap((set) => set.grants)];
  requireHeldByAll(ctx, { actor, owner }, grants, "id");
  return grants;
}

/** Retires every secret but the active one; returns the states of those that still worked. */
async function endOtherSecrets(ctx: RequestContext, tx: Transaction, key: ApiKey): Promise<string[]> {
  const now = ctx.clock.now();
  const secrets = await tx.findBy(ApiKeySecret, { apiKeyId: key.id, state: Not("RETIRED") });
  const others = secrets.filter((secret) => secret.state !== "ACTIVE");
  for (const { id, expiresAt } of others) {
    const endedAt = expiresAt !== null && expiresAt.getTime() <= now ? expiresAt : new Date(now);
    await tx.update(ApiKeySecret, { id }, { state: "RETIRED", expiresAt: endedAt });
  }
  return others.map((secret) => secretStateAt(secret, now)).filter((state) => state !== "RETIRED");
}
