import type { Pepper } from "../kernel/pepper";
import type { Store } from "../store/store";
import { BEGINNING, type ChainEnd } from "./chain";
import { readHead, stateOf } from "./chain-head";
import type { Checkpoint } from "./checkpoint";
import { type ChainBreak, explainBreak, fits, missing } from "./explain-break";
import { CHAIN_BEGUN, HEAD_FORGED } from "./record";
import { rowsFrom, type Select, type StoredRow } from "./stored-row";

/** What a verification found. */
export interface Verification {
  /** Rows that were read and are as they were written. */
  readonly count: number;
  /** The last of them. */
  readonly end: ChainEnd;
  /** Where the chain begins: rows from before are covered from that time on, as they were then. */
  readonly begun: { readonly at: string; readonly earlierRows: number } | null;
  readonly broken: ChainBreak | null;
}

/** What to compare with beside the trail itself. */
export interface VerifyOptions {
  readonly checkpoint?: Checkpoint;
  /** Believes this row and those before it, and verifies from the next one on. */
  readonly after?: ChainEnd;
  /**
   * Rows that were there before there was a chain, as the operator knows from the day of the upgrade; 0 when left out. Whoever
   * writes to the database can always make it look as if the chain had still to begin, so nothing in it can tell.
   */
  readonly earlierRows?: number;
}

/**
 * Reads the trail from its first row to its last and stops at the first that is not as the service wrote it. Rows that are
 * recorded meanwhile are verified too. Memory stays the same however long the trail is.
 */
export async function verifyChain(store: Store, pepper: Pepper, options: VerifyOptions = {}): Promise<Verification> {
  const select: Select = (sql, parameters) => store.select(sql, parameters);
  // Read before any row, so that the rows must reach at least as far.
  const head = await readHead(select);
  const isSealed = head !== null && stateOf(pepper, head) === "SEALED";
  const marks = [
    ...(isSealed ? [{ ...head, kind: "HEAD" as const, what: "the head of the chain" }] : []),
    ...(options.checkpoint ? [{ ...options.checkpoint, kind: "CHECKPOINT" as const, what: "the checkpoint" }] : []),
  ];
  const newest = isSealed ? head.sequence : Number.POSITIVE_INFINITY;
  const walk = { count: 0, end: options.after ?? BEGINNING, begun: null as Verification["begun"] };

  const breakAt = async (row: StoredRow, next: StoredRow | null): Promise<ChainBreak | null> => {
    if (!fits(pepper, row, walk.end)) return explainBreak(pepper, select, { row, next, newest, end: walk.end });
    const mark = marks.find(({ sequence, hash }) => sequence === row.sequence && hash !== row.hash);
    if (mark) return { ...placeOf(row), kind: mark.kind, reason: `it is another row than the one ${mark.what} is of` };
    return telltale(row, walk.begun !== null, options.earlierRows ?? 0);
  };

  const broken = (await strayRow(select, options)) ?? (await passedCheckpoint(select, options)) ?? (await firstBreak());
  return { ...walk, broken };

  async function firstBreak(): Promise<ChainBreak | null> {
    for await (const [row, next] of withNext(rowsFrom(select, walk.end.sequence + 1))) {
      const found = await breakAt(row, next);
      if (found !== null) return found;
      walk.begun ??= row.action === CHAIN_BEGUN ? { at: row.at, earlierRows: row.sequence - 1 } : null;
      walk.end = { sequence: row.sequence, hash: row.hash };
      walk.count += 1;
    }
    const furthest = Math.max(0, ...marks.map(({ sequence }) => sequence));
    if (furthest > walk.end.sequence) return missing(walk.end.sequence + 1, furthest);
    const at = { kind: "HEAD", sequence: walk.end.sequence, id: null } as const;
    if (head === null) return { ...at, reason: "the row of audit_head was deleted" };
    if (!isSealed) return { ...at, reason: "audit_head was set by somebody else" };
    // Rows and head are committed together, so that by now the head is at the last row that was read, or further on.
    const headNow = await readHead(select);
    if (headNow !== null && headNow.sequence >= walk.end.sequence) return null;
    return { ...at, reason: `audit_head was set back to row ${headNow?.sequence}` };
  }
}

/** The checkpoint's row where it is among those that are believed unread. */
async function passedCheckpoint(select: Select, { after, checkpoint }: VerifyOptions): Promise<ChainBreak | null> {
  if (after === undefined || checkpoint === undefined || checkpoint.sequence > after.sequence) return null;
  const { sequence } = checkpoint;
  const rows = await select<{ id: string; hash: string }>("SELECT id, `hash` FROM audit_event WHERE sequence = ?", [
    sequence,
  ]);
  if (rows.length === 0) return missing(sequence, sequence);
  const other = rows.find(({ hash }) => hash !== checkpoint.hash);
  const reason = "it is another row than the one the checkpoint is of";
  return other ? { kind: "CHECKPOINT", sequence, id: other.id, reason } : null;
}

/** Rows in which the service itself says that the chain was tampered with. */
function telltale(row: StoredRow, hasBegun: boolean, earlierRows: number): ChainBreak | null {
  if (row.action === HEAD_FORGED) {
    return { ...placeOf(row), kind: "HEAD", reason: "when it was written, somebody else had set audit_head" };
  }
  if (row.action === CHAIN_BEGUN && hasBegun) {
    return { ...placeOf(row), kind: "HEAD", reason: "when it was written, somebody had made the chain begin anew" };
  }
  if (row.action === CHAIN_BEGUN && row.sequence !== earlierRows + 1) {
    const reason =
      `the chain began here, behind ${row.sequence - 1} rows: unless that was the upgrade to a version that chains ` +
      `(then say --earlier ${row.sequence - 1}), somebody had made it begin anew`;
    return { ...placeOf(row), kind: "HEAD", reason };
  }
  return null;
}

/** A row below number 1, or one that the reading by number and id would pass over, can only have been put there by hand. */
async function strayRow(select: Select, { after }: VerifyOptions): Promise<ChainBreak | null> {
  if (after !== undefined) return null;
  const [row] = await select<{ id: string; sequence: number }>(
    "SELECT id, sequence FROM audit_event WHERE sequence < 1 OR sequence IS NULL OR id = '' ORDER BY sequence, id LIMIT 1",
    [],
  );
  return row ? { ...row, kind: "INSERTED", reason: "rows have an id and are numbered from 1 on" } : null;
}

function placeOf({ sequence, id }: StoredRow): Pick<ChainBreak, "sequence" | "id"> {
  return { sequence, id };
}

/** Each row with the one after it, null after the last. */
async function* withNext<Row>(rows: AsyncGenerator<Row>): AsyncGenerator<[Row, Row | null]> {
  let row: Row | null = null;
  for await (const next of rows) {
    if (row !== null) yield [row, next];
    row = next;
  }
  if (row !== null) yield [row, null];
}
