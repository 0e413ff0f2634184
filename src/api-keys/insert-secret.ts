import type { RequestContext, Transaction } from "../context";
import { newId } from "../kernel/id";
import { ServiceError } from "../kernel/service-error";
import { ApiKeySecret } from "./api-key-secret.entity";

/**
 * Stores the digest of a key's new secret. Secrets stay for ever, so no value is used twice, not even of a revoked key: throws
 * CONFLICT for one that was.
 */
export async function insertSecret(
  ctx: RequestContext,
  tx: Transaction,
  token: string,
  secret: Pick<ApiKeySecret, "apiKeyId" | "state" | "graceSeconds">,
): Promise<void> {
  const digest = ctx.pepper.digest(token);
  const used = tx.createQueryBuilder(ApiKeySecret, "secret").where("secret.digest = :digest", { digest });
  if (await used.getExists()) {
    throw new ServiceError("CONFLICT", "This value has been a key before: take a new GUID.", { field: "input.value" });
  }
  await tx.insert(ApiKeySecret, {
    ...secret,
    id: newId(),
    digest,
    pepperVersion: ctx.pepper.version,
    createdAt: new Date(ctx.clock.now()),
    expiresAt: null,
    firstUsedAt: null,
  });
}
