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
    return telltale(row, walk.begun !== null);
  };

  const broken = (await strayRow(select, options)) ?? (await firstBreak());
  return { ...walk, broken };

  async function firstBreak(): Promise<ChainBreak | null> {
    for await (const [row, next] of withNext(rowsFrom(select, walk.end.sequence + 1))) {
      const found = await breakAt(row, next);
      if (found !== null) return found;
      walk.begun ??= row.action === CHAIN_BEGUN ? { at: row.at, ...earlierRowsOf(row) } : null;
      walk.end = { sequence: row.sequence, hash: row.hash };
      walk.count += 1;
    }
    const furthest = Math.max(0, ...marks.map(({ sequence }) => sequence));
    if (furthest > walk.end.sequence) return missing(walk.end.sequence + 1, furthest);
    if (isSealed) return null;
    const reason = head === null ? "the row of audit_head was deleted" : "audit_head was set by somebody else";
    return { kind: "HEAD", sequence: walk.end.sequence, id: null, reason };
  }
}

/** Rows in which the service itself says that the chain was tampered with. */
function telltale(row: StoredRow, hasBegun: boolean): ChainBreak | null {
  if (row.action === HEAD_FORGED) {
    return { ...placeOf(row), kind: "HEAD", reason: "when it was written, somebody else had set audit_head" };
  }
  if (row.action === CHAIN_BEGUN && hasBegun) {
    return { ...placeOf(row), kind: "HEAD", reason: "when it was written, somebody had made the chain begin anew" };
  }
  return null;
}

/** A row below number 1 can only have been put there by hand. */
async function strayRow(select: Select, { after }: VerifyOptions): Promise<ChainBreak | null> {
  if (after !== undefined) return null;
  const [row] = await select<{ id: string; sequence: number }>(
    "SELECT id, sequence FROM audit_event WHERE sequence < 1 ORDER BY sequence, id LIMIT 1",
    [],
  );
  return row ? { ...row, kind: "INSERTED", reason: "rows are numbered from 1 on" } : null;
}

function earlierRowsOf(row: StoredRow): { readonly earlierRows: number } {
  return JSON.parse(row.after ?? "") as { earlierRows: number };
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
