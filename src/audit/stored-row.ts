import { CHAINED_COLUMNS, type ChainedRow, canonicalTime } from "./chain";

/** A row with the hash that it holds. */
export interface StoredRow extends ChainedRow {
  readonly hash: string;
}

/** Rows are up to 130 kB, so that a page is never more than some 25 MB. */
const PAGE_ROWS = 200;

/** Text of the time as the database has it: a Date would drop microseconds. */
const SELECTED = [...CHAINED_COLUMNS, "hash"]
  .map((column) => (column === "at" ? "CAST(`at` AS CHAR) AS `at`" : `\`${column}\``))
  .join(", ");

/** By id as well: who drops the unique index can number two rows alike, and both must be seen. */
const READ_PAGE = `SELECT ${SELECTED} FROM audit_event WHERE sequence >= ? AND (sequence > ? OR id > ?)
  ORDER BY sequence, id LIMIT ${PAGE_ROWS}`;

/** Runs one SELECT: a store's reads, or those of an open transaction. */
export type Select = <Row extends object>(sql: string, parameters: readonly unknown[]) => Promise<Row[]>;

/** Rows from `sequence` on in order, page by page, as they are committed; memory stays the same however many there are. */
export async function* rowsFrom(select: Select, sequence: number): AsyncGenerator<StoredRow> {
  for (let after = { sequence, id: "" }; ; ) {
    const page = await select<StoredRow>(READ_PAGE, [after.sequence, after.sequence, after.id]);
    for (const row of page) yield { ...row, at: canonicalTime(row.at) };
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE_ROWS) return;
    after = last;
  }
}
