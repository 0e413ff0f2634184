import { rm } from "node:fs/promises";
import { FOLDER_VARIABLE } from "./sqlite";

/** Removes the SQLite files of this jest run, also those that a failed test left behind. */
export default async function tearDown(): Promise<void> {
  const folder = process.env[FOLDER_VARIABLE];
  if (folder) await rm(folder, { recursive: true, force: true });
}
