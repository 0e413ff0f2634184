import type { ImportColumn } from "./import-target";
import { targetNamed } from "./import-target";
import type { Scratch } from "./scratch";
import { addProblems, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/** Refuses rows that refer to a record which is neither in the files nor in the database. */
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
       AND NOT EXISTS (SELECT 1 FROM ${tableOf("staged", to.target)} o WHERE o.${valueIn(to.target.key)} = s.${value})
       AND ${isNew(to, `s.${value}`)}`,
      [`is no ${to.target.resource.name} ${place}`],
    );
  }
}

/**
 * Refuses rows that refer to a row which is refused, and the rows that refer to those, to the end of each chain; but not where
 * the database has the record already, since then the reference leads somewhere all the same. Returns how many rows it refused.
 */
export function refuseReferencesToRefused(scratch: Scratch, staged: readonly Staged[]): number {
  const all = references(staged);
  for (const { from, column } of all) {
    const table = tableOf("staged", from.target);
    scratch.exec(
      `CREATE INDEX IF NOT EXISTS ${table}_${column.field.column} ON ${table} (${valueIn(column.field)}, bad)`,
    );
  }
  const isLost = `bad IN (${Verdict.BAD_BY_ITSELF}, ${Verdict.BAD_BY_OTHERS})`;
  const begin = staged.map(
    (one) => `SELECT '${one.target.resource.name}', ${key(one)} FROM ${tableOf("staged", one.target)} s
              WHERE ${isLost} AND ${key(one)} IS NOT NULL AND ${isNew(one, `s.${key(one)}`)}`,
  );
  const follow = all.map(
    ({ from, column, to }) => `SELECT '${from.target.resource.name}', s.${key(from)} FROM lost
              JOIN ${tableOf("staged", from.target)} s ON s.${valueIn(column.field)} = lost.value AND s.bad = ${Verdict.GOOD}
              WHERE lost.target = '${to.target.resource.name}' AND ${isNew(from, `s.${key(from)}`)}`,
  );
  scratch.exec(
    `DROP TABLE IF EXISTS refused;
     CREATE TABLE refused AS WITH RECURSIVE lost (target, value) AS (${[...begin, ...follow].join(" UNION ")}) SELECT * FROM lost;
     CREATE UNIQUE INDEX refused_value ON refused (target, value)`,
  );
  let count = 0;
  for (const { from, column, to } of all) {
    const value = valueIn(column.field);
    count += addProblems(
      scratch,
      from.target,
      column,
      Verdict.BAD_BY_OTHERS,
      `SELECT s.line, s.${value} AS value, ? AS reason FROM refused r
       JOIN ${tableOf("staged", from.target)} s ON s.${value} = r.value AND s.bad = ${Verdict.GOOD} WHERE r.target = ?`,
      [`is on a row of ${to.target.resource.plural} that is refused`, to.target.resource.name],
    );
  }
  return count;
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
  return valueIn(target.key);
}

/** SQL that holds when the database has no record of this key. */
function isNew({ target }: Staged, value: string): string {
  return `NOT EXISTS (SELECT 1 FROM ${tableOf("existing", target)} e WHERE e.${valueIn(target.key)} = ${value})`;
}
