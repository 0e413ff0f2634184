import type { Transaction } from "../context";
import type { Actor } from "../roles/load-actor";

/**
 * Whether a live key of a bot or non-employee other than the actor is bound to the set. The actor may have generated that key and
 * so have its token, with which a wider set would be used as its owner; tokens of employees' keys are seen by nobody else.
 *
 * Keys and users belong to floors above, so they are named as tables here.
 */
export async function isBoundForOthers(tx: Transaction, actor: Actor, apiSetId: string): Promise<boolean> {
  const { userId, employeeId } = actor;
  const query = tx
    .createQueryBuilder()
    .select("owner.id", "id")
    .from<{ apiKeyId: string; apiSetId: string }>("api_key_api_set", "binding")
    .innerJoin("api_key", "apiKey", "apiKey.id = binding.apiKeyId")
    .innerJoin("user", "owner", "owner.id = apiKey.ownerId")
    .where("binding.apiSetId = :apiSetId", { apiSetId })
    .andWhere("apiKey.revokedAt IS NULL AND owner.kind <> 'EMPLOYEE'");
  if (userId !== null) query.andWhere("owner.id <> :userId", { userId });
  if (employeeId !== null)
    query.andWhere("(owner.employeeId IS NULL OR owner.employeeId <> :employeeId)", { employeeId });
  return (await query.limit(1).getRawOne()) !== undefined;
}
