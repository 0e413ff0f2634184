import { registerEnumType } from "type-graphql";
import type { ApiKey } from "./api-key.entity";

/** Whether a key can be used, as far as the key itself goes. */
export enum ApiKeyStatus {
  ACTIVE = "ACTIVE",
  DISABLED = "DISABLED",
  EXPIRED = "EXPIRED",
  REVOKED = "REVOKED",
}

registerEnumType(ApiKeyStatus, {
  name: "ApiKeyStatus",
  description: "Whether an API key can be used, as far as the key itself goes; its owner must be usable too.",
  valuesConfig: {
    ACTIVE: { description: "It can." },
    DISABLED: { description: "Not until it is enabled." },
    EXPIRED: { description: "Not unless it is given a later expiry." },
    REVOKED: { description: "Never again." },
  },
});

/**
 * Status at `now` (milliseconds). What cannot be undone comes first: a revoked key is REVOKED whatever else it is, and an
 * expired one is EXPIRED even while disabled. A key has expired at the very instant of `expiresAt`.
 *
 * @example
 * statusAt({ revokedAt: null, expiresAt: null, isEnabled: true }, Date.now()); // "ACTIVE"
 */
export function statusAt(key: Pick<ApiKey, "revokedAt" | "expiresAt" | "isEnabled">, now: number): ApiKeyStatus {
  if (key.revokedAt !== null) return ApiKeyStatus.REVOKED;
  if (key.expiresAt !== null && key.expiresAt.getTime() <= now) return ApiKeyStatus.EXPIRED;
  return key.isEnabled ? ApiKeyStatus.ACTIVE : ApiKeyStatus.DISABLED;
}
