import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BenchDatabase, openBenchDatabase } from "./database";

/** Numbers of the signals that a terminal or a supervisor ends a command with; its exit code is 128 more, as shells have it. */
const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/**
 * Runs a command of this folder with a temporary folder and a database of its own. However it ends, by a signal too, the folder is
 * removed and no server is left running (`process.ts` ends those); a failure ends it with 1 and says why.
 */
export function runCommand(
  name: string,
  onMariaDb: boolean,
  work: (folder: string, database: BenchDatabase) => Promise<void>,
): void {
  const folder = mkdtempSync(join(tmpdir(), `latchkey-${name}-`));
  process.once("exit", () => removeForGood(folder));
  for (const [signal, number] of Object.entries(SIGNALS)) process.once(signal, () => process.exit(128 + number));
  void withDatabase(folder, onMariaDb, work).catch((error: unknown) => {
    process.stderr.write(`bench: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
    process.exit(1);
  });
}

/** A server that was killed a moment ago may still have been writing, or about to make the folder that its database is in. */
function removeForGood(folder: string): void {
  const pause = new Int32Array(new SharedArrayBuffer(4));
  for (let attempt = 0; attempt < 5; attempt++) {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    Atomics.wait(pause, 0, 0, 50);
    if (!existsSync(folder)) return;
  }
}

async function withDatabase(
  folder: string,
  onMariaDb: boolean,
  work: (folder: string, database: BenchDatabase) => Promise<void>,
): Promise<void> {
  const database = await openBenchDatabase(folder, onMariaDb);
  try {
    await work(folder, database);
  } finally {
    await database.close();
  }
}
