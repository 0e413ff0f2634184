import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { createConnection } from "mysql2/promise";
import { DataSource, type DataSourceOptions } from "typeorm";
import { type FreshDatabase, freshDatabase } from "./database";
import { dialect } from "./dialect";

async function connect({ url }: FreshDatabase): Promise<DataSource> {
  const options: DataSourceOptions =
    dialect === "mariadb"
      ? { type: "mariadb", url }
      : { type: "better-sqlite3", database: url.slice("sqlite:".length), driver: require("libsql") };
  return new DataSource(options).initialize();
}

describe(`a fresh ${dialect} database`, () => {
  it("keeps what is written to it, byte for byte", async () => {
    const database = await freshDatabase();
    const source = await connect(database);
    await source.query("CREATE TABLE note (id char(3) NOT NULL PRIMARY KEY, text varchar(20) NOT NULL)");
    await source.query("INSERT INTO note VALUES (?, ?), (?, ?)", ["abc", "größe 💡 ", "ABC", "other"]);
    const rows = await source.query("SELECT text FROM note WHERE id = ?", ["abc"]);
    await source.destroy();
    await database.dispose();
    expect(rows).toEqual([{ text: "größe 💡 " }]);
  });

  it("shares nothing with another one", async () => {
    const [one, other] = [await freshDatabase(), await freshDatabase()];
    const [oneSource, otherSource] = [await connect(one), await connect(other)];
    await oneSource.query("CREATE TABLE note (id int)");
    await expect(otherSource.query("SELECT * FROM note")).rejects.toThrow(/no such table|doesn't exist/);
    await Promise.all([oneSource.destroy(), otherSource.destroy()]);
    await Promise.all([one.dispose(), other.dispose()]);
  });

  it("is gone after dispose()", async () => {
    const database = await freshDatabase();
    const source = await connect(database);
    await source.destroy();
    await database.dispose();
    if (dialect === "sqlite") expect(existsSync(dirname(database.url.slice("sqlite:".length)))).toBe(false);
    else await expect(createConnection(database.url)).rejects.toThrow(/Unknown database/);
  });
});
