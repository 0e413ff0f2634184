/** How many points one subject has in a window of time, which begins with the first point taken. */
export interface RateRule {
  readonly points: number;
  readonly seconds: number;
  /** What is refused, for the client; how long to wait is added. */
  readonly message: string;
}

/** The fixed limits of the service; calls per key are set on each key. */
export type RuleName = "signInAddress" | "signInAccount" | "unknownCredential" | "leakReport";

/**
 * Sign-ins are given back when they succeed, so only failures add up. An account is locked after ten bad passwords anyway
 * (users/record-bad-sign-in.ts): its limit, which also holds for addresses that have no account, leaves room for that and for
 * the sign-ins after the lock. An address may be a whole office.
 *
 * Unknown credentials are tokens of the right form and checksum, or GUIDs, that are nobody's: the only ones that cost database
 * work. Nobody guesses 32 random bytes; the limit keeps the database out of it.
 */
export const RATE_RULES: Readonly<Record<RuleName, RateRule>> = Object.freeze({
  signInAddress: { points: 100, seconds: 900, message: "Too many failed sign-ins from this address." },
  signInAccount: { points: 30, seconds: 900, message: "Too many failed sign-ins for this account." },
  unknownCredential: { points: 100, seconds: 60, message: "Too many unknown credentials from this address." },
  leakReport: { points: 30, seconds: 60, message: "Too many reports from this address." },
});

/** The window of a key's own `callsPerMinute`. */
export const CALL_SECONDS = 60;
