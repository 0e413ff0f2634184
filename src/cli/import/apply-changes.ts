import { setTimeout as delay } from "node:timers/promises";
import { declaredAction } from "../../audit/audit-actions";
import { record } from "../../audit/record";
import type { RequestContext, Transaction } from "../../context";
import { type Attached, endAttached } from "../../resources/attachment";
import { isForeignKeyViolation, isUniqueViolation } from "../../store/violation";
import { requireOwnersUnchanged } from "./check-owners";
import { requireUnchanged, StalePlan } from "./check-plan";
import type { ContentSource } from "./content-file";
import { type Operation, type Part, stepsOf } from "./plan-changes";
import type { Progress } from "./progress";
import { lastWithContents, NO_CONTENTS, receiveContents } from "./receive-contents";
import type { Scratch } from "./scratch";
import { hasKeyColumn, type Staged, tableOf } from "./staged-rows";
import { createWriter, type PlannedRow } from "./write-rows";

/** Records written so far in this run, by resource. */
export type Written = Map<string, { created: number; updated: number }>;

/** How a plan is cut into transactions, in operations. */
export interface PartSizes {
  /** A plan of at most this many is one transaction: all of it or nothing. */
  readonly whole: number;
  /** First part of a longer one; the others are as long as `PART_MS` allows at the speed seen so far. */
  readonly first: number;
  /** Contents of documents that one transaction puts in place at most, however short the plan. */
  readonly contents: number;
}

/** What a run goes by in writing. */
export interface HowToWrite {
  readonly sizes: PartSizes;
  /** Where contents are read from; null where no file names any. */
  readonly contents: ContentSource | null;
  readonly progress: Progress;
}

/**
 * A server waits fifteen seconds for SQLite's write lock before it refuses a write. Measured on two cores: 10,000 new employees
 * (eleven indexes) hold it for 0.4 s. A longer plan is cut into parts of about two seconds; with a million rows and the machine
 * overloaded five times over, the longest of 247 held it for 4.1 s. Every part is valid by itself, and running the import again
 * goes on from where it stopped. Content is flushed to a disk, or copied within a bucket, under the lock: some tens of milliseconds each.
 */
export const PART_SIZES: PartSizes = { whole: 25_000, first: 5_000, contents: 100 };

const PART_MS = 2_000;
const ROWS_PER_STATEMENT = 400;
/** Time between two parts for other processes to write; they ask for the lock every few milliseconds. */
const REST_MS = 50;
/** Pages that SQLite's writer may keep, in KiB: the default of 2 MB is too small for this many indexes. */
const CACHE_KIB = 65_536;

/**
 * Writes the plan. Counts into `written` what is committed.
 *
 * @throws StalePlan when the database is no longer as it was when the plan was made; parts before that stay.
 */
export async function applyChanges(
  ctx: RequestContext,
  scratch: Scratch,
  staged: readonly Staged[],
  operations: number,
  { sizes, contents, progress }: HowToWrite,
  written: Written,
): Promise<void> {
  const endOf = (first: number, last: number): number =>
    lastWithContents(scratch, staged, { first, last: Math.min(last, operations) }, sizes.contents);
  const isWhole = operations <= sizes.whole && endOf(1, operations) === operations;
  let size = isWhole ? operations : sizes.first;
  for (let first = 1, number = 1; first <= operations; number++) {
    if (number > 1) await delay(REST_MS);
    const part = { first, last: endOf(first, first + size - 1), number: isWhole ? null : number };
    const attached = await receiveContents(ctx, scratch, staged, part, contents, progress);
    if (number === 1 || attached !== NO_CONTENTS) progress.begin("writing", operations);
    let began = performance.now();
    const work = async (tx: Transaction): Promise<void> => {
      began = performance.now();
      await applyPart(ctx, tx, scratch, staged, part, attached, progress);
    };
    await endAttached(attached, async () => {
      await ctx.store.transaction(work).catch(throwStale);
      count(scratch, part, written);
    });
    first = part.last + 1;
    size = nextSize(part, performance.now() - began);
  }
}

