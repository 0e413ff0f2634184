import DataLoader from "dataloader";
import { In } from "typeorm";
import type { RequestContext } from "../context";
import { Role } from "./role.entity";
import { countHolders } from "./role-holders";

/** Reads of role relations, batched: one statement per relation and level of the operation. */
export interface RoleLoaders {
  readonly byId: DataLoader<string, Role | null>;
  readonly userCount: DataLoader<string, number>;
}

const ofContext = new WeakMap<RequestContext, RoleLoaders>();

/** The loaders of a request. They batch but do not cache, so a query field after a mutation field sees what it changed. */
export function roleLoaders(ctx: RequestContext): RoleLoaders {
  const known = ofContext.get(ctx);
  if (known) return known;
  const { manager } = ctx.store.reader;
  const loaders: RoleLoaders = {
    byId: new DataLoader(
      async (ids) => {
        const roles = await manager.getRepository(Role).findBy({ id: In([...new Set(ids)]) });
        const byId = new Map(roles.map((role) => [role.id, role]));
        return ids.map((id) => byId.get(id) ?? null);
      },
      { cache: false },
    ),
    userCount: new DataLoader(
      async (ids) => {
        const counts = await countHolders(manager, ids);
        return ids.map((id) => counts.get(id) ?? 0);
      },
      { cache: false },
    ),
  };
  ofContext.set(ctx, loaders);
  return loaders;
}
