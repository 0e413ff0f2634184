import { acyclicColumn } from "./check-cycles";
import type { ImportColumn } from "./import-column";
import { isDeferred, targetNamed } from "./import-target";
import type { Scratch } from "./scratch";
import { keyIn, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

/**
 * One turn of writing. A resource with relations to a later one has two: `create` without these relations, so that the later
 * records can refer to the new ones, and `finish`, which changes its other records and sets the relations of the new. A resource
 * with a hierarchy has `all` and `close`, which sets the parents that close a circle.
 */
export interface Step {
  readonly one: Staged;
  readonly turn: "all" | "create" | "finish" | "close";
}

/** What is done to a record. `LINK` sets the relations that had to wait, of a record that the same run has created. */
export type Operation = "CREATE" | "UPDATE" | "LINK";

/** A stretch of the operations, both ends included, that is committed as one. */
export interface Part {
  readonly first: number;
  readonly last: number;
  /** Counts from 1; null where the plan is one transaction. */
  readonly number: number | null;
}

/** The order of writing. */
export function stepsOf(staged: readonly Staged[]): Step[] {
  const given = staged.filter(({ file }) => file !== null);
  const first = given.map((one): Step => ({ one, turn: deferredColumns(one).length > 0 ? "create" : "all" }));
  const last = first.flatMap(({ one, turn }): Step[] => {
    if (turn === "create") return [{ one, turn: "finish" }];
    return acyclicColumn(one) ? [{ one, turn: "close" }] : [];
  });
  return [...first, ...last];
}

/** The file's columns that can only be set when the records of a later resource are there. */
export function deferredColumns({ target, columns }: Staged): readonly ImportColumn[] {
  return columns.filter(({ field }) => isDeferred(target, field));
}

/**
 * Works out what the good rows change: `plan` holds the rows that differ from the database, relations as ids, `operation` what to
 * do, in order. Parents come before children in an acyclic relation, so that every prefix of the work leaves valid records.
 * Returns the number of operations.
 */
export function planChanges(scratch: Scratch, staged: readonly Staged[]): number {
  scratch.exec(
    `DROP TABLE IF EXISTS operation;
     CREATE TABLE operation (seq INTEGER PRIMARY KEY, step INTEGER, target TEXT, line INTEGER, kind TEXT)`,
  );
  const steps = stepsOf(staged);
  for (const { one } of steps.filter(({ turn }) => turn === "all" || turn === "create")) planRows(scratch, one);
  for (const [at, step] of steps.entries()) planStep(scratch, at, step);
  scratch.exec("CREATE INDEX operation_line ON operation (target, line)");
  return scratch.count("SELECT count(*) AS n FROM operation");
}

function planRows(scratch: Scratch, one: Staged): void {
  const { target, columns } = one;
  const plan = tableOf("plan", target);
  const key = keyIn(target);
  const joins: string[] = [];
  const values = columns.map(({ field }) => {
    if (field.target === null) return { name: valueIn(field), value: `s.${valueIn(field)}` };
    const other = targetNamed(field.target);
    const otherKey = keyIn(other);
    const [there, here] = [`there_${field.column}`, `here_${field.column}`];
    joins.push(
      `LEFT JOIN ${tableOf("existing", other)} ${there} ON ${there}.${otherKey} = s.${valueIn(field)}`,
      `LEFT JOIN ${tableOf("staged", other)} ${here} ON ${here}.${otherKey} = s.${valueIn(field)} AND ${here}.bad = ${Verdict.GOOD}`,
    );
    // What leads nowhere is on a skipped row, and leaves the record with what it has.
    const id = `coalesce(${there}.id, ${here}.id, e.${valueIn(field)})`;
    return { name: valueIn(field), value: `CASE WHEN s.${valueIn(field)} IS NULL THEN NULL ELSE ${id} END` };
  });
  const isHierarchy = acyclicColumn(one) !== undefined;
  if (isHierarchy) {
    joins.push(`LEFT JOIN ${tableOf("depth", target)} d ON d.key = s.${key}`);
    joins.push(`LEFT JOIN ${tableOf("cut", target)} c ON c.key = s.${key}`);
  }
  const differences = values.map(({ name, value }) => `e.${name} IS NOT ${value}`);
  scratch.exec(
    `DROP TABLE IF EXISTS ${plan};
     CREATE TABLE ${plan} AS SELECT s.line, coalesce(e.id, s.id) AS id, e.version AS version,
       ${isHierarchy ? "d.depth" : "0"} AS depth, ${isHierarchy ? "c.key IS NOT NULL" : "0"} AS isCut, ${values.map(({ name, value }) => `${value} AS ${name}`).join(", ")}
     FROM ${tableOf("staged", target)} s LEFT JOIN ${tableOf("existing", target)} e ON e.${key} = s.${key} ${joins.join(" ")}
     WHERE s.bad = ${Verdict.GOOD} AND (e.id IS NULL OR ${differences.join(" OR ")});
     CREATE UNIQUE INDEX ${plan}_line ON ${plan} (line);
     CREATE UNIQUE INDEX ${plan}_id ON ${plan} (id)`,
  );
}

function planStep(scratch: Scratch, at: number, { one, turn }: Step): void {
  const waiting = ["isCut", ...deferredColumns(one).map(({ field }) => `${valueIn(field)} IS NOT NULL`)].join(" OR ");
  const link = "CASE WHEN version IS NULL THEN 'LINK' ELSE 'UPDATE' END";
  const { kind, which } = {
    all: { kind: "CASE WHEN version IS NULL THEN 'CREATE' ELSE 'UPDATE' END", which: "version IS NULL OR NOT isCut" },
    create: { kind: "'CREATE'", which: "version IS NULL" },
    finish: { kind: link, which: `version IS NOT NULL OR ${waiting}` },
    close: { kind: link, which: "isCut" },
  }[turn];
  scratch.run(
    `INSERT INTO operation (step, target, line, kind)
     SELECT ?, ?, line, ${kind} FROM ${tableOf("plan", one.target)} WHERE ${which} ORDER BY depth, line`,
    [at, one.target.resource.name],
  );
}