/** As many operations as should take `PART_MS`, but not over twice as many as just now: the beginning of a table is fast. */
function nextSize({ first, last }: Part, milliseconds: number): number {
  const done = last - first + 1;
  const inTime = Math.round((done * PART_MS) / Math.max(milliseconds, 1));
  return Math.max(Math.min(done, ROWS_PER_STATEMENT), Math.min(2 * done, inTime));
}

/** A record that appeared, or one referred to that went away, while this run was checking: to be looked at again. */
function throwStale(error: unknown): never {
  throw isUniqueViolation(error) || isForeignKeyViolation(error) ? new StalePlan() : error;
}

async function applyPart(
  ctx: RequestContext,
  tx: Transaction,
  scratch: Scratch,
  staged: readonly Staged[],
  part: Part,
  attached: Attached,
  progress: Progress,
): Promise<void> {
  if (ctx.store.dialect === "sqlite") await tx.query(`PRAGMA cache_size = -${CACHE_KIB}`);
  await requireUnchanged(ctx.store, tx, scratch, staged, part);
  for (const one of staged) {
    if (hasKeyColumn(one.target)) await requireOwnersUnchanged(ctx.store, tx, scratch, one, part);
  }
  await attached.keep(tx);
  const now = new Date(ctx.clock.now());
  for (const [at, { one }] of stepsOf(staged).entries()) {
    const write = createWriter(ctx.store, tx, one, now);
    for (const rows of batches(scratch, at, one, part)) {
      for (const kind of ["CREATE", "UPDATE", "LINK"] as const) await write(kind, rowsOf(rows, kind));
      progress.at(rows.at(-1)?.seq ?? 0);
    }
  }
  await audit(ctx, tx, scratch, staged, part);
}

/** Within a batch, what is created comes first: what is updated may refer to it, and not the other way round. */
function rowsOf(rows: readonly PlannedRow[], kind: Operation): PlannedRow[] {
  return rows.filter((row) => row.kind === kind);
}

function* batches(scratch: Scratch, step: number, { target }: Staged, part: Part): Generator<PlannedRow[]> {
  for (let from = part.first; from <= part.last; from += ROWS_PER_STATEMENT) {
    const rows = scratch.rows<PlannedRow>(
      `SELECT o.seq, o.kind, p.* FROM operation o JOIN ${tableOf("plan", target)} p ON p.line = o.line
       WHERE o.seq BETWEEN ? AND ? AND o.step = ? ORDER BY o.seq`,
      [from, Math.min(from + ROWS_PER_STATEMENT - 1, part.last), step],
    );
    if (rows.length > 0) yield rows;
  }
}

interface Count {
  readonly target: string;
  readonly created: number;
  readonly updated: number;
}

function countsOf(scratch: Scratch, { first, last }: Part): Count[] {
  return scratch.rows<Count>(
    `SELECT target, sum(kind = 'CREATE') AS created, sum(kind = 'UPDATE') AS updated FROM operation
     WHERE seq BETWEEN ? AND ? GROUP BY target`,
    [first, last],
  );
}

function count(scratch: Scratch, part: Part, written: Written): void {
  for (const { target, created, updated } of countsOf(scratch, part)) {
    const before = written.get(target) ?? { created: 0, updated: 0 };
    written.set(target, { created: before.created + created, updated: before.updated + updated });
  }
}

/** One row per file, in the transaction that changes something; a long import has one per part. Names no record or value. */
async function audit(
  ctx: RequestContext,
  tx: Transaction,
  scratch: Scratch,
  staged: readonly Staged[],
  part: Part,
): Promise<void> {
  for (const { target, created, updated } of countsOf(scratch, part)) {
    const one = staged.find((other) => other.target.resource.name === target);
    if (!one?.file || created + updated === 0) continue;
    await record(tx, ctx, {
      action: declaredAction("import", one.target.resource.plural),
      after: {
        file: one.file.name,
        rows: one.file.rows,
        created,
        updated,
        ...(part.number === null ? {} : { part: part.number }),
      },
    });
  }
}
