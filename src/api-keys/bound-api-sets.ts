import { type EntityManager, In } from "typeorm";
import { ApiSet } from "../api-sets/api-set.entity";
import { ApiKeyApiSet } from "./api-key-api-set.entity";

/** The API sets that a key is bound to, by name. */
export function boundApiSets(manager: EntityManager, keyId: string): Promise<ApiSet[]> {
  return manager
    .createQueryBuilder(ApiSet, "apiSet")
    .innerJoin(ApiKeyApiSet, "binding", "binding.apiSetId = apiSet.id")
    .where("binding.apiKeyId = :keyId", { keyId })
    .orderBy("apiSet.nameKey", "ASC")
    .getMany();
}

/** The API sets of several keys in two statements: by key id, each list by name. */
export async function boundApiSetsOf(
  manager: EntityManager,
  keyIds: readonly string[],
): Promise<ReadonlyMap<string, ApiSet[]>> {
  const bindings = await manager.find(ApiKeyApiSet, { where: { apiKeyId: In([...new Set(keyIds)]) } });
  const setIds = [...new Set(bindings.map((binding) => binding.apiSetId))];
  const sets = await manager.find(ApiSet, { where: { id: In(setIds) }, order: { nameKey: "ASC" } });
  const boundTo = new Map<string, Set<string>>();
  for (const { apiKeyId, apiSetId } of bindings) {
    boundTo.set(apiKeyId, (boundTo.get(apiKeyId) ?? new Set()).add(apiSetId));
  }
  return new Map([...boundTo].map(([keyId, ids]) => [keyId, sets.filter((set) => ids.has(set.id))]));
}
