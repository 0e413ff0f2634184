import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const ROOT = join(__dirname, "../..");
const REGISTER = join(ROOT, "scripts/register.cjs");
const command = (...options: string[]): string[] => ["-r", REGISTER, join(ROOT, "bench/profile.ts"), ...options];

describe("a command of the bench", () => {
  let temporary: string;
  let env: NodeJS.ProcessEnv;

  beforeEach(() => {
    temporary = mkdtempSync(join(tmpdir(), "latchkey-test-bench-"));
    env = { ...process.env, TMPDIR: temporary };
  });

  afterEach(() => rmSync(temporary, { recursive: true, force: true }));

  it("ends with 1 and one line before anything is begun when an option is wrong", () => {
    const ended = spawnSync(process.execPath, command("--seconds", "x"), { env, encoding: "utf8", timeout: 60_000 });
    expect({ status: ended.status, stdout: ended.stdout }).toEqual({ status: 1, stdout: "" });
    expect(ended.stderr).toBe(
      'bench: --seconds: "x" is not a whole number of at least 1 (options: --workload --seconds; see bench/README.md)\n',
    );
    expect(readdirSync(temporary)).toEqual([]);
  });

  it("leaves no folder when it is broken off, and never opens the database of the environment", async () => {
    const own = join(temporary, "own.db");
    const running = spawn(process.execPath, command(), { env: { ...env, DATABASE_URL: `sqlite:${own}` } });
    const ended = once(running, "exit");
    const hasBegun = (): boolean =>
      readdirSync(temporary).some((folder) => readdirSync(join(temporary, folder)).includes("w.db"));
    while (running.exitCode === null && !hasBegun()) await delay(20);
    running.kill("SIGTERM");
    expect(await ended).toEqual([143, null]);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
