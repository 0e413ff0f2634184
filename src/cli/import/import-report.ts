import type { Written } from "./apply-changes";
import type { FileProblem } from "./file-problem";
import type { Scratch } from "./scratch";
import type { Staged } from "./staged-rows";

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
      const bad = scratch.count("SELECT count(DISTINCT line) AS n FROM problem WHERE target = ?", [name]);
      const { path, rows, unknownColumns, failure } = file;
      const unchanged = isImported ? rows - bad - created - updated : 0;
      const problems = firstProblems(scratch, name);
      return [{ resource: name, path, rows, created, updated, unchanged, bad, problems, unknownColumns, failure }];
    }),
  };
}

function firstProblems(scratch: Scratch, target: string): FileProblem[] {
  return scratch.rows<FileProblem & object>(
    `SELECT line, name AS "column", value, reason FROM problem WHERE target = ?1
     AND line IN (SELECT DISTINCT line FROM problem WHERE target = ?1 ORDER BY line LIMIT ?2) ORDER BY line, at, verdict`,
    [target, MOST_PROBLEMS],
  );
}
