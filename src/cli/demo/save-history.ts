import { record } from "../../audit/record";
import type { RequestContext, Transaction } from "../../context";
import { Compensation } from "../../resources/compensation/compensation.entity";
import { TimeOff } from "../../resources/time-off/time-off.entity";
import type { CompanyHistory } from "./generate-history";
import { BATCH, COMPANY_SAVED } from "./save-company";

/** Inserts what happened to the people of a company that `tx` has saved already. */
export async function saveHistory(tx: Transaction, ctx: RequestContext, history: CompanyHistory): Promise<void> {
  const now = new Date(ctx.clock.now());
  const stamp = { version: 1, createdAt: now, updatedAt: now };
  const { compensations, timeOffs } = history;
  for (const [entity, rows] of [
    [Compensation, compensations],
    [TimeOff, timeOffs],
  ] as const) {
    for (let at = 0; at < rows.length; at += BATCH) {
      const batch = rows.slice(at, at + BATCH).map((row) => ({ ...row, ...stamp }));
      await tx.createQueryBuilder().insert().into<object>(entity).values(batch).updateEntity(false).execute();
    }
  }
  await record(tx, ctx, {
    action: COMPANY_SAVED,
    after: { compensations: compensations.length, timeOffs: timeOffs.length },
  });
}
