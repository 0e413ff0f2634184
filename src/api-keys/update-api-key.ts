import { isDeepStrictEqual } from "node:util";
import type { ApiSet } from "../api-sets/api-set.entity";
import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { requireVersion } from "../kernel/require-version";
import { notFound } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";
import { type Actor, loadActor } from "../roles/load-actor";
import { readAccountSettings } from "../settings/account-settings.queries";
import { Unchanged } from "../store/unchanged";
import { loadUserAccess } from "../users/load-user-access";
import { ApiKey } from "./api-key.entity";
import type { UpdateApiKeyInput } from "./api-key.input";
import { ApiKeyApiSet } from "./api-key-api-set.entity";
import { apiKeySnapshot } from "./api-key-snapshot";
import { ApiKeyStatus, statusAt } from "./api-key-status";
import { boundApiSets } from "./bound-api-sets";
import { changedKeyExpiry } from "./key-expiry";
import { requireFreeKeyName, requireKey, requireNotRevoked } from "./key-guards";
import { requireMayRaise } from "./key-limits";
import { requireBindableSets, requireKeyGrants, requireSomePermission } from "./key-permissions";
import { readKeySettings } from "./key-settings";

/**
 * Changes everything of a key but its secret, from its next request on. Grants that are given, and sets that are new
 * to it, must be held by actor and owner now; those that are left alone are not judged again, since what a key does is bounded by its owner anyway. So a key
 * whose owner has lost something can still be renamed or narrowed. An edit that changes nothing moves no version and leaves no trail.
 */
export async function updateApiKey(ctx: RequestContext, id: string, input: UpdateApiKeyInput): Promise<ApiKey> {
  const settings = readKeySettings(input);
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USER_API_KEY"]);
    const key = await requireKey(ctx, tx, actor, id, "change");
    requireNotRevoked(key);
    requireVersion(input.version, key.version, "API key");
    if (settings.limits !== undefined) requireMayRaise(actor, key.limits, settings.limits);
    const boundBefore = await boundApiSets(tx, id);
    const { sets, grants } = await readPermissions(ctx, tx, actor, { ...key, sets: boundBefore }, input);
    requireSomePermission(sets ?? boundBefore, grants ?? key.grants);
    // Only what changes is written: the last use may be recorded at this very moment.
    const change = {
      ...settings,
      expiresAt: changedKeyExpiry(input, key.expiresAt, await readAccountSettings(tx), ctx.clock.now()),
      nameKey: nameKeyOf(settings.name ?? key.name),
      grants: grants ?? key.grants,
      version: key.version + 1,
    };
    const next = tx.create(ApiKey, { ...key, ...change });
    if (statusAt(next, ctx.clock.now()) !== ApiKeyStatus.EXPIRED) {
      await requireFreeKeyName(ctx, tx, { ownerId: key.ownerId, name: next.name, exceptId: id });
    }
    const before = apiKeySnapshot(key, idsOf(boundBefore));
    const after = apiKeySnapshot(next, idsOf(sets ?? boundBefore));
    if (isDeepStrictEqual(before, after)) return new Unchanged(key);
    await tx.update(ApiKey, { id: key.id }, change);
    if (sets !== undefined) {
      await tx.delete(ApiKeyApiSet, { apiKeyId: key.id });
      if (sets.length > 0)
        await tx.insert(
          ApiKeyApiSet,
          sets.map((set) => ({ apiKeyId: id, apiSetId: set.id })),
        );
    }
    await record(tx, ctx, {
      action: "apiKey.update",
      target: { kind: "apiKey", id, name: next.name },
      before,
      after,
    });
    return next;
  });
}

function idsOf(sets: readonly ApiSet[]): string[] {
  return sets.map(({ id }) => id);
}

/** The sets and grants that are given; undefined for what is left alone. */
async function readPermissions(
  ctx: RequestContext,
  tx: Transaction,
  actor: Actor,
  key: Pick<ApiKey, "ownerId" | "grants"> & { readonly sets: readonly ApiSet[] },
  input: UpdateApiKeyInput,
) {
  const { apiSetIds, grants } = input;
  const owner = await loadUserAccess(tx, ctx.index, key.ownerId);
  if (owner === null) throw notFound("user");
  const parties = { actor, owner };
  return {
    sets: apiSetIds === undefined ? undefined : await requireBindableSets(ctx, tx, parties, apiSetIds ?? [], key.sets),
    grants: grants === undefined ? undefined : await requireKeyGrants(ctx, tx, parties, grants ?? [], key.grants),
  };
}
