import type { FastifyRequest } from "fastify";
import { LRUCache } from "lru-cache";
import { CacheMeter } from "../kernel/cache-meter";
import { ServiceError } from "../kernel/service-error";
import { addressSubject } from "../rate-limits/address-subject";
import type { Store } from "../store/store";
import { addressOf, type ServerParts } from "./request-state";

/** Keys, or sessions (some 9 kB each), whose access is kept between requests; each is checked against the epoch on every use. */
const MOST_CACHED = 5_000;
/** Changes in a row, each in the middle of reading a key, after which the request is sent away rather than kept. */
const MOST_READINGS = 5;

/** What was read about a credential, and the epoch that was read before it: newer epochs make it worthless. */
interface Known<T> {
  readonly epoch: number;
  readonly found: T;
}

/**
 * Looks a credential up by its digest; null when it is nobody's. From memory only if the epoch, read after the request arrived,
 * has not moved since it was put there.
 */
export type CredentialMemory<T> = (
  digest: string,
  request: Pick<FastifyRequest, "ip">,
  read: () => Promise<T | null>,
) => Promise<T | null>;

/** What a memory is made of: the parts of the server that it uses, and where it reports how it does. */
export type MemoryParts = Pick<ServerParts, "store" | "limits"> & Partial<Pick<ServerParts, "caches">>;

/**
 * A memory for one kind of credential.
 *
 * What is nobody's is counted against the address that showed it: neither junk, which costs no look-up, nor what is known and
 * refused. An address that has shown too much is answered RATE_LIMITED without a look into the database. What this instance knows
 * from an earlier request passes all the same, so that nobody stops a neighbour behind the same address; so does what is being
 * looked up at the moment when the limit is met.
 *
 * Only what could be guessed is limited so (`isGuessable`): keys, since a supplied GUID may be a poor one. A session's token has
 * 256 random bits; limiting those too would let anybody keep everybody behind one address from signing in.
 */
export function createCredentialMemory<T extends object>(
  { store, limits, caches }: MemoryParts,
  { name, isGuessable }: { readonly name: string; readonly isGuessable: boolean },
): CredentialMemory<T> {
  const cache = new LRUCache<string, Known<T>>({
    max: MOST_CACHED,
    dispose: (_known, _digest, reason) => {
      if (reason === "evict") meter.evictions += 1;
    },
  });
  const meter = new CacheMeter(name, () => cache.size);
  caches?.push(meter);
  return async (digest, request, read) => {
    if (isGuessable && !cache.has(digest)) limits.refuseSpent("unknownCredential", addressSubject(addressOf(request)));
    const epoch = await store.readEpoch();
    const known = cache.get(digest);
    if (known?.epoch === epoch) {
      meter.hits += 1;
      return known.found;
    }
    meter.misses += 1;
    const found = await readAnew(cache, digest, store, epoch, read);
    if (found === null && isGuessable) await limits.take("unknownCredential", addressSubject(addressOf(request)));
    return found;
  };
}

/**
 * Reads a credential, which takes several statements, again and again until no change happened in between: never half of one
 * state and half of another.
 */
async function readAnew<T extends object>(
  cache: LRUCache<string, Known<T>>,
  digest: string,
  store: Store,
  firstEpoch: number,
  read: () => Promise<T | null>,
): Promise<T | null> {
  let epoch = firstEpoch;
  for (let reading = 0; reading < MOST_READINGS; reading++) {
    const found = await read();
    const after = await store.readEpoch();
    if (after === epoch) {
      if (found === null) cache.delete(digest);
      else cache.set(digest, { epoch, found });
      return found;
    }
    epoch = after;
  }
  throw new ServiceError("UNAVAILABLE", "Access is being changed just now. Try again in a moment.");
}
