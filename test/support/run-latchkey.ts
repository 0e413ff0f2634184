import { spawn } from "node:child_process";
import { join } from "node:path";
import { SECRET, type TestLatchkey } from "./latchkey";

/** What a command left behind. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const ROOT = join(__dirname, "../..");

/** Runs `latchkey …args` as a process of its own on the database of `instance`, which may be running; `extra` goes into its environment, `input` to it. */
export function runLatchkey(
  instance: Pick<TestLatchkey, "database">,
  args: readonly string[],
  extra: Readonly<Record<string, string>> = {},
  input = "",
): Promise<Ended> {
  const child = spawn(process.execPath, ["-r", "./scripts/register.cjs", "src/cli/main.ts", ...args], {
    cwd: ROOT,
    env: { ...process.env, DATABASE_URL: instance.database.url, LATCHKEY_SECRET: SECRET, ...extra },
  });
  const output = { stdout: "", stderr: "" };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  // A command that reads none of it may have ended by then.
  child.stdin.on("error", () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, ...output }));
  });
}
