import type { FieldValue, ResourceField } from "../../resources/field";
import { type FileProblem, shown } from "./file-problem";
import type { ImportColumn } from "./import-column";
import type { ImportTarget } from "./import-target";
import type { Scratch, ScratchValue } from "./scratch";

/** Why a staged row is not written. Later reasons are found anew when the database has changed in between. */
export const Verdict = {
  GOOD: 0,
  BAD_BY_ITSELF: 1,
  DUPLICATE: 2,
  BAD_BY_OTHERS: 3,
  /** The number of cells is wrong: at most the key can be told, so that references to it are known to lead to a skipped row. */
  RAGGED: 4,
} as const;

/** In place of a verdict, what is told of a row that is written all the same. */
export const Note = { LEFT_OUT: 8, CIRCLE: 9 } as const;

const FIRST_NOTE = Math.min(...Object.values(Note));

/** SQL that tells what is wrong with rows from what is merely told of them. */
export const IS_BAD = `verdict < ${FIRST_NOTE}`;

/** A resource of this run with its table of rows; a resource that no file was given for has an empty one. */
export interface Staged {
  readonly target: ImportTarget;
  /** Those of `target.columns` that the file has. */
  readonly columns: readonly ImportColumn[];
  readonly file: StagedFile | null;
}

/** What reading a file came to. */
export interface StagedFile {
  readonly path: string;
  /** The last part of the path. */
  readonly name: string;
  /** Rows without the header, bad ones included. */
  readonly rows: number;
  /** Columns of the header that were ignored. */
  readonly unknownColumns: readonly string[];
  /** What new records get for want of a column. */
  readonly assumed: readonly { readonly column: ImportColumn; readonly value: FieldValue }[];
  /** Why the file cannot be used at all; null when it can. */
  readonly failure: FileProblem | null;
}

/** `staged`: the rows of the file · `existing`: what the database has · `edge`, `depth`, `cut`: the hierarchy · `plan`: what to write. */
export type ScratchTable = "staged" | "existing" | "edge" | "depth" | "cut" | "plan";

/** Name of a resource's table in the scratch database. */
export function tableOf(kind: ScratchTable, { resource }: ImportTarget): string {
  return `${kind}_${resource.name}`;
}

/** Name of a field's value in these tables. A relation's is the key of the other record in `staged`, its id elsewhere. */
export function valueIn(field: ResourceField): string {
  return `v_${field.column}`;
}

/**
 * Name of the column that tells which record a row is about, equal in `staged` and `existing`. A key of several fields has a column
 * of its own, which match-rows.ts fills.
 */
export function keyIn({ key }: ImportTarget): string {
  return hasKeyColumn({ key }) ? "key" : valueIn(key[0]);
}

/** Whether the key is made of several fields. */
export function hasKeyColumn({ key }: Pick<ImportTarget, "key">): boolean {
  return key.length > 1;
}

/** Definition of a field's value; `isId` where a relation is held by id. */
export function valueColumn(field: ResourceField): string {
  const type = field.kind === "money" || field.kind === "integer" ? "NUMERIC" : "TEXT";
  return `${valueIn(field)} ${type}`;
}

/** Makes the empty tables that every run has. */
export function createStagedTable(scratch: Scratch, target: ImportTarget, columns: readonly ImportColumn[]): void {
  const values = columns.map(({ field }) => valueColumn(field));
  const all = [...values, ...(hasKeyColumn(target) ? ["key TEXT"] : [])].join(", ");
  const table = tableOf("staged", target);
  scratch.exec(`CREATE TABLE ${table} (line INTEGER PRIMARY KEY, id TEXT NOT NULL, bad INTEGER NOT NULL, ${all})`);
}

/** Makes the table of everything that is wrong with rows; `at` is the place of the column, for the order of a report. */
export function createProblemTable(scratch: Scratch): void {
  scratch.exec(
    "CREATE TABLE problem (target TEXT, line INTEGER, at INTEGER, name TEXT, value TEXT, reason TEXT, verdict INTEGER)",
  );
}

/** Notes what is wrong with one row. */
export function addProblem(
  scratch: Scratch,
  target: ImportTarget,
  verdict: number,
  problem: FileProblem & { readonly at: number },
): void {
  const { line, at, column, value, reason } = problem;
  scratch.run("INSERT INTO problem VALUES (?, ?, ?, ?, ?, ?, ?)", [
    target.resource.name,
    line,
    at,
    column,
    value === null ? null : shown(value),
    reason,
    verdict,
  ]);
}

/**
 * Notes the same kind of problem for every row that `rows` selects: SQL whose columns are `line`, `value` and `reason`. Returns
 * how many rows turned bad that were good before.
 */
export function addProblems(
  scratch: Scratch,
  target: ImportTarget,
  { header, field }: ImportColumn,
  verdict: number,
  rows: string,
  parameters: readonly ScratchValue[] = [],
): number {
  const at = target.columns.findIndex((column) => column.field === field);
  const { name } = target.resource;
  const added = scratch.run(
    `INSERT INTO problem SELECT ?, line, ?, ?, substr(value, 1, 61), reason, ? FROM (${rows})`,
    [name, at, header, verdict, ...parameters],
  );
  if (added === 0 || verdict >= FIRST_NOTE) return 0;
  return refuseNoted(scratch, target, verdict);
}

/** Turns the rows bad that problems of this verdict are noted for. Returns how many of them were good before. */
export function refuseNoted(scratch: Scratch, target: ImportTarget, verdict: number): number {
  const isWorse = verdict === Verdict.DUPLICATE ? `bad < ${verdict}` : `bad = ${Verdict.GOOD}`;
  return scratch.run(
    `UPDATE ${tableOf("staged", target)} SET bad = ? WHERE ${isWorse}
     AND line IN (SELECT line FROM problem WHERE target = ? AND verdict = ?)`,
    [verdict, target.resource.name, verdict],
  );
}

/** Takes back every verdict and note that came of the state of the database. */
export function forgetOthers(scratch: Scratch, staged: readonly Staged[]): void {
  scratch.run("DELETE FROM problem WHERE verdict = ? OR verdict >= ?", [Verdict.BAD_BY_OTHERS, FIRST_NOTE]);
  for (const { target } of staged) {
    scratch.run(`UPDATE ${tableOf("staged", target)} SET bad = 0 WHERE bad = ?`, [Verdict.BAD_BY_OTHERS]);
  }
}
