import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from "node:crypto";
import { badInput, type ServiceError } from "./service-error";

/** A sort key of one row: what a keyset page starts after. */
export type CursorValue = string | number | boolean | null;

/**
 * Turns sort keys into cursors and back.
 *
 * A cursor carries the values that its page is sorted by, so it is encrypted: who is handed a cursor learns nothing from it,
 * and nobody makes one up. Every instance with the same LATCHKEY_SECRET opens it.
 */
export interface CursorCodec {
  /** `kind` names list and order, e.g. `employees:lastName ASC`; a cursor opens only under the kind it was sealed for. */
  seal(kind: string, values: readonly CursorValue[]): string;
  /** Throws BAD_USER_INPUT naming `field` for anything but a cursor of this kind. */
  open(kind: string, cursor: string, field?: string): readonly CursorValue[];
}

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const LONGEST_CURSOR = 4096;

/** AES-256-GCM (NIST SP 800-38D) under a key derived from the service's secret by HKDF-SHA-256 (RFC 5869), in base64url. */
export function createCursorCodec(secret: string): CursorCodec {
  const key = Buffer.from(hkdfSync("sha256", secret, "", "latchkey cursor", 32));
  return {
    seal(kind, values) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv("aes-256-gcm", key, nonce).setAAD(Buffer.from(kind));
      const sealed = Buffer.concat([cipher.update(JSON.stringify(values), "utf8"), cipher.final()]);
      return Buffer.concat([nonce, sealed, cipher.getAuthTag()]).toString("base64url");
    },
    open(kind, cursor, field = "after") {
      const refusal = (): ServiceError => badInput(field, "is not a cursor of this list and order");
      if (cursor.length > LONGEST_CURSOR) throw refusal();
      const bytes = Buffer.from(cursor, "base64url");
      if (bytes.length <= NONCE_BYTES + TAG_BYTES) throw refusal();
      try {
        const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, NONCE_BYTES), {
          authTagLength: TAG_BYTES,
        })
          .setAAD(Buffer.from(kind))
          .setAuthTag(bytes.subarray(-TAG_BYTES));
        const opened = Buffer.concat([decipher.update(bytes.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
        return JSON.parse(opened.toString("utf8")) as CursorValue[];
      } catch {
        throw refusal();
      }
    },
  };
}
