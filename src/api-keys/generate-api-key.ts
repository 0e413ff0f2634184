import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { badInput } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";
import { makeToken, newTokenId, normaliseGuid } from "../kernel/token";
import { loadActor } from "../roles/load-actor";
import { readAccountSettings } from "../settings/account-settings.queries";
import { ApiKey } from "./api-key.entity";
import type { GenerateApiKeyInput } from "./api-key.input";
import { ApiKeyApiSet } from "./api-key-api-set.entity";
import { apiKeySnapshot } from "./api-key-snapshot";
import { insertSecret } from "./insert-secret";
import { newKeyExpiry } from "./key-expiry";
import { requireFreeKeyName, requireKeyOwner } from "./key-guards";
import { requireMayRaise } from "./key-limits";
import { allFieldsWarnings, requireBindableSets, requireKeyGrants, requireSomePermission } from "./key-permissions";
import { readKeySettings } from "./key-settings";
import { OnDenied } from "./on-denied";
import { weakValueWarnings } from "./weak-value";

/** A new key with its token, which is kept nowhere. */
export interface GeneratedApiKey {
  readonly apiKey: ApiKey;
  readonly token: string;
  readonly warnings: readonly string[];
}

/** The GUIDs that RFC 9562 gives a meaning of their own; everybody would try them first. */
const GUESSABLE = /^([0f])(?:-?\1)+$/;

/**
 * Generates a key for the actor, or for a bot or non-employee whom the actor administers. Stores the token's digest only.
 *
 * Throws BAD_USER_INPUT naming the field, CONFLICT for a taken name or a value that was ever used, NOT_FOUND for unknown sets or
 * users, FORBIDDEN naming the authority, OUT_OF_SCOPE for what actor or owner do not hold now.
 */
export async function generateApiKey(ctx: RequestContext, input: GenerateApiKeyInput): Promise<GeneratedApiKey> {
  const now = ctx.clock.now();
  const settings = readKeySettings(input);
  const supplied = input.value == null ? null : readValue(input.value);
  const id = newTokenId();
  const token = supplied ?? makeToken("live", id);
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USER_API_KEY"]);
    requireMayRaise(actor, null, settings.limits ?? null);
    const expiresAt = newKeyExpiry(input, await readAccountSettings(tx), now);
    const owner = await requireKeyOwner(ctx, tx, actor, input.forUserId);
    const parties = { actor, owner };
    const sets = await requireBindableSets(ctx, tx, parties, input.apiSetIds ?? []);
    const grants = await requireKeyGrants(ctx, tx, parties, input.grants ?? []);
    requireSomePermission(sets, grants);
    const name = settings.name ?? "";
    await requireFreeKeyName(ctx, tx, { ownerId: owner.user.id, name, exceptId: null });
    const apiKey = tx.create(ApiKey, {
      id,
      ownerId: owner.user.id,
      name,
      nameKey: nameKeyOf(name),
      description: settings.description ?? null,
      isEnabled: true,
      expiresAt,
      revokedAt: null,
      revokedById: null,
      application: settings.application ?? null,
      deviceId: settings.deviceId ?? null,
      allowedIps: settings.allowedIps ?? null,
      onDenied: settings.onDenied ?? OnDenied.ERROR,
      callsPerMinute: settings.callsPerMinute ?? null,
      limits: settings.limits ?? null,
      grants,
      hasSuppliedValue: supplied !== null,
      version: 1,
      createdAt: new Date(now),
      createdById: actor.userId,
      lastUsedAt: null,
      lastUsedIp: null,
      lastUsedClient: null,
      retiredSecretUsedAt: null,
    });
    await tx.insert(ApiKey, apiKey);
    if (sets.length > 0)
      await tx.insert(
        ApiKeyApiSet,
        sets.map((set) => ({ apiKeyId: id, apiSetId: set.id })),
      );
    await insertSecret(ctx, tx, token, { apiKeyId: id, state: "ACTIVE", graceSeconds: null });
    const apiSetIds = sets.map((set) => set.id);
    const after = { ownerId: apiKey.ownerId, ...apiKeySnapshot(apiKey, apiSetIds) };
    await record(tx, ctx, { action: "apiKey.generate", target: { kind: "apiKey", id, name }, after });
    const warnings = allFieldsWarnings([...grants, ...sets.flatMap((set) => set.grants)]);
    if (supplied !== null) warnings.push(...weakValueWarnings(supplied));
    return { apiKey, token, warnings };
  });
}

function readValue(value: string): string {
  const guid = normaliseGuid(value.trim());
  if (guid === null) {
    throw badInput("input.value", "must be a GUID, e.g. 3f2504e0-4f89-41d3-9a0c-0305e82c3301, with or without braces");
  }
  if (GUESSABLE.test(guid)) throw badInput("input.value", "must not be the nil or max GUID, which anybody would guess");
  return guid;
}
