import type { EntityManager } from "typeorm";
import { whereLive } from "./api-key.queries";
import { ApiKeyApiSet } from "./api-key-api-set.entity";

/** Live keys (not revoked, not expired at `now`) bound to each of these API sets; sets without any are left out. */
export async function countLiveKeys(
  manager: EntityManager,
  apiSetIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, number>> {
  if (apiSetIds.length === 0) return new Map();
  const query = manager
    .createQueryBuilder(ApiKeyApiSet, "binding")
    .innerJoin("binding.apiKey", "apiKey")
    .select("binding.apiSetId", "apiSetId")
    .addSelect("COUNT(*)", "keyCount")
    .where("binding.apiSetId IN (:...apiSetIds)", { apiSetIds })
    .groupBy("binding.apiSetId");
  const rows = await whereLive(query, "apiKey", now).getRawMany<{ apiSetId: string; keyCount: number | string }>();
  return new Map(rows.map((row) => [row.apiSetId, Number(row.keyCount)]));
}
