import type { ApiKeySecret, SecretState } from "./api-key-secret.entity";

/**
 * The state of a secret at `now` (milliseconds): one whose grace period is over is RETIRED, though its row may not say so.
 *
 * @example
 * secretStateAt({ state: "GRACE", expiresAt: new Date(1) }, 1); // "RETIRED"
 */
export function secretStateAt(secret: Pick<ApiKeySecret, "state" | "expiresAt">, now: number): SecretState {
  return secret.expiresAt !== null && secret.expiresAt.getTime() <= now ? "RETIRED" : secret.state;
}
