import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path for one SQLite file in a new temporary folder, as a DATABASE_URL. `drop` removes the folder with all that is in it. */
export async function createSqliteDatabase(): Promise<{ url: string; drop(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "latchkey-sqlite-"));
  return {
    url: `sqlite:${join(folder, "latchkey.db")}`,
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}
