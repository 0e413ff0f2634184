// The one check of the code's form: biome (lint, format, import order), tsc, dependency-cruiser (floors and cycles), and no
// open ends in comments. All run at once and every complaint is shown. `npm run format` mends what can be mended.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const bin = (name) => join(root, "node_modules/.bin", name);
const present = (paths) => paths.filter((path) => existsSync(join(root, path)));
const colours = process.stdout.isTTY ? { FORCE_COLOR: "1" } : { NO_COLOR: "1" };

const checks = [
  ["biome", bin("biome"), ["check", "--error-on-warnings", "--max-diagnostics=200", "."]],
  ["types", bin("tsc"), ["-p", "tsconfig.json", "--noEmit"]],
  ["floors", bin("depcruise"), present(["src", "migrations", "ormconfig.ts", "test", "bench", "examples"])],
];
if (existsSync(join(root, "console/tsconfig.json"))) {
  checks.push(["types of the console", bin("tsc"), ["-p", "console/tsconfig.json", "--noEmit"]]);
}

/** Runs one tool to its end; resolves to its name, whether it was content, and all that it printed. */
function run([name, command, args]) {
  return new Promise((resolve) => {
    const tool = spawn(command, args, { cwd: root, env: { ...process.env, ...colours } });
    const printed = [];
    tool.stdout.on("data", (chunk) => printed.push(chunk));
    tool.stderr.on("data", (chunk) => printed.push(chunk));
    tool.on("error", (error) => resolve({ name, ok: false, output: `${command}: ${error.message}\n` }));
    tool.on("close", (code) => resolve({ name, ok: code === 0, output: Buffer.concat(printed).toString() }));
  });
}

/** Comments that promise work for later; an issue is the place for those. */
function openEnds() {
  const listed = spawnSync("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: root });
  if (listed.status !== 0) return { name: "open ends", ok: true, output: "" };
  const files = listed.stdout
    .toString()
    .split("\0")
    .filter((path) => /\.(ts|tsx|js|cjs|mjs|css|sh)$/.test(path));
  const found = present(files).flatMap((path) =>
    readFileSync(join(root, path), "utf8")
      .split("\n")
      .flatMap((line, at) =>
        /(\/\/|^\s*(\/?\*|#)).*\b(TO[D]O|FIX[M]E|X[X]X)\b/.test(line) ? [`${path}:${at + 1}: ${line.trim()}`] : [],
      ),
  );
  return { name: "open ends", ok: found.length === 0, output: `${found.join("\n")}\n` };
}

const results = [...(await Promise.all(checks.map(run))), openEnds()];
for (const { ok, output } of results) if (!ok) process.stdout.write(output);
process.stdout.write(`${results.map(({ name, ok }) => `${name}: ${ok ? "ok" : "FAILED"}`).join(" · ")}\n`);
process.exitCode = results.every(({ ok }) => ok) ? 0 : 1;
