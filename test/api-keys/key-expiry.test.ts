import { changedKeyExpiry, newKeyExpiry } from "../../src/api-keys/key-expiry";

const NOW = Date.UTC(2030, 0, 1);
const DAY = 86_400_000;
const policy = { apiKeyDefaultLifetimeDays: 90, apiKeyMaximumLifetimeDays: 366, apiKeysMayNeverExpire: false };
const lax = { ...policy, apiKeysMayNeverExpire: true };
const later = (milliseconds: number) => new Date(NOW + milliseconds);
const refusal = (field: string) =>
  expect.objectContaining({ code: "BAD_USER_INPUT", details: expect.objectContaining({ field }) });

describe("the expiry of a new key", () => {
  it("is the default where nothing is given, never where that is asked for and allowed, else what is given", () => {
    expect(newKeyExpiry({}, policy, NOW)).toEqual(new Date("2030-04-01T00:00:00.000Z"));
    expect(newKeyExpiry({ expiresAt: null, neverExpires: null }, lax, NOW)).toEqual(later(90 * DAY));
    expect(newKeyExpiry({ neverExpires: true }, lax, NOW)).toBeNull();
    expect(newKeyExpiry({ expiresAt: later(1) }, policy, NOW)).toEqual(later(1));
    expect(newKeyExpiry({ expiresAt: later(366 * DAY) }, policy, NOW)).toEqual(later(366 * DAY));
  });

  it.each([
    ["input.expiresAt", { expiresAt: later(0) }],
    ["input.expiresAt", { expiresAt: new Date(Number.NaN) }],
    ["input.expiresAt", { expiresAt: later(366 * DAY + 1) }],
    ["input.expiresAt", { expiresAt: new Date(8.64e15) }],
    ["input.neverExpires", { neverExpires: true, expiresAt: later(1) }],
  ])("is refused, naming %s: %j", (field, input) => {
    expect(() => newKeyExpiry(input, lax, NOW)).toThrow(refusal(field));
    expect(() => changedKeyExpiry(input, later(DAY), lax, NOW)).toThrow(refusal(field));
  });

  it("is not never where that is not allowed", () => {
    expect(() => newKeyExpiry({ neverExpires: true }, policy, NOW)).toThrow(refusal("input.neverExpires"));
  });
});

describe("the expiry of a key that is edited", () => {
  it.each([
    ["beyond the maximum", later(999 * DAY)],
    ["in the past", later(-DAY)],
    ["never", null],
  ])("stays as it is when it is not given, or given again: %s", (_, present) => {
    expect(changedKeyExpiry({}, present, policy, NOW)).toBe(present);
    expect(changedKeyExpiry({ expiresAt: present && new Date(present) }, present, policy, NOW)).toBe(present);
  });

  it("is not taken away by null, nor is a date made up where there is none", () => {
    expect(() => changedKeyExpiry({ expiresAt: null }, later(DAY), lax, NOW)).toThrow(refusal("input.expiresAt"));
    expect(() => changedKeyExpiry({ neverExpires: false }, null, lax, NOW)).toThrow(refusal("input.expiresAt"));
    expect(changedKeyExpiry({ neverExpires: true }, later(DAY), lax, NOW)).toBeNull();
    expect(changedKeyExpiry({ neverExpires: true }, null, policy, NOW)).toBeNull();
  });
});
