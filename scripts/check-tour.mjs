// Runs the README's tour word for word: every ```sh tour block in one bash, and each ```json output block must be exactly what
// the commands before it printed. Ends with `N passed, N failed`.
import { spawn } from "node:child_process";
import { readFileSync, rmSync } from "node:fs";

const root = new URL("..", import.meta.url).pathname;
const readme = readFileSync(`${root}README.md`, "utf8");
const blocks = [...readme.matchAll(/^```(sh tour|json output)\n([\s\S]*?)^```$/gm)].map(([, kind, text]) => ({
  kind,
  text,
}));
const MARK = "--- end of block ---";

rmSync(`${root}data/tour`, { recursive: true, force: true });
const shell = spawn("bash", [], { cwd: root, stdio: ["pipe", "pipe", "inherit"], detached: true });
let printed = "";
shell.stdout.on("data", (chunk) => {
  printed += chunk;
});

async function run(text) {
  printed = "";
  shell.stdin.write(`${text}\necho; echo '${MARK}'\n`);
  const deadline = Date.now() + 120_000;
  while (!printed.includes(MARK)) {
    if (Date.now() > deadline || shell.exitCode !== null)
      throw new Error(`no end of:\n${text}\nprinted so far:\n${printed}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return printed.slice(0, printed.indexOf(MARK)).replace(/\n+/g, "\n").trim();
}

let passed = 0;
let failed = 0;
let last = "";
try {
  for (const { kind, text } of blocks) {
    if (kind === "sh tour") {
      last = await run(text);
    } else if (last === text.trim()) {
      passed += 1;
    } else {
      failed += 1;
      process.stdout.write(`README says:\n${text.trim()}\nbut this was printed:\n${last}\n\n`);
    }
  }
} catch (error) {
  failed += 1;
  process.stdout.write(`${error.message}\n`);
} finally {
  process.kill(-shell.pid, "SIGTERM");
}
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
