import type { FastifyRequest } from "fastify";
import { emptyScope } from "../access/scope";
import { limitsOf } from "../api-keys/key-limits";
import { OnDenied } from "../api-keys/on-denied";
import { readCredential } from "../api-keys/read-credential";
import { secretStateAt } from "../api-keys/secret-state";
import { findKey, judgeKey, UNPROVEN, type VerifiedKey } from "../api-keys/verify-key";
import { ServiceError } from "../kernel/service-error";
import { parseToken } from "../kernel/token";
import { isUsable, loadUserAccess, type UserAccess } from "../users/load-user-access";
import { findSession } from "../users/verify-session";
import { createCredentialMemory } from "./credential-memory";
import { type Authenticated, addressOf, type ServerParts, sessionCookieOf, USUAL_POLICY } from "./request-state";
import { watchSecretUse } from "./secret-use";

interface KnownSession {
  readonly id: string;
  readonly expiresAt: Date;
  readonly access: UserAccess;
}

/** The one body of every failure before a secret is proven, so that nothing can be learnt by trying. */
function unauthenticated(): ServiceError {
  return new ServiceError("UNAUTHENTICATED", UNPROVEN);
}

/**
 * Finds out who sends a request.
 *
 * A key or session may be remembered from an earlier request only if the epoch, read after this request arrived, has not moved
 * since: so a revocation anywhere is seen by the very next request, and a database that cannot be asked means UNAVAILABLE.
 * Credentials that are presented and wrong are refused; a request without any is NOBODY. A header wins over the cookie, and the
 * two are never merged.
 */
export function createAuthenticator(parts: ServerParts): (request: FastifyRequest) => Promise<Authenticated> {
  const keys = createCredentialMemory<VerifiedKey>(parts, { name: "keys", isGuessable: true });
  const sessions = createCredentialMemory<KnownSession>(parts, { name: "sessions", isGuessable: false });
  const nobody: Authenticated = nobodyOf(parts);
  const secretUse = watchSecretUse(parts);

  async function byKey(token: string, request: FastifyRequest): Promise<Authenticated> {
    const digest = parts.pepper.digest(token);
    const key = await keys(digest, request, () => findKey(parts.store.reader.manager, parts.index, digest));
    if (key === null) throw unauthenticated();
    const now = parts.clock.now();
    if (secretStateAt(key.secret, now) === "RETIRED") {
      parts.usage.refused(key.id);
      await secretUse.retired(request, nobody, key);
      throw unauthenticated();
    }
    const verdict = judgeKey(key, {
      now,
      ip: addressOf(request),
      client: headerOf(request, "apollographql-client-name"),
      deviceId: headerOf(request, "x-device-id"),
    });
    if (verdict !== "OK") {
      parts.usage.refused(key.id);
      throw new ServiceError(verdict.code, verdict.message, verdict.details);
    }
    const who: Authenticated = {
      principal: { kind: "API_KEY", user: key.owner.user, apiKey: { id: key.id, name: key.name } },
      scope: key.scope,
      ownerScope: key.owner.scope,
      policy: { nullsDenied: key.onDenied === OnDenied.NULL, limits: limitsOf(key.limits) },
    };
    if (key.secret.state !== "PENDING") {
      if (key.callsPerMinute !== null) await takeCall(key.id, key.callsPerMinute);
      return who;
    }
    await secretUse.first(request, who, key);
    // Judged by what is stored now: another rotation may have cancelled the secret at the same moment.
    return byKey(token, request);
  }

  async function takeCall(apiKeyId: string, callsPerMinute: number): Promise<void> {
    try {
      await parts.limits.takeCall(apiKeyId, callsPerMinute);
    } catch (error) {
      parts.usage.refused(apiKeyId);
      throw error;
    }
  }

  async function bySession(token: string, request: FastifyRequest): Promise<Authenticated> {
    const digest = parts.pepper.digest(token);
    const known = await sessions(digest, request, async () => {
      const session = await findSession(parts.store.reader.manager, digest);
      if (session === null) return null;
      const access = await loadUserAccess(parts.store.reader.manager, parts.index, session.userId);
      return access && { id: session.id, expiresAt: session.expiresAt, access };
    });
    const now = parts.clock.now();
    if (known === null || known.expiresAt.getTime() <= now || !isUsable(known.access, now)) throw unauthenticated();
    const { user, scope } = known.access;
    return { principal: { kind: "USER", user, sessionId: known.id }, scope, ownerScope: scope, policy: USUAL_POLICY };
  }

  return async (request) => {
    const credential = readCredential(everyHeader(request, "authorization"), everyHeader(request, "x-api-key"));
    switch (credential.kind) {
      case "malformed":
        throw unauthenticated();
      case "live":
      case "guid":
        return byKey(credential.token, request);
      case "sess":
        return bySession(credential.token, request);
      case "none": {
        const cookie = sessionCookieOf(request);
        // A stale cookie is what a browser sends after its session ended: it must still be able to sign in.
        if (cookie === undefined || parseToken(cookie)?.prefix !== "sess") return nobody;
        return bySession(cookie, request).catch((error: unknown) => {
          if (error instanceof ServiceError && error.code === "UNAUTHENTICATED") return nobody;
          throw error;
        });
      }
    }
  };
}

function nobodyOf(parts: ServerParts): Authenticated {
  const scope = emptyScope(parts.index);
  return { principal: { kind: "NOBODY" }, scope, ownerScope: scope, policy: USUAL_POLICY };
}

function headerOf(request: FastifyRequest, name: string): string | null {
  const value = request.headers[name];
  return typeof value === "string" ? value : null;
}

/**
 * Every value that was sent under a name. `request.headers` has the first Authorization only, so a second one, which a proxy
 * further on might have believed, would go unseen.
 */
function everyHeader({ raw: { rawHeaders } }: FastifyRequest, name: string): string[] {
  const values: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) {
    const given = rawHeaders[at] as string;
    if (given.length === name.length && given.toLowerCase() === name) values.push(rawHeaders[at + 1] as string);
  }
  return values;
}
