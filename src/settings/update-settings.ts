import { isDeepStrictEqual } from "node:util";
import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { requireVersion } from "../kernel/require-version";
import { badInput } from "../kernel/service-error";
import { loadActor } from "../roles/load-actor";
import { Unchanged } from "../store/unchanged";
import { AccountSettings } from "./account-settings.entity";
import { type ApiKeyPolicy, readAccountSettings } from "./account-settings.queries";
import type { UpdateSettingsInput } from "./settings.input";

/** Ten years: whoever wants longer says that keys may never expire, so that it is a decision and not a typing error. */
const LONGEST_LIFETIME_DAYS = 3_660;

/**
 * Changes the account's settings. A new policy is for keys that are made or given another expiry from now on; the expiry of no
 * key moves by it. What is so already changes nothing, neither version nor audit trail. Throws BAD_USER_INPUT naming the field, CONFLICT for a stale version.
 */
export async function updateSettings(ctx: RequestContext, input: UpdateSettingsInput): Promise<AccountSettings> {
  return ctx.store.change(async (tx) => {
    await loadActor(tx, ctx, ["MANAGE_SETTINGS"]);
    const settings = await readAccountSettings(tx);
    requireVersion(input.version, settings.version, "account's settings");
    const policy = readPolicy(input, settings);
    if (isDeepStrictEqual(policy, policyOf(settings))) return new Unchanged(settings);
    const change = { ...policy, version: settings.version + 1, updatedAt: new Date(ctx.clock.now()) };
    await tx.update(AccountSettings, { id: settings.id }, change);
    await record(tx, ctx, { action: "settings.update", before: policyOf(settings), after: policy });
    return tx.create(AccountSettings, { ...settings, ...change });
  });
}

/** The policy as it is to be; each bound is judged by what is given, and by what stays where one of the two is. */
function readPolicy(input: UpdateSettingsInput, present: ApiKeyPolicy): ApiKeyPolicy {
  const policy: ApiKeyPolicy = {
    apiKeyDefaultLifetimeDays: input.apiKeyDefaultLifetimeDays ?? present.apiKeyDefaultLifetimeDays,
    apiKeyMaximumLifetimeDays: input.apiKeyMaximumLifetimeDays ?? present.apiKeyMaximumLifetimeDays,
    apiKeysMayNeverExpire: input.apiKeysMayNeverExpire ?? present.apiKeysMayNeverExpire,
  };
  const { apiKeyDefaultLifetimeDays: byDefault, apiKeyMaximumLifetimeDays: atMost } = policy;
  if (byDefault < 1) throw badInput("input.apiKeyDefaultLifetimeDays", "must be at least 1");
  if (atMost < 1 || atMost > LONGEST_LIFETIME_DAYS) {
    throw badInput("input.apiKeyMaximumLifetimeDays", `must be from 1 to ${LONGEST_LIFETIME_DAYS}`);
  }
  if (byDefault <= atMost) return policy;
  if (input.apiKeyDefaultLifetimeDays != null) {
    throw badInput("input.apiKeyDefaultLifetimeDays", `must be at most the maximum lifetime of ${atMost} days`);
  }
  throw badInput("input.apiKeyMaximumLifetimeDays", `must be at least the default lifetime of ${byDefault} days`);
}

function policyOf(settings: AccountSettings): ApiKeyPolicy {
  const { apiKeyDefaultLifetimeDays, apiKeyMaximumLifetimeDays, apiKeysMayNeverExpire } = settings;
  return { apiKeyDefaultLifetimeDays, apiKeyMaximumLifetimeDays, apiKeysMayNeverExpire };
}
