import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FOLDER_VARIABLE } from "./sqlite";

/** Makes the one folder that holds every SQLite file of this jest run. */
export default async function setUp(): Promise<void> {
  process.env[FOLDER_VARIABLE] = await mkdtemp(join(tmpdir(), "latchkey-sqlite-"));
}
