import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CommandError } from "../run-command";

/** A value that SQLite holds. */
export type ScratchValue = string | number | null;

/**
 * A private database for the rows of one run, so that files larger than memory can be sorted, joined and searched for cycles.
 *
 * It has no name: the file is removed from its folder as soon as it is open, and the disk space is free again when the process
 * ends, however it ends.
 */
export interface Scratch {
  /** Runs statements without parameters. */
  exec(sql: string): void;
  /** Runs one statement and returns how many rows it wrote. */
  run(sql: string, parameters?: readonly ScratchValue[]): number;
  /** All rows of a short result. */
  rows<Row extends object>(sql: string, parameters?: readonly ScratchValue[]): Row[];
  /** The rows of a result of any length, one at a time; other statements may run in between. */
  each<Row extends object>(sql: string, parameters?: readonly ScratchValue[]): Iterable<Row>;
  /** The number in the first column of the first row, called `n`. */
  count(sql: string, parameters?: readonly ScratchValue[]): number;
  close(): void;
}

/** The part of libsql's synchronous interface that is used; its own types describe the promise API only. */
interface Statement {
  run(parameters: readonly ScratchValue[]): { changes: number };
  all(parameters: readonly ScratchValue[]): object[];
  iterate(parameters: readonly ScratchValue[]): IterableIterator<object>;
}
interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

/** No journal and no flushing: nothing of it outlives the process. Sorting spills to disk, which this build leaves off. */
const SET_UP = `
  PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
  PRAGMA temp_store = FILE; PRAGMA cache_size = -32768;
  CREATE TABLE opened (n INTEGER);
  BEGIN`;

/** Opens an empty scratch database in the folder for temporary files (TMPDIR). */
export function openScratch(): Scratch {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-import-"));
  try {
    const Libsql = require("libsql") as new (file: string) => Database;
    const database = new Libsql(join(folder, "scratch.db"));
    database.exec(SET_UP);
    return scratchOn(database);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function scratchOn(database: Database): Scratch {
  const statements = new Map<string, Statement>();
  const prepared = (sql: string): Statement => {
    const known = statements.get(sql);
    if (known) return known;
    const made = database.prepare(sql);
    statements.set(sql, made);
    return made;
  };
  const rows = <Row extends object>(sql: string, parameters: readonly ScratchValue[] = []): Row[] =>
    guarded(() => prepared(sql).all(parameters) as Row[]);
  return {
    exec: (sql) => guarded(() => database.exec(sql)),
    run: (sql, parameters = []) => guarded(() => prepared(sql).run(parameters).changes),
    rows,
    // Prepared anew: a statement that is being read cannot be used for a second reading at the same time.
    each: <Row extends object>(sql: string, parameters: readonly ScratchValue[] = []) =>
      toTheEnd(guarded(() => database.prepare(sql).iterate(parameters) as IterableIterator<Row>)),
    count: (sql, parameters) => rows<{ n: number }>(sql, parameters)[0]?.n ?? 0,
    close: () => database.close(),
  };
}

/** libsql ends a statement only when its last row is read, and until then its tables cannot be dropped. */
function* toTheEnd<Row>(rows: IterableIterator<Row>): Generator<Row> {
  let next = guarded(() => rows.next());
  try {
    for (; !next.done; next = guarded(() => rows.next())) yield next.value;
  } finally {
    while (!next.done) next = guarded(() => rows.next());
  }
}

function guarded<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!/^SQLITE_(FULL|IOERR|CANTOPEN)/.test(String((error as { code?: unknown }).code))) throw error;
    throw new CommandError(
      `the folder for temporary files, ${tmpdir()}, cannot take the rows that are being checked (${(error as Error).message}): ` +
        "nothing more was imported; make room there or name another folder in TMPDIR",
    );
  }
}
