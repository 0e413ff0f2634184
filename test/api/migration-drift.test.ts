import { execFile } from "node:child_process";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { DataSource } from "typeorm";
import { migrate } from "../../src/store/migrate";
import { type FreshDatabase, freshDatabase } from "../support/database";
import { dialect } from "../support/dialect";
import { createDatabase } from "../support/mariadb";

const root = resolve(__dirname, "../..");

interface Outcome {
  readonly exitCode: number;
  readonly output: string;
}

/** TypeORM's own command line on ormconfig.ts, as an operator or developer runs it. */
function typeorm(url: string, ...args: string[]): Promise<Outcome> {
  const command = ["-r", "./scripts/register.cjs", "node_modules/typeorm/cli.js", ...args, "-d", "ormconfig.ts"];
  const options = { cwd: root, env: { ...process.env, DATABASE_URL: url } };
  return new Promise((done) => {
    const tool = execFile(process.execPath, command, options, (_error, stdout, stderr) =>
      done({ exitCode: tool.exitCode ?? -1, output: stdout + stderr }),
    );
  });
}

/** `--check` writes no file; the name is only what the migration would have been called. */
const generate = (url: string) => typeorm(url, "migration:generate", join(tmpdir(), "drift"), "--check");

/** The DataSource that ormconfig.ts makes of `url`, initialised. */
async function connect(url: string): Promise<DataSource> {
  process.env.DATABASE_URL = url;
  let source: DataSource | undefined;
  jest.isolateModules(() => {
    source = require("../../ormconfig").default;
  });
  if (!source) throw new Error("ormconfig.ts exports no DataSource");
  return source.initialize();
}

async function pendingChanges(source: DataSource): Promise<string[]> {
  const { upQueries } = await source.driver.createSchemaBuilder().log();
  return upQueries.map(({ query }) => query);
}

describe(`a fresh ${dialect} database after all migrations`, () => {
  let database: FreshDatabase;
  let source: DataSource;

  beforeAll(async () => {
    database = await freshDatabase();
    source = await connect(database.url);
    await migrate(source);
  });
  afterAll(async () => {
    await source?.destroy();
    await database?.dispose();
  });

  it("has a table for every entity, and there are entities", async () => {
    expect(source.entityMetadatas.length).toBeGreaterThan(1);
    for (const { target } of source.entityMetadatas) await source.getRepository(target).count();
  });

  it("is what the entities say: the schema builder has nothing to change", async () => {
    expect(await pendingChanges(source)).toEqual([]);
  });

  it("gives TypeORM's migration:generate nothing to write", async () => {
    const { exitCode, output } = await generate(database.url);
    expect(output).toContain("No changes in database schema were found");
    expect(exitCode).toBe(0);
  });

  it("has nothing left to migrate", async () => {
    expect(await migrate(source)).toBe(0);
  });
});

describe(`a ${dialect} database that differs from the entities by one column`, () => {
  it("is reported by the schema builder and by migration:generate alike", async () => {
    const database = await freshDatabase();
    const source = await connect(database.url);
    await migrate(source);
    await source.query(`ALTER TABLE ${source.entityMetadatas[0]!.tableName} ADD COLUMN stray int`);
    const pending = await pendingChanges(source);
    const { exitCode, output } = await generate(database.url);
    await source.destroy();
    await database.dispose();
    expect(pending).not.toEqual([]);
    expect(output).toContain("Unexpected changes in database schema were found");
    expect(exitCode).toBe(1);
  });
});

describe(`TypeORM's command line on an empty ${dialect} database`, () => {
  it("runs every migration, and the result has no drift", async () => {
    const database = await freshDatabase();
    const run = await typeorm(database.url, "migration:run");
    const check = await generate(database.url);
    await database.dispose();
    expect(run).toMatchObject({ exitCode: 0 });
    expect(check.output).toContain("No changes in database schema were found");
  });
});

const onMariaDb = dialect === "mariadb" ? describe : undefined;
onMariaDb?.("a MariaDB database with a collation that ignores case", () => {
  it("still compares every text column byte for byte, without drift", async () => {
    const { url, drop } = await createDatabase("utf8mb4_general_ci");
    const source = await connect(url);
    await migrate(source);
    const loose = await source.query(
      `SELECT CONCAT(table_name, '.', column_name, ' ', collation_name) AS found FROM information_schema.columns
       WHERE table_schema = DATABASE() AND table_name <> 'migrations' AND collation_name NOT LIKE '%\\_bin'`,
    );
    const pending = await pendingChanges(source);
    await source.destroy();
    await drop();
    expect(loose).toEqual([]);
    expect(pending).toEqual([]);
  });
});
