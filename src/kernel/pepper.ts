import { createHmac, hkdfSync } from "node:crypto";

/** The keyed hash under which tokens are stored. */
export interface Pepper {
  /** Stored beside each digest, so that the secret can be replaced. */
  readonly version: number;
  /** 64 lower-case hex characters. */
  digest(token: string): string;
  /**
   * A key of 32 bytes for another purpose, by HKDF-SHA-256 (RFC 5869) from the same secret: who has one of them learns nothing of
   * the others. The same bytes for the same purpose on every instance.
   */
  deriveKey(purpose: string): Buffer;
}

/**
 * Digests of tokens: HMAC-SHA-256 (RFC 2104) under `secret`, as 64 lower-case hex characters.
 *
 * Tokens are stored and looked up under this. Their secrets are random, so a slow hash would add nothing, and a digest as the
 * look-up key leaves no comparison to time.
 */
export function createPepper(secret: string): Pepper {
  const keys = new Map<string, Buffer>();
  return {
    version: 1,
    digest: (token) => createHmac("sha256", secret).update(token).digest("hex"),
    deriveKey(purpose) {
      const key = keys.get(purpose) ?? Buffer.from(hkdfSync("sha256", secret, "", purpose, 32));
      keys.set(purpose, key);
      return key;
    },
  };
}
