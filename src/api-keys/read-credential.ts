import { badInput } from "../kernel/service-error";
import { normaliseGuid, parseToken } from "../kernel/token";

/**
 * What a request shows of who it is, judged by form alone: no database was asked.
 *
 * `live` and `guid` may be API keys, `sess` may be a session; `token` is what the digest is made of. `malformed` is answered
 * like an unknown key.
 */
export type Credential =
  | { readonly kind: "none" }
  | { readonly kind: "live" | "sess" | "guid"; readonly token: string }
  | { readonly kind: "malformed" };

/** As Node gives it: an array where a header that must not repeat does. */
export type HeaderValue = string | readonly string[] | undefined;

/** No token is longer than 70 characters; beyond this a header is not looked at. */
const LONGEST_HEADER = 512;

/**
 * Reads `Authorization: Bearer TOKEN` (RFC 6750; the scheme in any case) and `X-API-Key: TOKEN`.
 *
 * Both at once are fine when they are one token; otherwise nobody can say who is asking, and it throws BAD_USER_INPUT. A header
 * that is there but holds no token of ours is `malformed`, also when it is empty: a client that meant to authenticate is not
 * taken for nobody.
 *
 * @example
 * readCredential("Bearer {6F9619FF-8B86-D011-B42D-00C04FC964FF}", undefined);
 * // { kind: "guid", token: "6f9619ff-8b86-d011-b42d-00c04fc964ff" }
 */
export function readCredential(authorization: HeaderValue, apiKey: HeaderValue): Credential {
  const shown = [...headerValues(authorization).map(bearerToken), ...headerValues(apiKey)].map(credentialOf);
  const [first, ...others] = shown;
  if (first === undefined) return { kind: "none" };
  if (others.every((other) => isSame(first, other))) return first;
  throw badInput("headers", "carry different credentials: send one key, as Authorization or as X-API-Key");
}

function headerValues(header: HeaderValue): readonly string[] {
  if (header === undefined) return [];
  return typeof header === "string" ? [header] : header;
}

/** The token of a Bearer header; the empty string, which is no token, for other schemes. */
function bearerToken(header: string): string {
  if (header.length > LONGEST_HEADER) return "";
  return /^Bearer +(\S+) *$/i.exec(header)?.[1] ?? "";
}

function credentialOf(text: string): Credential {
  if (text.length > LONGEST_HEADER) return { kind: "malformed" };
  const trimmed = text.trim();
  const parsed = parseToken(trimmed);
  if (parsed?.prefix === "live" || parsed?.prefix === "sess") return { kind: parsed.prefix, token: trimmed };
  const guid = normaliseGuid(trimmed);
  return guid === null ? { kind: "malformed" } : { kind: "guid", token: guid };
}

function isSame(left: Credential, right: Credential): boolean {
  return left.kind === right.kind && ("token" in left && "token" in right ? left.token === right.token : true);
}
