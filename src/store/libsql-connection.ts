/** What SQLite holds of a statement for each character of it, at most. */
const BYTES_PER_CHARACTER = 40;

/** A prepared statement, as far as TypeORM's driver and sqlite-select.ts use it. */
export interface LibsqlStatement {
  readonly reader: boolean;
  /** Rows are arrays from now on. */
  raw(): unknown;
  all(...parameters: unknown[]): unknown[];
  run(...parameters: unknown[]): unknown;
}

/** A statement of libsql's with something that weighs as much to V8 as what SQLite holds. */
interface WeighedStatement extends LibsqlStatement {
  readonly weight: Uint8Array;
}

/** libsql's Database class, as far as it is used here; its own types describe the promise API only. */
export interface LibsqlConnection {
  prepare(sql: string): LibsqlStatement;
}

type DatabaseClass = new (file: string, options: object) => LibsqlConnection;

/**
 * libsql's Database with two edges taken off.
 *
 * TypeORM's deferred `BEGIN TRANSACTION` becomes `BEGIN IMMEDIATE`: the write lock is taken at once or refused at once. With two
 * processes, deferred transactions failed half way 946 times in 20 loops, immediate ones never.
 *
 * A parameter that SQLite cannot hold is refused by an error. libsql itself ends the whole process on a plain object
 * (https://github.com/tursodatabase/libsql-js/issues/114).
 *
 * And statements weigh something: V8 sees a few bytes of each and would leave thousands of those that were dropped uncollected, each
 * of up to 100 kB outside of its heap (filters of 3,000 shapes took 450 MB).
 */
export function libsqlConnection(): DatabaseClass {
  const Libsql = require("libsql") as DatabaseClass;
  return class extends Libsql {
    override prepare(sql: string): LibsqlStatement {
      return checked(super.prepare(sql === "BEGIN TRANSACTION" ? "BEGIN IMMEDIATE" : sql), sql.length);
    }
  };
}

function checked(statement: LibsqlStatement, characters: number): WeighedStatement {
  return {
    // Never written to, so that it hardly takes memory itself.
    weight: Buffer.allocUnsafeSlow(characters * BYTES_PER_CHARACTER),
    reader: statement.reader,
    raw: () => statement.raw(),
    all(...parameters) {
      requireBindable(parameters);
      return statement.all(...parameters);
    },
    run(...parameters) {
      requireBindable(parameters);
      return statement.run(...parameters);
    },
  };
}

function requireBindable(parameters: readonly unknown[]): void {
  for (const parameter of parameters) {
    if (typeof parameter === "object" && parameter !== null && !(parameter instanceof Uint8Array)) {
      throw new TypeError("A query parameter is an object: convert it to text, a number or bytes first");
    }
  }
}
