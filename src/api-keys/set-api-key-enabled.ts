import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { loadActor } from "../roles/load-actor";
import { Unchanged } from "../store/unchanged";
import { ApiKey } from "./api-key.entity";
import { requireKey, requireNotRevoked } from "./key-guards";

/** Stops a key until it is enabled again, or the reverse; does nothing to one that is so already. Not for revoked keys. */
export async function setApiKeyEnabled(ctx: RequestContext, id: string, isEnabled: boolean): Promise<ApiKey> {
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["MANAGE_USER_API_KEY", "REVOKE_ANY_API_KEY"]);
    const key = await requireKey(ctx, tx, actor, id, isEnabled ? "enable" : "stop");
    requireNotRevoked(key);
    if (key.isEnabled === isEnabled) return new Unchanged(key);
    const next = tx.create(ApiKey, { ...key, isEnabled, version: key.version + 1 });
    await tx.update(ApiKey, { id: key.id }, { isEnabled, version: next.version });
    await record(tx, ctx, {
      action: isEnabled ? "apiKey.enable" : "apiKey.disable",
      target: { kind: "apiKey", id, name: key.name },
    });
    return next;
  });
}
