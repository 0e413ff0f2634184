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

  it("tells its options when it is asked", () => {
    const ended = spawnSync(process.execPath, command("--help"), { env, encoding: "utf8", timeout: 60_000 });
    expect({ status: ended.status, stderr: ended.stderr }).toEqual({ status: 0, stderr: "" });
    expect(ended.stdout).toBe("options: --workload --seconds; see bench/README.md\n");
  });

  it.each([
    ["node", [process.execPath, ...command()]],
    ["npm", ["npm", "run", "--silent", "bench:profile"]],
  ])("leaves no folder when %s is broken off, and never opens the database of the environment", async (_by, by) => {
    const own = join(temporary, "own.db");
    const [program, ...parameters] = by as [string, ...string[]];
    const running = spawn(program, parameters, { cwd: ROOT, env: { ...env, DATABASE_URL: `sqlite:${own}` } });
    const ended = once(running, "exit");
    const hasBegun = (): boolean =>
      readdirSync(temporary).some((folder) => readdirSync(join(temporary, folder)).includes("w.db"));
    while (running.exitCode === null && !hasBegun()) await delay(20);
    running.kill("SIGTERM");
    // npm ends by the signal itself.
    expect([
      [143, null],
      [null, "SIGTERM"],
    ]).toContainEqual(await ended);
    // npm does not wait for what it has passed the signal on to.
    for (let time = 0; time < 100 && readdirSync(temporary).length > 0; time++) await delay(50);
    expect(readdirSync(temporary)).toEqual([]);
  });
});
