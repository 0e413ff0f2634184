import type { FieldValue } from "../../resources/field";
import type { Written } from "./apply-changes";
import type { FileProblem } from "./file-problem";
import type { ImportColumn } from "./import-column";
import type { Scratch } from "./scratch";
import { IS_BAD, Note, type Staged } from "./staged-rows";

/** What became of one file. */
export interface FileReport {
  /** As in permissions, e.g. `employee`. */
  readonly resource: string;
  readonly path: string;
  /** Rows that were read, without the header. */
  readonly rows: number;
  readonly created: number;
  readonly updated: number;
  /** Good rows that the database had already, exactly so. */
  readonly unchanged: number;
  /** Rows with something wrong. */
  readonly bad: number;
  /** The first of what is wrong, in the order of the file: at most `MOST_PROBLEMS` rows of it. */
  readonly problems: readonly FileProblem[];
  /** What there is to know about rows that were imported; none when nothing was. */
  readonly notes: readonly RowNotes[];
  /** Columns of the header that were ignored. */
  readonly unknownColumns: readonly string[];
  /** What new records were given for want of a column. */
  readonly assumed: readonly { readonly column: string; readonly value: string }[];
  /** Why nothing of the file can be used; null when it can. */
  readonly failure: FileProblem | null;
}

/** Rows of one file that were imported with something to be told: without a reference to a skipped row, or on a circle. */
export interface RowNotes {
  readonly about: keyof typeof Note;
  readonly rows: number;
  /** The first of them, like `problems`. */
  readonly first: readonly FileProblem[];
}

/** What became of a run. */
export interface ImportReport {
  /** Whether the good rows are in the database; otherwise nothing was written, save for what `created` and `updated` say. */
  readonly isImported: boolean;
  readonly files: readonly FileReport[];
}

/** Rows with something wrong that a report names. */
export const MOST_PROBLEMS = 20;

/** Sums up a run from its scratch database. */
export function reportOn(
  scratch: Scratch,
  staged: readonly Staged[],
  written: Written,
  isImported: boolean,
): ImportReport {
  return {
    isImported,
    files: staged.flatMap(({ target, file }) => {
      if (file === null) return [];
      const { name } = target.resource;
      const { created, updated } = written.get(name) ?? { created: 0, updated: 0 };
      const { path, rows, unknownColumns, failure } = file;
      const assumed = created === 0 ? [] : file.assumed.map(({ column, value }) => assumption(column, value));
      const bad = countRows(scratch, name, IS_BAD);
      const unchanged = isImported ? rows - bad - created - updated : 0;
      const problems = firstRows(scratch, name, IS_BAD);
      const notes = isImported ? notesOn(scratch, name) : [];
      const counts = { rows, created, updated, unchanged, bad };
      return [{ resource: name, path, ...counts, problems, notes, unknownColumns, assumed, failure }];
    }),
  };
}

function assumption({ header }: ImportColumn, value: FieldValue): FileReport["assumed"][number] {
  return { column: header, value: String(value) };
}

function notesOn(scratch: Scratch, target: string): RowNotes[] {
  return (["LEFT_OUT", "CIRCLE"] as const).flatMap((about) => {
    const which = `verdict = ${Note[about]}`;
    const rows = countRows(scratch, target, which);
    return rows === 0 ? [] : [{ about, rows, first: firstRows(scratch, target, which) }];
  });
}

function countRows(scratch: Scratch, target: string, which: string): number {
  return scratch.count(`SELECT count(DISTINCT line) AS n FROM problem WHERE target = ? AND ${which}`, [target]);
}

function firstRows(scratch: Scratch, target: string, which: string): FileProblem[] {
  return scratch.rows<FileProblem & object>(
    `SELECT line, name AS "column", value, reason FROM problem WHERE target = ?1 AND ${which} AND line IN (
       SELECT DISTINCT line FROM problem WHERE target = ?1 AND ${which} ORDER BY line LIMIT ?2
     ) ORDER BY line, at, verdict`,
    [target, MOST_PROBLEMS],
  );
}
