import DataLoader from "dataloader";
import { In } from "typeorm";
import type { ApiSet } from "../api-sets/api-set.entity";
import type { RequestContext } from "../context";
import { User } from "../users/user.entity";
import type { ApiKeySecret } from "./api-key-secret.entity";
import { newestSecretsOf } from "./api-key-secret.queries";
import { boundApiSetsOf } from "./bound-api-sets";
import { countLiveKeys } from "./count-live-keys";

/** Reads of key relations, batched: one or two statements per relation and level of the operation. */
export interface ApiKeyLoaders {
  /** By user id. */
  readonly owner: DataLoader<string, User | null>;
  /** By key id. */
  readonly apiSets: DataLoader<string, ApiSet[]>;
  /** By key id: the newest secrets first, with their states as of now. */
  readonly secrets: DataLoader<string, ApiKeySecret[]>;
  /** By API set id. */
  readonly keyCount: DataLoader<string, number>;
}

const ofContext = new WeakMap<RequestContext, ApiKeyLoaders>();

/** The loaders of a request. They batch but do not cache, so that a later mutation field of a document shows its own effect. */
export function apiKeyLoaders(ctx: RequestContext): ApiKeyLoaders {
  const known = ofContext.get(ctx);
  if (known) return known;
  const { manager } = ctx.store.reader;
  const loaders: ApiKeyLoaders = {
    owner: batched(async (ids) => {
      const users = await manager.find(User, { where: { id: In([...new Set(ids)]) } });
      const byId = new Map(users.map((user) => [user.id, user]));
      return ids.map((id) => byId.get(id) ?? null);
    }),
    apiSets: batched(async (ids) => {
      const byKey = await boundApiSetsOf(manager, ids);
      return ids.map((id) => byKey.get(id) ?? []);
    }),
    secrets: batched(async (ids) => {
      const byKey = await newestSecretsOf(manager, ids, ctx.clock.now());
      return ids.map((id) => byKey.get(id) ?? []);
    }),
    keyCount: batched(async (ids) => {
      const counts = await countLiveKeys(manager, ids, ctx.clock.now());
      return ids.map((id) => counts.get(id) ?? 0);
    }),
  };
  ofContext.set(ctx, loaders);
  return loaders;
}

function batched<Value>(read: (ids: readonly string[]) => Promise<Value[]>): DataLoader<string, Value> {
  return new DataLoader(read, { cache: false });
}
