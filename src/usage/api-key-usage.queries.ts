import type { RequestContext } from "../context";
import { badInput, ServiceError } from "../kernel/service-error";
import { ApiKeyUsage } from "./api-key-usage.entity";
import type { UsageArgs } from "./api-key-usage.type";

/** Rows of one list: twenty days of hours under one name. Older ones are reached by `to`. */
export const MOST_ROWS = 500;
/** Lists of one request, each a statement: a page of keys with the use of each. */
export const MOST_LISTS = 50;

const HOUR_MS = 3_600_000;

const listsOf = new WeakMap<RequestContext, number>();

/**
 * The newest 500 rows of what a key did in the hours that overlap `from` … `to`, newest hour first, then by name backwards, which
 * is how the index runs. Throws BAD_USER_INPUT naming `to` when it is not after `from`, QUERY_TOO_COSTLY beyond 50 lists in one
 * request.
 */
export function listUsage(ctx: RequestContext, apiKeyId: string, { from, to }: UsageArgs): Promise<ApiKeyUsage[]> {
  if (from != null && to != null && to.getTime() <= from.getTime()) throw badInput("to", "must be after from");
  const lists = (listsOf.get(ctx) ?? 0) + 1;
  listsOf.set(ctx, lists);
  if (lists > MOST_LISTS) {
    const message = `The use of at most ${MOST_LISTS} keys can be asked for at once: ask for smaller pages.`;
    throw new ServiceError("QUERY_TOO_COSTLY", message, { limit: "usage" });
  }
  const query = ctx.store.reader
    .getRepository(ApiKeyUsage)
    .createQueryBuilder("used")
    .where("used.apiKeyId = :apiKeyId", { apiKeyId });
  if (from != null) query.andWhere("used.hour > :from", { from: new Date(from.getTime() - HOUR_MS) });
  if (to != null) query.andWhere("used.hour < :to", { to });
  return query.orderBy("used.hour", "DESC").addOrderBy("used.operationName", "DESC").limit(MOST_ROWS).getMany();
}
