import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from "typeorm";
import type { ConnectionInTurns } from "../connection/connection";
import { containsText } from "../connection/contains-text";
import { ordersOf } from "../connection/orders-of";
import { pageOf } from "../connection/page-of";
import type { RequestContext } from "../context";
import { badInput } from "../kernel/service-error";
import { ApiKey } from "./api-key.entity";
import { API_KEY_ORDERS, type ApiKeysArgs } from "./api-key-list.input";
import { ApiKeyStatus } from "./api-key-status";

const DAY_MS = 86_400_000;
const MOST_DAYS = 3_650;

/** One page of the keys that the principal sees, newest first unless asked otherwise. */
export function listApiKeys(
  ctx: RequestContext,
  { filter, sort, first, after }: ApiKeysArgs,
): Promise<ConnectionInTurns<ApiKey>> {
  const query = ctx.store.reader.getRepository(ApiKey).createQueryBuilder("apiKey");
  const { principal } = ctx;
  if (!seesAllKeys(ctx)) {
    query.andWhere("apiKey.ownerId = :viewerId", { viewerId: principal.kind === "USER" ? principal.user.id : "" });
  }
  if (filter?.ownerId != null) query.andWhere("apiKey.ownerId = :ownerId", { ownerId: filter.ownerId });
  if (filter?.status != null) whereStatus(query, filter.status, ctx.clock.now());
  if (filter?.unusedForDays != null) whereUnused(query, filter.unusedForDays, ctx.clock.now());
  if (filter?.search != null) {
    query.innerJoin("apiKey.owner", "owner");
    containsText(query, ["apiKey.nameKey", "owner.emailKey"], filter.search, "filter.search");
  }
  const given = ordersOf(sort, API_KEY_ORDERS);
  const orders = given.length > 0 ? given : [{ property: "createdAt", direction: "DESC" } as const];
  return pageOf(ctx, query, "apiKeys", { first, after, orders });
}

/** A key by id, whoever asks; null when there is none. */
export function findApiKey(manager: EntityManager, id: string): Promise<ApiKey | null> {
  return manager.createQueryBuilder(ApiKey, "apiKey").where("apiKey.id = :id", { id }).getOne();
}

/** A key by id if the principal sees it: its owner, who sees everyone's, or the key itself. Null otherwise. */
export async function findVisibleApiKey(ctx: RequestContext, id: string): Promise<ApiKey | null> {
  const key = await findApiKey(ctx.store.reader.manager, id);
  if (key === null) return null;
  const { principal } = ctx;
  const isOwn = principal.kind === "USER" && principal.user.id === key.ownerId;
  const isSelf = principal.kind === "API_KEY" && principal.apiKey.id === key.id;
  return isOwn || isSelf || seesAllKeys(ctx) ? key : null;
}

/** Narrows to keys, joined as `alias`, that are neither revoked nor expired at `now`; disabled ones may come back, so they stay. */
export function whereLive<Entity extends ObjectLiteral>(
  query: SelectQueryBuilder<Entity>,
  alias: string,
  now: number,
): SelectQueryBuilder<Entity> {
  return query
    .andWhere(`${alias}.revokedAt IS NULL`)
    .andWhere(`(${alias}.expiresAt IS NULL OR ${alias}.expiresAt > :now)`, { now: new Date(now) });
}

function seesAllKeys(ctx: RequestContext): boolean {
  return ctx.scope.authorities.has("VIEW_ALL_API_KEYS");
}

/** Live keys that nobody would miss. */
function whereUnused(query: SelectQueryBuilder<ApiKey>, days: number, now: number): void {
  if (days < 1 || days > MOST_DAYS) throw badInput("filter.unusedForDays", `must be from 1 to ${MOST_DAYS}`);
  whereLive(query, "apiKey", now).andWhere("COALESCE(apiKey.lastUsedAt, apiKey.createdAt) <= :unusedSince", {
    unusedSince: new Date(now - days * DAY_MS),
  });
}

/** `statusAt` in SQL. */
function whereStatus(query: SelectQueryBuilder<ApiKey>, status: ApiKeyStatus, now: number): void {
  switch (status) {
    case ApiKeyStatus.REVOKED:
      query.andWhere("apiKey.revokedAt IS NOT NULL");
      return;
    case ApiKeyStatus.EXPIRED:
      query.andWhere("apiKey.revokedAt IS NULL").andWhere("apiKey.expiresAt <= :now", { now: new Date(now) });
      return;
    case ApiKeyStatus.DISABLED:
    case ApiKeyStatus.ACTIVE:
      whereLive(query, "apiKey", now).andWhere("apiKey.isEnabled = :isEnabled", {
        isEnabled: status === ApiKeyStatus.ACTIVE,
      });
  }
}
