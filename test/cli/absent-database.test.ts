import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseDatabaseUrl } from "../../src/config";
import { makeToken, newTokenId } from "../../src/kernel/token";
import { createDataSource } from "../../src/store/data-source";
import { type FreshDatabase, freshDatabase } from "../support/database";
import { runLatchkey } from "../support/run-latchkey";

let database: FreshDatabase;
let folder: string;
beforeAll(async () => {
  database = await freshDatabase();
  folder = await mkdtemp(join(tmpdir(), "latchkey-absent-"));
  await writeFile(join(folder, "leaked.txt"), makeToken("live", newTokenId()));
});
afterAll(async () => {
  await database?.dispose();
  await rm(folder, { recursive: true, force: true });
});

/** Whether anything was made: the file or the secret beside it, or a table. */
async function isUntouched(): Promise<boolean> {
  const config = parseDatabaseUrl(database.url);
  if (config.dialect === "sqlite") {
    return !existsSync(config.file) && !existsSync(join(dirname(config.file), "latchkey.secret"));
  }
  const writer = await createDataSource(config, { entities: [], migrations: [], role: "writer" }).initialize();
  try {
    return ((await writer.query("SHOW TABLES")) as unknown[]).length === 0;
  } finally {
    await writer.destroy();
  }
}

/** A mistyped DATABASE_URL must not read as a sound trail, or as a leak that opens nothing. */
describe("a command that looks into a database that is not there", () => {
  it.each([
    ["audit verify", () => ["audit", "verify"]],
    ["audit checkpoint", () => ["audit", "checkpoint"]],
    ["key scan", () => ["key", "scan", folder]],
  ])("`latchkey %s` says so with exit code 1, names the remedy, and makes none", async (_, args) => {
    const { code, stdout, stderr } = await runLatchkey({ database }, args());
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^latchkey: DATABASE_URL names .+, where there is no database\n$/);
    expect(await isUntouched()).toBe(true);
  });

  it("is one with `migrate`, which makes it", async () => {
    expect(await runLatchkey({ database }, ["migrate"])).toMatchObject({ code: 0 });
    expect(await isUntouched()).toBe(false);
    expect(await runLatchkey({ database }, ["audit", "verify"])).toMatchObject({ code: 0, stderr: "" });
  });
});
