import type { ApiKey } from "./api-key.entity";

/** What the audit trail keeps of a key: all that its owner chose, and no part of a secret. */
export function apiKeySnapshot(key: ApiKey, apiSetIds: readonly string[]): object {
  const {
    name,
    description,
    isEnabled,
    expiresAt,
    application,
    deviceId,
    allowedIps,
    onDenied,
    callsPerMinute,
    limits,
    grants,
  } = key;
  const bindings = { application, deviceId, allowedIps, onDenied, callsPerMinute, limits };
  return { name, description, isEnabled, expiresAt, ...bindings, apiSetIds: [...apiSetIds].sort(), grants };
}
