import { createHmac } from "node:crypto";

/** The keyed hash under which tokens are stored. */
export interface Pepper {
  /** Stored beside each digest, so that the secret can be replaced. */
  readonly version: number;
  /** 64 lower-case hex characters. */
  digest(token: string): string;
}

/**
 * Digests of tokens: HMAC-SHA-256 (RFC 2104) under `secret`, as 64 lower-case hex characters.
 *
 * Tokens are stored and looked up under this. Their secrets are random, so a slow hash would add nothing, and a digest as the
 * look-up key leaves no comparison to time.
 */
export function createPepper(secret: string): Pepper {
  return { version: 1, digest: (token) => createHmac("sha256", secret).update(token).digest("hex") };
}
