import type { Written } from "./apply-changes";
import type { FileProblem } from "./file-problem";
import type { Scratch } from "./scratch";
import { CIRCLE, type Staged } from "./staged-rows";

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
  /** Rows on a circle that was imported as it is. */
  readonly circular: number;
  /** The first of these. */
  readonly circles: readonly FileProblem[];
  /** Columns of the header that were ignored. */
  readonly unknownColumns: readonly string[];
  /** Why nothing of the file can be used; null when it can. */
  readonly failure: FileProblem | null;
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
      const bad = countRows(scratch, name, NOT_CIRCLE);
      const unchanged = isImported ? rows - bad - created - updated : 0;
      const problems = firstRows(scratch, name, NOT_CIRCLE);
      const [circular, circles] = [countRows(scratch, name, IS_CIRCLE), firstRows(scratch, name, IS_CIRCLE)];
      const counts = { rows, created, updated, unchanged, bad, circular };
      return [{ resource: name, path, ...counts, problems, circles, unknownColumns, failure }];
    }),
  };
}

const IS_CIRCLE = `verdict = ${CIRCLE}`;
const NOT_CIRCLE = `verdict <> ${CIRCLE}`;

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
