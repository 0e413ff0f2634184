import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Where jest's global setup leaves the path of the run's own folder, which goes with the run. */
export const FOLDER_VARIABLE = "LATCHKEY_TEST_SQLITE_FOLDER";

/** A path for one SQLite file in a new temporary folder, as a DATABASE_URL. `drop` removes the folder with all that is in it. */
export async function createSqliteDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const folder = await mkdtemp(join(process.env[FOLDER_VARIABLE] ?? tmpdir(), "latchkey-sqlite-"));
  return {
    url: `sqlite:${join(folder, "latchkey.db")}`,
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}
