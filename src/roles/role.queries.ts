import type { ConnectionInTurns } from "../connection/connection";
import { containsText } from "../connection/contains-text";
import { ordersOf } from "../connection/orders-of";
import { pageOf } from "../connection/page-of";
import type { RequestContext } from "../context";
import { Role } from "./role.entity";
import type { RoleFilterInput, RoleSortInput } from "./role.input";

/** What a list of roles is asked with. */
export interface RoleListRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: RoleFilterInput | null;
  readonly sort?: readonly RoleSortInput[] | null;
}

/** A page of roles, oldest first unless sorted. */
export function listRoles(ctx: RequestContext, request: RoleListRequest): Promise<ConnectionInTurns<Role>> {
  const query = ctx.store.reader.createQueryBuilder(Role, "role");
  containsText(query, ["role.nameKey"], request.filter?.search, "filter.search");
  const orders = ordersOf(request.sort, { name: "nameKey", level: "level" });
  return pageOf(ctx, query, "roles", { first: request.first, after: request.after, orders });
}

/** One role by id; null when there is none. */
export function findRole(ctx: RequestContext, id: string): Promise<Role | null> {
  return ctx.store.reader.createQueryBuilder(Role, "role").where("role.id = :id", { id }).getOne();
}
