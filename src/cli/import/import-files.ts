import type { RequestContext } from "../../context";
import { CommandError } from "../run-command";
import { applyChanges, PART_SIZES, type PartSizes, type Written } from "./apply-changes";
import { refuseCycles } from "./check-cycles";
import { StalePlan } from "./check-plan";
import { refuseReferencesToRefused, refuseUnknownReferences } from "./check-references";
import { refuseBrokenRules } from "./check-rules";
import { type ImportReport, reportOn } from "./import-report";
import { TARGETS } from "./import-target";
import { loadExisting } from "./load-existing";
import { planChanges } from "./plan-changes";
import { noProgress, type Progress } from "./progress";
import { openScratch, type Scratch } from "./scratch";
import { stageFile, stageNothing } from "./stage-file";
import { CIRCLE, createProblemTable, forgetOthers, type Staged } from "./staged-rows";

/** How a run goes about its work. */
export interface ImportOptions {
  /** Import the good rows and report the bad, instead of importing nothing when there are any. */
  readonly skipInvalid?: boolean;
  /** Import acyclic relations that lead in a circle as they are, and tell them, instead of refusing their rows. */
  readonly allowCircles?: boolean;
  readonly progress?: Progress;
  readonly partSizes?: PartSizes;
}

/** How often a plan is made anew because the database keeps changing under it. */
const MOST_ATTEMPTS = 5;

/**
 * Imports CSV files, by resource name, into the database: creates what is new by its key, updates what differs, leaves the rest
 * alone. Either all good rows of all files are imported or, unless `skipInvalid`, nothing when any row is bad.
 *
 * Everything is checked on a copy before the database's write lock is taken. Whatever another process changes in between is
 * noticed inside the transaction, and the checks are made again.
 */
export async function importFiles(
  ctx: RequestContext,
  files: Readonly<Record<string, string | undefined>>,
  options: ImportOptions = {},
): Promise<ImportReport> {
  const { skipInvalid = false, allowCircles = false, progress = noProgress, partSizes = PART_SIZES } = options;
  const scratch = openScratch();
  const written: Written = new Map();
  try {
    createProblemTable(scratch);
    const staged: Staged[] = [];
    for (const target of TARGETS) {
      const path = files[target.resource.name];
      staged.push(
        path === undefined ? stageNothing(scratch, target) : await stageFile(scratch, target, path, progress),
      );
    }
    if (staged.some(({ file }) => file?.failure)) return reportOn(scratch, staged, written, false);

    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      forgetOthers(scratch, staged);
      await loadExisting(ctx.store, scratch, staged, progress);
      refuseByOthers(scratch, staged, skipInvalid, allowCircles);
      if (!skipInvalid && hasProblems(scratch)) return reportOn(scratch, staged, written, false);
      const operations = planChanges(scratch, staged);
      try {
        await applyChanges(ctx, scratch, staged, operations, partSizes, written, progress);
        return reportOn(scratch, staged, written, true);
      } catch (error) {
        if (!(error instanceof StalePlan)) throw error;
      }
    }
    throw new CommandError(givenUp(written));
  } finally {
    scratch.close();
    progress.end();
  }
}

/** Refuses rows for what other rows and the database say. */
function refuseByOthers(scratch: Scratch, staged: readonly Staged[], skipInvalid: boolean, areAllowed: boolean): void {
  refuseUnknownReferences(scratch, staged);
  refuseBrokenRules(scratch, staged);
  if (!skipInvalid) {
    refuseCycles(scratch, staged, { withBad: true, areAllowed });
    return;
  }
  // Leaving a row out leaves others without what they refer to, and brings back the old parent of the record it was about,
  // which may close a circle anew: until nothing more falls.
  do refuseReferencesToRefused(scratch, staged);
  while (refuseCycles(scratch, staged, { withBad: false, areAllowed }) > 0);
}

function hasProblems(scratch: Scratch): boolean {
  return scratch.count("SELECT count(*) AS n FROM (SELECT 1 FROM problem WHERE verdict <> ? LIMIT 1)", [CIRCLE]) > 0;
}

function givenUp(written: Written): string {
  const rows = [...written.values()].reduce((sum, { created, updated }) => sum + created + updated, 0);
  const state = rows === 0 ? "nothing was imported" : `${rows} records are written, the others are not`;
  return `the records kept changing while the import was under way; ${state}: run it again`;
}
