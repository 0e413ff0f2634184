import { LRUCache } from "lru-cache";
import type { DataSource } from "typeorm";
import { ServiceError } from "../kernel/service-error";
import type { LibsqlConnection, LibsqlStatement } from "./libsql-connection";

/** Prepared statements that are kept, of those that were used last; SQLite holds some 5 to 20 kB for each. */
const MOST_PREPARED = 400;
/** Characters of all of them: SQLite holds some 20 bytes for each, and filters with many values make statements of 50,000. */
const MOST_CHARACTERS = 600_000;

/** Runs one SELECT and returns its rows, as arrays in the order of its columns where `asArrays` says so. */
export type SqliteSelect = (sql: string, parameters: readonly unknown[], asArrays: boolean) => object[];

/**
 * SELECTs on the connection of `reader` itself. TypeORM's way to it (query runner, broadcaster, log, a cache of the first hundred
 * statements) takes longer than many a statement, and it cannot read rows as arrays, which the driver makes in half the time.
 */
export function sqliteSelect(reader: DataSource): SqliteSelect {
  const { databaseConnection } = reader.driver as unknown as { databaseConnection: LibsqlConnection };
  const kept = () =>
    new LRUCache<string, LibsqlStatement>({
      max: MOST_PREPARED,
      maxSize: MOST_CHARACTERS,
      sizeCalculation: (_statement, sql) => sql.length,
    });
  const [objects, arrays] = [kept(), kept()];
  return (sql, parameters, asArrays) => {
    // The driver of a closed connection ends in an error of its own for every statement.
    if (!reader.isInitialized) throw new ServiceError("UNAVAILABLE", "The database is closed.");
    const statements = asArrays ? arrays : objects;
    let statement = statements.get(sql);
    if (statement === undefined) {
      statement = databaseConnection.prepare(sql);
      if (asArrays) statement.raw();
      statements.set(sql, statement);
    }
    // SQLite has no booleans, and the driver takes none.
    return statement.all(
      ...parameters.map((value) => (typeof value === "boolean" ? Number(value) : value)),
    ) as object[];
  };
}
