import type { ImportColumn } from "./import-column";
import { targetNamed } from "./import-target";
import type { Scratch } from "./scratch";
import { addProblems, keyIn, Note, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/** Refuses rows that refer to a record which is neither in the files, be its row good or bad, nor in the database. */
export function refuseUnknownReferences(scratch: Scratch, staged: readonly Staged[]): void {
  for (const { from, column, to } of references(staged)) {
    const value = valueIn(column.field);
    const place = to.file === null ? "in the database" : "in the file or in the database";
    addProblems(
      scratch,
      from.target,
      column,
      Verdict.BAD_BY_OTHERS,
      `SELECT line, ${value} AS value, ? AS reason FROM ${tableOf("staged", from.target)} s WHERE ${value} IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM ${tableOf("staged", to.target)} o WHERE o.${keyIn(to.target)} = s.${value})
       AND ${isNew(to, `s.${value}`)}`,
      [`is no ${to.target.resource.name} ${place}`],
    );
  }
}

/**
 * Notes every reference to a record whose only row is refused and which the database does not have: the row is written without
 * it, a new record with nothing there, another with what it has. Where a new record cannot be without it, its row is refused too.
 */
export function noteLeftOut(scratch: Scratch, staged: readonly Staged[]): void {
  const all = references(staged);
  const needed = all.filter(({ column }) => column.field.required);
  const refuse = ({ from, column, to }: Reference): number =>
    addProblems(
      scratch,
      from.target,
      column,
      Verdict.BAD_BY_OTHERS,
      `SELECT s.line, s.${valueIn(column.field)} AS value, 'is on a skipped row' AS reason
       FROM ${leadingNowhere(from, column, to)} AND ${isNew(from, `s.${key(from)}`)}`,
    );
  while (needed.map(refuse).some((refused) => refused > 0));
  for (const { from, column, to } of all) {
    addProblems(
      scratch,
      from.target,
      column,
      Note.LEFT_OUT,
      `SELECT s.line, s.${valueIn(column.field)} AS value, 'is on a skipped row: '
         || CASE WHEN ${isNew(from, `s.${key(from)}`)} THEN 'left empty' ELSE 'left as it was' END AS reason
       FROM ${leadingNowhere(from, column, to)}`,
    );
  }
}

/** SQL for the good rows `s` whose reference is neither in the database nor on a good row; a condition can be added. */
function leadingNowhere(from: Staged, { field }: ImportColumn, to: Staged): string {
  const value = `s.${valueIn(field)}`;
  return `${tableOf("staged", from.target)} s WHERE s.bad = ${Verdict.GOOD} AND ${value} IS NOT NULL AND ${isNew(to, value)}
    AND NOT EXISTS (SELECT 1 FROM ${tableOf("staged", to.target)} o WHERE o.${key(to)} = ${value} AND o.bad = ${Verdict.GOOD})`;
}

interface Reference {
  readonly from: Staged;
  readonly column: ImportColumn;
  readonly to: Staged;
}

function references(staged: readonly Staged[]): Reference[] {
  return staged.flatMap((from) =>
    from.columns.flatMap((column) => {
      if (column.field.target === null) return [];
      const target = targetNamed(column.field.target);
      const to = staged.find((other) => other.target === target);
      return to ? [{ from, column, to }] : [];
    }),
  );
}

function key({ target }: Staged): string {
  return keyIn(target);
}

/** SQL that holds when the database has no record of this key. */
function isNew({ target }: Staged, value: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${tableOf("existing", target)} e WHERE e.${keyIn(target)} = ${value})`;
}
