import { randomBytes, randomInt } from "node:crypto";
import { crc32 } from "node:zlib";

/** What a token stands for: `live` an API key, `sess` a session, `rset` a password reset. */
export type TokenPrefix = "live" | "sess" | "rset";

/** The public half of a well-formed token. That the form is right proves nothing: only the digest of the whole does. */
export interface ParsedToken {
  readonly prefix: TokenPrefix;
  /** The 12 public characters that name the key or session. */
  readonly id: string;
}

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const ID_LENGTH = 12;
const SECRET_BYTES = 32;
/** 62^43 > 2^256, so that 43 characters hold every secret. */
const SECRET_LENGTH = 43;
/** 62^6 > 2^32. */
const CHECKSUM_LENGTH = 6;
/** Characters of every token. */
export const TOKEN_LENGTH = "lk_live_".length + ID_LENGTH + "_".length + SECRET_LENGTH + CHECKSUM_LENGTH;

const TOKEN = /^lk_(live|sess|rset)_([0-9A-Za-z]{12})_[0-9A-Za-z]{49}$/;
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** 12 random base62 characters (71 bits, without modulo bias): the public name of a key or session. */
export function newTokenId(): string {
  return Array.from({ length: ID_LENGTH }, () => ALPHABET.charAt(randomInt(ALPHABET.length))).join("");
}

/**
 * Makes `lk_<prefix>_<id12>_<secret43><crc6>`, in the form of DESIGN.md: 32 random bytes and a CRC-32 (ISO 3309, as zlib's) of
 * all before it, both as left-padded base62 (0-9A-Za-z). After GitHub's tokens, whose checksum lets scanners tell a token from
 * look-alikes (https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/).
 *
 * `random` is injected by tests only; it returns that many bytes.
 *
 * @example
 * makeToken("live", "000000000000", (count) => Buffer.alloc(count));
 * // "lk_live_000000000000_00000000000000000000000000000000000000000002wRDVT"
 */
export function makeToken(prefix: TokenPrefix, id: string, random: (count: number) => Buffer = randomBytes): string {
  const secret = base62(BigInt(`0x${random(SECRET_BYTES).toString("hex")}`), SECRET_LENGTH);
  const body = `lk_${prefix}_${id}_${secret}`;
  return body + checksum(body);
}

/**
 * Reads the public half of a token of exact length and alphabet whose checksum is right; null for every other string. Costs no
 * database work, so that junk is turned away before there is any.
 *
 * @example
 * parseToken("lk_live_typo"); // null
 */
export function parseToken(text: string): ParsedToken | null {
  if (text.length !== TOKEN_LENGTH) return null;
  const match = TOKEN.exec(text);
  if (match === null) return null;
  if (checksum(text.slice(0, -CHECKSUM_LENGTH)) !== text.slice(-CHECKSUM_LENGTH)) return null;
  return { prefix: match[1] as TokenPrefix, id: match[2] as string };
}

/**
 * The one spelling of a GUID that is stored and hashed: lower case without braces. Null for anything but 16 bytes as
 * 8-4-4-4-12 hexadecimal digits (Microsoft's "D" and "B" formats; RFC 9562 without its braces).
 *
 * @example
 * normaliseGuid("{6F9619FF-8B86-D011-B42D-00C04FC964FF}"); // "6f9619ff-8b86-d011-b42d-00c04fc964ff"
 */
export function normaliseGuid(text: string): string | null {
  if (text.length !== 36 && text.length !== 38) return null;
  const bare = text.length === 38 && text.startsWith("{") && text.endsWith("}") ? text.slice(1, -1) : text;
  const lower = bare.toLowerCase();
  return GUID.test(lower) ? lower : null;
}

/**
 * Whether `text` is a GUID in any case, with or without braces.
 *
 * @example
 * isGuid("6f9619ff-8b86-d011-b42d-00c04fc964ff"); // true
 */
export function isGuid(text: string): boolean {
  return normaliseGuid(text) !== null;
}

function checksum(body: string): string {
  return base62(BigInt(crc32(body)), CHECKSUM_LENGTH);
}

function base62(value: bigint, length: number): string {
  let digits = "";
  for (let rest = value; rest > 0n; rest /= 62n) digits = ALPHABET.charAt(Number(rest % 62n)) + digits;
  return digits.padStart(length, "0");
}
