import { libsqlConnection } from "../../src/store/libsql-connection";

describe("prepared statements of the embedded database", () => {
  it("weigh as much to V8 as SQLite holds of them, so that those that are dropped are collected", () => {
    const database = new (libsqlConnection())(":memory:", {});
    const before = process.memoryUsage().arrayBuffers;
    const values = Array.from({ length: 8_000 }, () => "?").join(", ");
    const statements = [1, 2, 3].map((at) => database.prepare(`SELECT ${at} WHERE 1 IN (${values})`));
    const weight = process.memoryUsage().arrayBuffers - before;
    expect(weight).toBeGreaterThan(statements.length * values.length * 20);
  });
});
