import { buildSchema } from "graphql";
import { compileAccessIndex } from "../../src/access/access-index";
import { emptyScope } from "../../src/access/scope";
import { parseIpRange } from "../../src/api-keys/ip-range";
import { OnDenied } from "../../src/api-keys/on-denied";
import { judgeKey, UNPROVEN, type VerifiedKey } from "../../src/api-keys/verify-key";
import { UserKind } from "../../src/users/user-kind";
import { UserStatus } from "../../src/users/user-status";

const NOW = Date.UTC(2030, 0, 1);
const at = (offset: number) => new Date(NOW + offset);
const index = compileAccessIndex(
  buildSchema("directive @public on FIELD_DEFINITION type Query { nothing: Boolean @public }"),
  [],
);
const scope = emptyScope(index);
const owner: VerifiedKey["owner"] = {
  user: { id: "u", email: "bot@example.com", name: "Bot", level: 20, employeeId: null },
  kind: UserKind.BOT,
  status: UserStatus.ACTIVE,
  lockedUntil: null,
  expiresAt: null,
  scope,
  roleIds: [],
};
const key: VerifiedKey = {
  id: "aB3dE6gH9jK2",
  name: "Payroll",
  isEnabled: true,
  expiresAt: null,
  revokedAt: null,
  application: null,
  deviceId: null,
  onDenied: OnDenied.ERROR,
  callsPerMinute: null,
  limits: null,
  allowedIps: null,
  secret: { id: "s", state: "ACTIVE", expiresAt: null, firstUsedAt: null },
  owner,
  scope,
};
const request = { now: NOW, ip: "10.0.0.1", client: null, deviceId: null };
const secret = (change: Partial<VerifiedKey["secret"]>) => ({ ...key, secret: { ...key.secret, ...change } });
const ownedBy = (change: Partial<VerifiedKey["owner"]>) => ({ ...key, owner: { ...owner, ...change } });

describe("a key that nothing speaks against", () => {
  it("is judged OK, with a pending secret and in the grace period too", () => {
    expect(judgeKey(key, request)).toBe("OK");
    expect(judgeKey(secret({ state: "PENDING" }), request)).toBe("OK");
    expect(judgeKey(secret({ state: "GRACE", expiresAt: at(1) }), request)).toBe("OK");
    expect(judgeKey({ ...key, expiresAt: at(1) }, request)).toBe("OK");
  });
});

describe("a secret that is not live", () => {
  it.each([
    ["retired", secret({ state: "RETIRED" })],
    ["past its grace period", secret({ state: "GRACE", expiresAt: at(0) })],
    ["retired, of a revoked key", { ...secret({ state: "RETIRED" }), revokedAt: at(-1) }],
  ])("tells nothing: %s", (_, judged) => {
    expect(judgeKey(judged, request)).toEqual({ code: "UNAUTHENTICATED", message: UNPROVEN, details: {} });
  });
});

describe("a key that cannot be used", () => {
  it.each([
    ["revoked", { ...key, revokedAt: at(0), expiresAt: at(-1), isEnabled: false }, "This API key is revoked."],
    ["expired", { ...key, expiresAt: at(0), isEnabled: false }, "This API key has expired."],
    ["disabled", { ...key, isEnabled: false }, "This API key is disabled."],
    [
      "of a disabled owner",
      ownedBy({ status: UserStatus.DISABLED }),
      "The owner of this API key is disabled, locked or expired.",
    ],
    [
      "of a locked owner",
      ownedBy({ status: UserStatus.LOCKED }),
      "The owner of this API key is disabled, locked or expired.",
    ],
    ["of an expired owner", ownedBy({ expiresAt: at(0) }), "The owner of this API key is disabled, locked or expired."],
  ])("is unauthenticated and says why: %s", (_, judged, message) => {
    expect(judgeKey(judged, request)).toEqual({ code: "UNAUTHENTICATED", message, details: {} });
  });
});

describe("a key bound to address, application and device", () => {
  const bound = { ...key, allowedIps: [parseIpRange("10.0.0.0/8")], application: "calendar", deviceId: "kiosk-1" };
  const right = { ...request, client: "calendar", deviceId: "kiosk-1" };

  it("is judged OK for a request that carries all of them", () => {
    expect(judgeKey(bound, right)).toBe("OK");
    expect(judgeKey(bound, { ...right, ip: "::ffff:10.2.3.4" })).toBe("OK");
  });

  it.each([
    ["IP_NOT_ALLOWED", { ...right, ip: "11.0.0.1", client: "other" }],
    ["IP_NOT_ALLOWED", { ...right, ip: null }],
    ["APPLICATION_MISMATCH", { ...right, client: "Calendar", deviceId: "other" }],
    ["APPLICATION_MISMATCH", { ...right, client: null }],
    ["DEVICE_MISMATCH", { ...right, deviceId: null }],
  ])("is forbidden by %s, in this order", (reason, wrong) => {
    expect(judgeKey(bound, wrong)).toMatchObject({ code: "FORBIDDEN", details: { reason } });
  });
});
