import { ApiKey } from "../api-keys/api-key.entity";
import type { Transaction } from "../context";
import type { Dialect, Store } from "../store/store";
import { ApiKeyUsage } from "./api-key-usage.entity";
import type { UsageBatch } from "./usage-tally";

/** Rows per statement. */
const CHUNK = 100;

const ADD: Readonly<Record<Dialect, string>> = {
  sqlite:
    "ON CONFLICT (apiKeyId, hour, operationName) DO UPDATE SET " +
    "calls = calls + excluded.calls, denials = denials + excluded.denials, errors = errors + excluded.errors",
  mariadb:
    "ON DUPLICATE KEY UPDATE " +
    "calls = calls + VALUES(calls), denials = denials + VALUES(denials), errors = errors + VALUES(errors)",
};

/**
 * Adds a batch to what is stored, in one transaction that does not move the epoch: nothing that is decided depends on it.
 *
 * Instances may write at the same moment: counts are added by the database, and a last use is replaced by a later one only. Of a
 * key nothing but its last use is touched, so what is changed of it meanwhile, its revocation above all, stands. Keys that are
 * gone are left out. Rows are taken in order, so that two writers seldom wait for each other in a circle.
 */
export async function writeUsage(store: Store, batch: UsageBatch): Promise<void> {
  await store.transaction(async (tx) => {
    const known = await existingKeys(tx, [...new Set(batch.cells.map(({ apiKeyId }) => apiKeyId))]);
    const uses = batch.uses.filter(({ apiKeyId }) => known.has(apiKeyId));
    for (const use of uses.sort((left, right) => compare(left.apiKeyId, right.apiKeyId))) await writeLastUse(tx, use);
    const rows = batch.cells
      .filter(({ apiKeyId }) => known.has(apiKeyId))
      .sort((left, right) => compare(left.apiKeyId, right.apiKeyId) || compare(left.operationName, right.operationName))
      .map(({ hour, takenFrom: _, ...row }) => ({ ...row, hour: new Date(hour) }));
    for (const chunk of chunked(rows)) {
      const [insert, parameters] = tx
        .createQueryBuilder()
        .insert()
        .into(ApiKeyUsage)
        .values(chunk)
        .updateEntity(false)
        .getQueryAndParameters();
      await tx.query(`${insert} ${ADD[store.dialect]}`, parameters);
    }
  });
}

async function existingKeys(tx: Transaction, ids: readonly string[]): Promise<Set<string>> {
  const found = new Set<string>();
  for (const chunk of chunked(ids)) {
    const keys = await tx
      .createQueryBuilder(ApiKey, "apiKey")
      .select("apiKey.id", "id")
      .where("apiKey.id IN (:...chunk)", { chunk })
      .getRawMany<{ id: string }>();
    for (const { id } of keys) found.add(id);
  }
  return found;
}

async function writeLastUse(
  tx: Transaction,
  { apiKeyId, usedAt, usedFrom }: UsageBatch["uses"][number],
): Promise<void> {
  const at = new Date(usedAt);
  await tx
    .createQueryBuilder()
    .update(ApiKey)
    .set({ lastUsedAt: at, lastUsedIp: usedFrom.ip, lastUsedClient: usedFrom.client })
    .where("id = :apiKeyId AND (lastUsedAt IS NULL OR lastUsedAt < :at)", { apiKeyId, at })
    .execute();
}

function chunked<T>(all: readonly T[]): T[][] {
  return Array.from({ length: Math.ceil(all.length / CHUNK) }, (_, at) => all.slice(at * CHUNK, (at + 1) * CHUNK));
}

/** By code units, the order of the primary key. */
function compare(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
