import { ApiSet } from "../api-sets/api-set.entity";
import { describeApiSet, requireEditableApiSet } from "../api-sets/api-set-change";
import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import { loadActor } from "../roles/load-actor";
import { ApiKeyApiSet } from "./api-key-api-set.entity";
import { countLiveKeys } from "./count-live-keys";

/**
 * Deletes an API set that no live key is bound to; revoked and expired keys lose the binding. Throws CONFLICT with
 * `details.keyCount` otherwise: a set that disappeared would silently take permissions from keys in use.
 */
export async function deleteApiSet(ctx: RequestContext, id: string): Promise<void> {
  await ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_API_SETS"]);
    const set = await requireEditableApiSet(ctx, tx, actor, id);
    const keyCount = (await countLiveKeys(tx, [id], ctx.clock.now())).get(id) ?? 0;
    if (keyCount > 0) {
      const keys = keyCount === 1 ? "1 live API key is" : `${keyCount} live API keys are`;
      throw new ServiceError("CONFLICT", `${keys} bound to this API set: bind them to others first.`, { keyCount });
    }
    await tx.delete(ApiKeyApiSet, { apiSetId: set.id });
    await tx.delete(ApiSet, { id: set.id });
    const target = { kind: "apiSet", id, name: set.name };
    await record(tx, ctx, { action: "apiSet.delete", target, before: describeApiSet(set) });
  });
}
