import type { RequestContext } from "../../context";
import { CommandError } from "../run-command";
import { applyChanges, PART_SIZES, type PartSizes, type Written } from "./apply-changes";
import { noteCycles } from "./check-cycles";
import { refuseOverlaps } from "./check-periods";
import { StalePlan } from "./check-plan";
import { noteLeftOut, refuseUnknownReferences } from "./check-references";
import { refuseBrokenRules } from "./check-rules";
import { refuseImpossibleSteps } from "./check-steps";
import type { ContentSource } from "./content-file";
import { type ImportReport, reportOn } from "./import-report";
import { TARGETS } from "./import-target";
import { inspectContents } from "./inspect-contents";
import { loadExisting } from "./load-existing";
import { planChanges } from "./plan-changes";
import { noProgress, type Progress } from "./progress";
import type { GivenValues } from "./read-header";
import { openScratch, type Scratch } from "./scratch";
import { stageFile, stageNothing } from "./stage-file";
import { createProblemTable, forgetOthers, hasKeyColumn, IS_BAD, type Staged, tableOf, Verdict } from "./staged-rows";

/** How a run goes about its work. */
export interface ImportOptions {
  /** Import the good rows and report the bad, instead of importing nothing when there are any. */
  readonly skipInvalid?: boolean;
  readonly progress?: Progress;
  readonly partSizes?: Partial<PartSizes>;
  /** Needed with a file of documents. */
  readonly contents?: ContentSource;
}

/** How often a plan is made anew because the database keeps changing under it. */
const MOST_ATTEMPTS = 5;

/** Files that are read and checked each by itself, before any database is looked at. */
export interface StagedFiles {
  readonly scratch: Scratch;
  readonly staged: readonly Staged[];
  close(): void;
}

/** Reads CSV files, and what is given for every row of one, by resource name, into a scratch database; close it in the end. */
export async function stageFiles(
  files: Readonly<Record<string, string | undefined>>,
  progress: Progress = noProgress,
  given: Readonly<Record<string, GivenValues>> = {},
): Promise<StagedFiles> {
  const scratch = openScratch();
  try {
    createProblemTable(scratch);
    const staged: Staged[] = [];
    for (const target of TARGETS) {
      const path = files[target.resource.name];
      const { name } = target.resource;
      if (path !== undefined) staged.push(await stageFile(scratch, target, path, progress, given[name]));
      // Nobody refers to records that are known by several fields.
      else if (!hasKeyColumn(target)) staged.push(stageNothing(scratch, target));
    }
    return { scratch, staged, close: () => scratch.close() };
  } catch (error) {
    scratch.close();
    throw error;
  } finally {
    progress.end();
  }
}

/** The report on files of which one or more cannot be used at all, so that no database is needed; null when all can. */
export function unusable({ scratch, staged }: StagedFiles): ImportReport | null {
  return staged.some(({ file }) => file?.failure) ? reportOn(scratch, staged, new Map(), false) : null;
}

/**
 * Imports files into the database: creates what is new by its key, updates what differs, leaves the rest alone. Either all good
 * rows of all files are imported or, unless `skipInvalid`, nothing when any row is bad.
 *
 * Everything is checked on a copy before the database's write lock is taken. Whatever another process changes in between is
 * noticed inside the transaction, and the checks are made again.
 */
export async function importStaged(
  ctx: RequestContext,
  files: StagedFiles,
  { skipInvalid = false, progress = noProgress, partSizes, contents }: ImportOptions = {},
): Promise<ImportReport> {
  const { scratch, staged } = files;
  const written: Written = new Map();
  const failed = unusable(files);
  if (failed) return failed;
  const how = { sizes: { ...PART_SIZES, ...partSizes }, contents: contents ?? null, progress };
  try {
    await inspectContents(scratch, staged, how.contents, progress);
    for (let attempt = 1; attempt <= MOST_ATTEMPTS; attempt++) {
      forgetOthers(scratch, staged);
      await loadExisting(ctx.store, scratch, staged, progress);
      refuseUnknownReferences(scratch, staged);
      refuseBrokenRules(scratch, staged);
      refuseImpossibleSteps(scratch, staged);
      refuseOverlaps(scratch, staged);
      if (!skipInvalid && hasBadRows(scratch)) return reportOn(scratch, staged, written, false);
      noteLeftOut(scratch, staged);
      noteCycles(scratch, staged);
      if (hasBadRows(scratch) && !hasGoodRows(scratch, staged)) return reportOn(scratch, staged, written, false);
      const operations = planChanges(scratch, staged);
      try {
        await applyChanges(ctx, scratch, staged, operations, how, written);
        return reportOn(scratch, staged, written, true);
      } catch (error) {
        if (!(error instanceof StalePlan)) throw error;
      }
    }
    throw new CommandError(givenUp(written));
  } finally {
    progress.end();
  }
}

function hasBadRows(scratch: Scratch): boolean {
  return scratch.count(`SELECT count(*) AS n FROM (SELECT 1 FROM problem WHERE ${IS_BAD} LIMIT 1)`) > 0;
}

function hasGoodRows(scratch: Scratch, staged: readonly Staged[]): boolean {
  return staged.some(
    ({ target }) =>
      scratch.count(`SELECT count(*) AS n FROM ${tableOf("staged", target)} WHERE bad = ${Verdict.GOOD}`) > 0,
  );
}

function givenUp(written: Written): string {
  const rows = [...written.values()].reduce((sum, { created, updated }) => sum + created + updated, 0);
  const state = rows === 0 ? "nothing was imported" : `${rows} records are written, the others are not`;
  return `the records kept changing while the import was under way; ${state}: run it again`;
}
