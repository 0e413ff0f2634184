/** The part of libsql's Database class that matters here; its own types describe the promise API only. */
interface LibsqlDatabase {
  prepare(sql: string): unknown;
}

/**
 * libsql's Database with TypeORM's deferred `BEGIN TRANSACTION` replaced by `BEGIN IMMEDIATE`: the write lock is taken at once or
 * refused at once. With two processes, deferred transactions failed half way 946 times in 20 loops, immediate ones never.
 */
export function libsqlImmediate(): new (file: string, options: object) => LibsqlDatabase {
  const Database = require("libsql") as new (file: string, options: object) => LibsqlDatabase;
  return class extends Database {
    override prepare(sql: string): unknown {
      return super.prepare(sql === "BEGIN TRANSACTION" ? "BEGIN IMMEDIATE" : sql);
    }
  };
}
