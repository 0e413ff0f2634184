import type { SelectQueryBuilder } from "typeorm";
import type { ConnectionInTurns } from "../connection/connection";
import { containsText } from "../connection/contains-text";
import { ordersOf } from "../connection/orders-of";
import { pageOf } from "../connection/page-of";
import type { RequestContext } from "../context";
import { User } from "./user.entity";
import type { UserFilterInput, UserSortInput } from "./user.input";
import { UserRole } from "./user-role.entity";

/** Sortable columns and the properties that are compared. */
const SORTED_BY = { firstName: "firstName", lastName: "lastName", email: "emailKey", createdAt: "createdAt" } as const;

/** What a list of users is asked with. */
export interface UserListRequest {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly filter?: UserFilterInput | null;
  readonly sort?: readonly UserSortInput[] | null;
}

/** A page of users, oldest first unless sorted. */
export function listUsers(ctx: RequestContext, request: UserListRequest): Promise<ConnectionInTurns<User>> {
  const query = ctx.store.reader.createQueryBuilder(User, "user");
  narrow(query, request.filter ?? {});
  const orders = ordersOf(request.sort, SORTED_BY);
  return pageOf(ctx, query, "users", { first: request.first, after: request.after, orders });
}

function narrow(query: SelectQueryBuilder<User>, { search, kind, status, roleId }: UserFilterInput): void {
  containsText(query, ["user.nameKey", "user.emailKey"], search, "filter.search");
  if (kind != null) query.andWhere("user.kind = :kind", { kind });
  if (status != null) query.andWhere("user.status = :status", { status });
  if (roleId != null) {
    const holds = query
      .subQuery()
      .select("1")
      .from(UserRole, "held")
      .where("held.userId = user.id AND held.roleId = :roleId");
    query.andWhere(`EXISTS ${holds.getQuery()}`, { roleId });
  }
}

/** One user by id; null when there is none. */
export function findUser(ctx: RequestContext, id: string): Promise<User | null> {
  return ctx.store.reader.createQueryBuilder(User, "user").where("user.id = :id", { id }).getOne();
}
