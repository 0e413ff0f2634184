import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { loadActor } from "../roles/load-actor";
import { Unchanged } from "../store/unchanged";
import { ApiKey } from "./api-key.entity";
import { requireKey } from "./key-guards";

/** Ends a key for ever, from its next request on. Revoking a revoked key changes nothing, neither time nor audit trail. */
export async function revokeApiKey(ctx: RequestContext, id: string): Promise<ApiKey> {
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USER_API_KEY", "REVOKE_ANY_API_KEY"]);
    const key = await requireKey(ctx, tx, actor, id, "stop");
    if (key.revokedAt !== null) return new Unchanged(key);
    const change = { revokedAt: new Date(ctx.clock.now()), revokedById: actor.userId, version: key.version + 1 };
    await tx.update(ApiKey, { id: key.id }, change);
    await record(tx, ctx, {
      action: "apiKey.revoke",
      target: { kind: "apiKey", id, name: key.name },
      after: { ownerId: key.ownerId },
    });
    return tx.create(ApiKey, { ...key, ...change });
  });
}
