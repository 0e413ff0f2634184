import { IsNull } from "typeorm";
import { type AuditEntry, recordAll } from "../audit/record";
import type { RequestContext } from "../context";
import { badInput } from "../kernel/service-error";
import { loadActor } from "../roles/load-actor";
import { ApiKey } from "./api-key.entity";

/** What a client must type. */
const CONFIRMATION = "REVOKE ALL";

/**
 * Ends every key of every user for ever, expired and disabled ones included, and tells how many it were. Sessions go on. A key
 * that is being generated at the same moment comes before and is revoked, or after and stays: such changes run one by one.
 */
export async function revokeAllApiKeys(ctx: RequestContext, confirm: string): Promise<{ readonly count: number }> {
  if (confirm !== CONFIRMATION) throw badInput("confirm", `must be exactly "${CONFIRMATION}"`);
  return ctx.store.change(async (tx) => {
    const actor = await loadActor(tx, ctx, ["REVOKE_ALL_API_KEYS"]);
    const select = { id: true, name: true, ownerId: true } as const;
    const keys = await tx.find(ApiKey, { select, where: { revokedAt: IsNull() }, order: { id: "ASC" } });
    const count = keys.length;
    await tx
      .createQueryBuilder()
      .update(ApiKey)
      .set({ revokedAt: new Date(ctx.clock.now()), revokedById: actor.userId, version: () => "version + 1" })
      .where("revokedAt IS NULL")
      .execute();
    // Each key's own trail says who ended it; the newest row is the one that tells of all.
    const rows = keys.map(({ id, name, ownerId }): AuditEntry => {
      return {
        action: "apiKey.revoke",
        target: { kind: "apiKey", id, name },
        after: { ownerId, by: "revokeAllApiKeys" },
      };
    });
    await recordAll(tx, ctx, [...rows, { action: "apiKey.revokeAll", severity: "HIGH", after: { count } }]);
    return { count };
  });
}
