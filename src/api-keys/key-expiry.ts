import { badInput, ServiceError } from "../kernel/service-error";
import type { ApiKeyPolicy } from "../settings/account-settings.queries";

/** What a client says of a key's end; "never" has to be said, so that nobody gets it by leaving something out. */
export interface ExpiryInput {
  readonly expiresAt?: Date | null;
  readonly neverExpires?: boolean | null;
}

const DAY_MS = 86_400_000;

/**
 * The expiry of a new key at `now` (milliseconds); null = never. What is not given is the policy's default. Throws BAD_USER_INPUT
 * naming the field for the past, for more than the policy's maximum, and for a "never" that the policy does not allow.
 *
 * @example
 * const policy = { apiKeyDefaultLifetimeDays: 90, apiKeyMaximumLifetimeDays: 366, apiKeysMayNeverExpire: false };
 * newKeyExpiry({}, policy, Date.UTC(2030, 0, 1)); // new Date("2030-04-01T00:00:00.000Z")
 */
export function newKeyExpiry(input: ExpiryInput, policy: ApiKeyPolicy, now: number): Date | null {
  if (input.neverExpires === true) return requireNever(input, policy);
  if (input.expiresAt == null) return new Date(now + policy.apiKeyDefaultLifetimeDays * DAY_MS);
  return requireWithin(input.expiresAt, policy, now);
}

/**
 * The expiry of a key that is edited at `now` (milliseconds). It stays as it is, whatever the policy says by now, when nothing is
 * given or what is given is what it has; any other is judged as for a new key, counted from now. An expiry is not taken away by
 * null alone.
 */
export function changedKeyExpiry(
  input: ExpiryInput,
  present: Date | null,
  policy: ApiKeyPolicy,
  now: number,
): Date | null {
  const { expiresAt, neverExpires } = input;
  if (neverExpires === true) {
    return present === null && expiresAt == null ? null : requireNever(input, policy);
  }
  if (expiresAt != null) {
    return expiresAt.getTime() === present?.getTime() ? present : requireWithin(expiresAt, policy, now);
  }
  if (present === null && neverExpires === false)
    throw badInput("input.expiresAt", "must say when the key is to expire");
  if (present !== null && expiresAt === null) {
    throw badInput("input.expiresAt", "cannot be taken away by null: ask for input.neverExpires");
  }
  return present;
}

function requireWithin(expiresAt: Date, policy: ApiKeyPolicy, now: number): Date {
  if (!(expiresAt.getTime() > now)) throw badInput("input.expiresAt", "must be in the future");
  const days = policy.apiKeyMaximumLifetimeDays;
  if (expiresAt.getTime() <= now + days * DAY_MS) return expiresAt;
  const message = `input.expiresAt must be at most ${days} days from now, as the account's settings say`;
  throw new ServiceError("BAD_USER_INPUT", message, { field: "input.expiresAt", maximumLifetimeDays: days });
}

function requireNever(input: ExpiryInput, policy: ApiKeyPolicy): null {
  const field = "input.neverExpires";
  if (input.expiresAt != null) throw badInput(field, "and input.expiresAt exclude each other");
  if (policy.apiKeysMayNeverExpire) return null;
  const days = policy.apiKeyMaximumLifetimeDays;
  const message = `${field} is not allowed by the account's settings: a key lives at most ${days} days`;
  throw new ServiceError("BAD_USER_INPUT", message, { field, maximumLifetimeDays: days });
}
