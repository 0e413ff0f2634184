import type { EntityManager } from "typeorm";
import type { AccessIndex } from "../access/access-index";
import { intersectScopes, keyScope, type Scope } from "../access/scope";
import type { ErrorCode, ErrorDetails } from "../kernel/service-error";
import { isUsable, loadUserAccess, type UserAccess } from "../users/load-user-access";
import type { ApiKey } from "./api-key.entity";
import { ApiKeySecret } from "./api-key-secret.entity";
import { ApiKeyStatus, statusAt } from "./api-key-status";
import { boundApiSets } from "./bound-api-sets";
import { type IpRange, ipMatches, parseIpRange } from "./ip-range";
import { secretStateAt } from "./secret-state";

/**
 * A key whose secret was found, with all that is needed to judge requests without the database, so that it can be kept as long
 * as the epoch stands. Whether it may be used depends on the time and the request: see `judgeKey`.
 */
export interface VerifiedKey
  extends Readonly<
    Pick<
      ApiKey,
      | "id"
      | "name"
      | "isEnabled"
      | "expiresAt"
      | "revokedAt"
      | "application"
      | "deviceId"
      | "onDenied"
      | "callsPerMinute"
      | "limits"
    >
  > {
  /** Null = any address. */
  readonly allowedIps: readonly IpRange[] | null;
  readonly secret: Readonly<Pick<ApiKeySecret, "id" | "state" | "expiresAt" | "firstUsedAt">>;
  readonly owner: UserAccess;
  /** What the key may do: its sets' and own grants, within what its owner holds. */
  readonly scope: Scope;
}

/** What `judgeKey` needs to know of a request. */
export interface KeyRequest {
  /** Milliseconds. */
  readonly now: number;
  readonly ip: string | null;
  /** `apollographql-client-name` header. */
  readonly client: string | null;
  /** `x-device-id` header. */
  readonly deviceId: string | null;
}

/** Why a key may not be used for a request. */
export interface KeyRefusal {
  readonly code: Extract<ErrorCode, "UNAUTHENTICATED" | "FORBIDDEN">;
  readonly message: string;
  readonly details: ErrorDetails;
}

/**
 * The one message for every credential whose secret is not proven: wrong form, unknown, or retired. Whoever holds no live secret
 * learns nothing from trying.
 */
export const UNPROVEN = "The credentials are missing, malformed, unknown or no longer valid.";

/**
 * Finds the key that a token's digest belongs to; null when there is none. Reads secret and key, the grants of its sets, and its
 * owner's access, in four statements however many sets and roles there are.
 */
export async function findKey(manager: EntityManager, index: AccessIndex, digest: string): Promise<VerifiedKey | null> {
  const secret = await manager
    .createQueryBuilder(ApiKeySecret, "secret")
    .innerJoinAndSelect("secret.apiKey", "apiKey")
    .where("secret.digest = :digest", { digest })
    .getOne();
  const key = secret?.apiKey;
  if (!secret || !key) return null;
  const { owner, scope } = await loadKeyAccess(manager, index, key);
  return {
    id: key.id,
    name: key.name,
    isEnabled: key.isEnabled,
    expiresAt: key.expiresAt,
    revokedAt: key.revokedAt,
    application: key.application,
    deviceId: key.deviceId,
    onDenied: key.onDenied,
    callsPerMinute: key.callsPerMinute,
    limits: key.limits,
    allowedIps: key.allowedIps?.map(parseIpRange) ?? null,
    secret: { id: secret.id, state: secret.state, expiresAt: secret.expiresAt, firstUsedAt: secret.firstUsedAt },
    owner,
    scope,
  };
}

/** What a key may do for its owner: its sets' and own grants, within what the owner holds; whether either is usable is not asked. */
export async function loadKeyAccess(
  manager: EntityManager,
  index: AccessIndex,
  key: Pick<ApiKey, "id" | "ownerId" | "grants">,
): Promise<{ readonly owner: UserAccess; readonly scope: Scope }> {
  const sets = await boundApiSets(manager, key.id);
  const owner = await loadUserAccess(manager, index, key.ownerId);
  if (owner === null) throw new Error(`API key ${key.id} has no owner`);
  const grants = [...key.grants, ...sets.flatMap((set) => set.grants)];
  return { owner, scope: intersectScopes(owner.scope, keyScope(index, grants)) };
}

/**
 * Decides whether a key may be used for a request, in the order of DESIGN.md: secret, key, owner, address, application, device.
 *
 * A retired secret is answered like an unknown one. Once a live secret is proven, the message says what is wrong, since its
 * holder has to mend it: UNAUTHENTICATED while no request would pass, FORBIDDEN with `details.reason` where another would.
 */
export function judgeKey(key: VerifiedKey, request: KeyRequest): "OK" | KeyRefusal {
  if (secretStateAt(key.secret, request.now) === "RETIRED") return unauthenticated(UNPROVEN);
  switch (statusAt(key, request.now)) {
    case ApiKeyStatus.REVOKED:
      return unauthenticated("This API key is revoked.");
    case ApiKeyStatus.EXPIRED:
      return unauthenticated("This API key has expired.");
    case ApiKeyStatus.DISABLED:
      return unauthenticated("This API key is disabled.");
    case ApiKeyStatus.ACTIVE:
  }
  if (!isUsable(key.owner, request.now))
    return unauthenticated("The owner of this API key is disabled, locked or expired.");
  if (key.allowedIps !== null && !ipMatches(key.allowedIps, request.ip)) {
    return forbidden("IP_NOT_ALLOWED", "This API key may not be used from this address.");
  }
  if (key.application !== null && request.client !== key.application) {
    const message =
      "This API key is bound to an application: send its name as apollographql-client-name, spelled as the key has it (`CRM` is not `crm`).";
    return forbidden("APPLICATION_MISMATCH", message);
  }
  if (key.deviceId !== null && request.deviceId !== key.deviceId) {
    return forbidden(
      "DEVICE_MISMATCH",
      "This API key is bound to a device: send its id as x-device-id, spelled as the key has it (`AB` is not `ab`).",
    );
  }
  return "OK";
}

function unauthenticated(message: string): KeyRefusal {
  return { code: "UNAUTHENTICATED", message, details: {} };
}

function forbidden(reason: string, message: string): KeyRefusal {
  return { code: "FORBIDDEN", message, details: { reason } };
}
