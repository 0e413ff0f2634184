import type { ResourceField } from "../../resources/field";
import type { RecordPeriod } from "../../resources/record-period";
import { fieldNamed } from "../../resources/resource";
import { targetNamed } from "./import-target";
import type { Scratch, ScratchValue } from "./scratch";
import { addProblems, keyIn, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/** Later than every day, as text. */
const NEVER = "9999-12-32";

/** Fields that the file has no column for but that its periods are made of, so the database has to say them. */
export function fieldsOfPeriod({ target, columns }: Pick<Staged, "target" | "columns">): ResourceField[] {
  const { period } = target.resource;
  if (period === undefined) return [];
  const names = [period.owner, period.from, period.to, ...(period.only ? [period.only.field] : [])];
  const fields = names.flatMap((name) => fieldNamed(target.resource, name) ?? []);
  return fields.filter((field) => !columns.some((column) => column.field === field));
}

/**
 * Refuses rows whose period would overlap another of the same owner, on another row or in the database. Of rows that overlap each
 * other all are refused, since nobody can tell which is right; what they would have changed then counts as it is.
 */
export function refuseOverlaps(scratch: Scratch, staged: readonly Staged[]): void {
  for (const one of staged) {
    const { period } = one.target.resource;
    if (period === undefined || one.file === null) continue;
    while (refuseOverlapsOf(scratch, one, period) > 0);
  }
}

function refuseOverlapsOf(scratch: Scratch, one: Staged, period: RecordPeriod): number {
  const { target, columns } = one;
  const column = columns.find(({ field }) => field.name === period.from);
  if (!column) throw new Error(`${target.resource.name} has a file without ${period.from}, which is part of its key`);
  const { sql, parameters } = spansOf(one, period);
  scratch.exec("DROP TABLE IF EXISTS span; CREATE TABLE span (line INTEGER, owner TEXT, first TEXT, last TEXT)");
  scratch.run(`INSERT INTO span ${sql}`, parameters);
  const [before, beforeOrOn] = period.mayTouch ? ["<", "<"] : ["<=", "<="];
  // Of those that begin earlier, the one that ends last; of those that begin later, the next. Ten characters are a day.
  const found = `SELECT line, first,
      CASE WHEN sameFirst IS NOT NULL AND sameFirst = first THEN first || sameLast || sameLine
           WHEN first ${before} substr(longest, 1, 10) THEN substr(longest, 11, 10) || substr(longest, 1, 10) || substr(longest, 21)
           WHEN nextFirst = first OR nextFirst ${beforeOrOn} last THEN nextFirst || nextLast || nextLine END AS other
    FROM (SELECT line, first, last,
        lag(first) OVER byFirst AS sameFirst, lag(last) OVER byFirst AS sameLast, lag(coalesce(line, '')) OVER byFirst AS sameLine,
        lead(first) OVER byFirst AS nextFirst, lead(last) OVER byFirst AS nextLast, lead(coalesce(line, '')) OVER byFirst AS nextLine,
        max(last || first || coalesce(line, '')) OVER (byFirst ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS longest
      FROM span WINDOW byFirst AS (PARTITION BY owner ORDER BY first, line))`;
  const { label, owner } = period;
  return addProblems(
    scratch,
    target,
    column,
    Verdict.BAD_BY_OTHERS,
    `SELECT line, first AS value, 'would overlap ${label} of the same ${owner}, '
       || CASE WHEN length(other) > 20 THEN 'on line ' || substr(other, 21) ELSE 'in the database' END
       || ', from ' || substr(other, 1, 10)
       || CASE WHEN substr(other, 11, 10) = '${NEVER}' THEN ' on' ELSE ' to ' || substr(other, 11, 10) END AS reason
     FROM (${found}) WHERE line IS NOT NULL AND other IS NOT NULL`,
  );
}

/** SQL for the periods as they will be: of the good rows, and of the records that no good row is about. */
function spansOf(one: Staged, period: RecordPeriod): { sql: string; parameters: ScratchValue[] } {
  const { target } = one;
  const parameters: ScratchValue[] = [];
  const key = keyIn(target);
  const held = target.key[0];
  const holder = targetNamed(held.target as string);
  const named = (name: string): ResourceField => fieldNamed(target.resource, name) as ResourceField;
  const value = (name: string): string => {
    const field = named(name);
    if (one.columns.some((column) => column.field === field)) return `s.${valueIn(field)}`;
    const assumed = one.file?.assumed.find(({ column }) => column.field === field)?.value ?? null;
    parameters.push(assumed);
    return `CASE WHEN e.id IS NULL THEN ? ELSE e.${valueIn(field)} END`;
  };
  const states = period.only?.values ?? [];
  const counts = (state: string): string => {
    if (!period.only) return "";
    parameters.push(...states);
    return ` AND ${state} IN (${states.map(() => "?").join(", ")})`;
  };
  const rows = `SELECT s.line, s.${valueIn(held)}, ${value(period.from)}, coalesce(${value(period.to)}, '${NEVER}')
    FROM ${tableOf("staged", target)} s LEFT JOIN ${tableOf("existing", target)} e ON e.${key} = s.${key}
    WHERE s.bad = ${Verdict.GOOD}${period.only ? counts(value(period.only.field)) : ""}`;
  const records = `SELECT NULL, o.${keyIn(holder)}, e.${valueIn(named(period.from))}, coalesce(e.${valueIn(named(period.to))}, '${NEVER}')
    FROM ${tableOf("existing", target)} e JOIN ${tableOf("existing", holder)} o ON o.id = e.${valueIn(held)}
    WHERE NOT EXISTS (SELECT 1 FROM ${tableOf("staged", target)} s WHERE s.${key} = e.${key} AND s.bad = ${Verdict.GOOD})
      ${period.only ? counts(`e.${valueIn(named(period.only.field))}`) : ""}`;
  return { sql: `${rows} UNION ALL ${records}`, parameters };
}
