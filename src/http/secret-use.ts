import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { noteRetiredUse, QUIET_MS } from "../api-keys/note-retired-use";
import { promoteSecret } from "../api-keys/promote-secret";
import type { VerifiedKey } from "../api-keys/verify-key";
import type { RequestContext, SessionCookie } from "../context";
import { type Authenticated, originOf, RequestState, type ServerParts } from "./request-state";

/** What the use of a secret brings about while it is being authenticated: the two steps of a rotation that a request takes. */
export interface SecretUse {
  /**
   * Resolves when the secret, which `who` has proven to hold and which was PENDING, is promoted or cannot be. Read the key again.
   */
  first(request: FastifyRequest, who: Authenticated, key: VerifiedKey): Promise<void>;
  /** Resolves when the use of a secret that stopped working is on record, at most once per key and minute. */
  retired(request: FastifyRequest, nobody: Authenticated, key: VerifiedKey): Promise<void>;
}

/** Keys whose last alert is remembered, so that a flood of retired secrets costs a write per key and minute, no more. */
const MOST_REMEMBERED = 10_000;

const NO_COOKIE: SessionCookie = { set: () => undefined, clear: () => undefined };

/** One instance's share: first uses at once become one transaction, and alerts within a minute one. The database sees to the rest. */
export function watchSecretUse(parts: ServerParts): SecretUse {
  const promotions = new Map<string, Promise<void>>();
  const notedAt = new LRUCache<string, number>({ max: MOST_REMEMBERED });

  const contextOf = (request: FastifyRequest, who: Authenticated): RequestContext =>
    new RequestState(parts, who, originOf(request, parts.clock.now()), NO_COOKIE);

  return {
    first(request, who, { secret }) {
      const underWay = promotions.get(secret.id);
      if (underWay !== undefined) return underWay;
      const promotion = promoteSecret(contextOf(request, who), secret.id).finally(() => promotions.delete(secret.id));
      promotions.set(secret.id, promotion);
      return promotion;
    },
    async retired(request, nobody, key) {
      const now = parts.clock.now();
      if (now - (notedAt.get(key.id) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
      notedAt.set(key.id, now);
      try {
        await noteRetiredUse(contextOf(request, nobody), key);
      } catch (error) {
        notedAt.delete(key.id);
        throw error;
      }
    },
  };
}
