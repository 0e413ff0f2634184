import type { EntityManager } from "typeorm";
import { ApiKeySecret } from "./api-key-secret.entity";
import { secretStateAt } from "./secret-state";

const NEWEST = 20;

/**
 * The newest secrets of several keys in one statement: by key id, newest first, at most 20 each, with their states at `now`
 * (milliseconds). A key lives on two at most; the others are history.
 */
export async function newestSecretsOf(
  manager: EntityManager,
  keyIds: readonly string[],
  now: number,
): Promise<ReadonlyMap<string, ApiKeySecret[]>> {
  const secrets = await manager
    .createQueryBuilder(ApiKeySecret, "secret")
    .where(
      `secret.id IN (SELECT ranked.id FROM (
         SELECT id, ROW_NUMBER() OVER (PARTITION BY apiKeyId ORDER BY createdAt DESC, id DESC) AS place
         FROM api_key_secret WHERE apiKeyId IN (:...keyIds)
       ) ranked WHERE ranked.place <= ${NEWEST})`,
      { keyIds: [...new Set(keyIds)] },
    )
    .orderBy("secret.createdAt", "DESC")
    .addOrderBy("secret.id", "DESC")
    .getMany();
  const byKey = new Map<string, ApiKeySecret[]>();
  for (const secret of secrets) {
    const known = byKey.get(secret.apiKeyId) ?? [];
    known.push(manager.create(ApiKeySecret, { ...secret, state: secretStateAt(secret, now) }));
    byKey.set(secret.apiKeyId, known);
  }
  return byKey;
}
