import type { PayQuery } from "../generated/operations";

/** What payroll knows of one person. */
export type Pay = Omit<PayQuery["employees"]["nodes"][number], "id">;

/** What payroll knows, by id. */
export type PayRecords = Readonly<Record<string, Pay>>;

/** A line of the export: who came, went, or is to be paid otherwise, as they are now (as they were, for those who are gone). */
export type PayChange = Pay & { readonly change: "added" | "changed" | "removed" };

/**
 * What leads from `before` to `now`.
 *
 * @example
 * [...payDelta({ a: ann }, { a: { ...ann, salary: 2 }, b: bob })];
 * // [{ change: "changed", ...ann, salary: 2 }, { change: "added", ...bob }]
 */
export function* payDelta(before: PayRecords, now: PayRecords): Generator<PayChange> {
  for (const [id, pay] of Object.entries(now)) {
    const known = before[id];
    if (!known) yield { change: "added", ...pay };
    else if (isOther(known, pay)) yield { change: "changed", ...pay };
  }
  for (const [id, pay] of Object.entries(before)) if (!now[id]) yield { change: "removed", ...pay };
}

/** Whether any of what the export asks for differs; a field that the last run did not ask for yet counts as different. */
function isOther(known: Pay, pay: Pay): boolean {
  return (Object.keys(pay) as (keyof Pay)[]).some((field) => known[field] !== pay[field]);
}
