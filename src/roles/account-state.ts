/** The part of an account that says whether it may be used. */
export interface AccountState {
  readonly status: "ACTIVE" | "DISABLED" | "LOCKED";
  /** End of a lock; null = until somebody unlocks it. Means nothing to sessions and keys unless the status is LOCKED. */
  readonly lockedUntil: Date | null;
  readonly expiresAt: Date | null;
}

/**
 * Whether an account may be used at `now` (milliseconds): not disabled, not locked (any more), not expired. The instant of
 * expiry itself is past it.
 *
 * @example
 * isAccountUsable({ status: "LOCKED", lockedUntil: new Date(1000), expiresAt: null }, 1000); // true: the lock has passed
 */
export function isAccountUsable({ status, lockedUntil, expiresAt }: AccountState, now: number): boolean {
  if (expiresAt !== null && expiresAt.getTime() <= now) return false;
  if (status === "LOCKED") return lockedUntil !== null && lockedUntil.getTime() <= now;
  return status === "ACTIVE";
}
