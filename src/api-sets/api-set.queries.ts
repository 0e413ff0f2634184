import { type EntityManager, In } from "typeorm";
import type { ConnectionInTurns } from "../connection/connection";
import { containsText } from "../connection/contains-text";
import { ordersOf } from "../connection/orders-of";
import { pageOf } from "../connection/page-of";
import type { RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import { ApiSet } from "./api-set.entity";
import { API_SET_ORDERS, type ApiSetsArgs } from "./api-set.input";

/** One page of API sets, by name unless asked otherwise. */
export function listApiSets(ctx: RequestContext, args: ApiSetsArgs): Promise<ConnectionInTurns<ApiSet>> {
  const query = ctx.store.reader.getRepository(ApiSet).createQueryBuilder("apiSet");
  containsText(query, ["apiSet.nameKey"], args.filter?.search, "filter.search");
  const sort = ordersOf(args.sort, API_SET_ORDERS);
  const orders = sort.length > 0 ? sort : [{ property: "nameKey", direction: "ASC" } as const];
  return pageOf(ctx, query, "apiSets", { first: args.first, after: args.after, orders });
}

/** An API set by id; null when there is none. */
export async function findApiSet(manager: EntityManager, id: string): Promise<ApiSet | null> {
  return manager.createQueryBuilder(ApiSet, "apiSet").where("apiSet.id = :id", { id }).getOne();
}

/** The API sets of these ids, each once. Throws NOT_FOUND with `details.ids` when any is unknown; `field` names the input. */
export async function requireApiSets(manager: EntityManager, ids: readonly string[], field: string): Promise<ApiSet[]> {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return [];
  const found = await manager.find(ApiSet, { where: { id: In(wanted) }, order: { nameKey: "ASC" } });
  const known = new Set(found.map((set) => set.id));
  const unknown = wanted.filter((id) => !known.has(id));
  if (unknown.length === 0) return found;
  const named = unknown.slice(0, 3).map((id) => JSON.stringify(id.slice(0, 40)));
  throw new ServiceError("NOT_FOUND", `${field}: no such API set ${named.join(", ")}.`, { field, ids: unknown });
}
