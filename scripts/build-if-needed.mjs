// Builds dist/ when a source differs from what dist/ was built from, so that `npm start` works on a fresh clone and costs
// nothing afterwards. An installation without development packages runs the dist/ it was given. `--always` builds anyway.
//
// It compiles into a folder of its own and swaps it in whole: files of deleted sources do not stay behind, and a command that
// starts while another one builds does not load half-written files.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const stamp = join(dist, ".built-from");
const compiler = join(root, "node_modules/typescript/bin/tsc");
const inputs = ["ormconfig.ts", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];

/** A digest of the names and contents of everything that the compiler reads. */
function fingerprint() {
  const sources = ["src", "migrations"].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((name) => name.endsWith(".ts"))
      .map((name) => join(folder, name)),
  );
  const digest = createHash("sha256");
  for (const file of [...inputs, ...sources.sort()]) {
    digest
      .update(`${file}\0`)
      .update(readFileSync(join(root, file)))
      .update("\0");
  }
  return digest.digest("hex");
}

/** Compiles and swaps; returns the compiler's exit status, and leaves dist/ as it was when that is not 0. */
function build(builtFrom) {
  // Beside dist/ and as deep, so that source maps still point at the sources after the swap.
  const next = join(root, `.dist-${process.pid}`);
  try {
    const project = join(root, "tsconfig.build.json");
    const { status } = spawnSync(process.execPath, [compiler, "-p", project, "--outDir", next], { stdio: "inherit" });
    if (status !== 0) return status ?? 1;
    writeFileSync(join(next, ".built-from"), builtFrom);
    swapIn(next);
    return 0;
  } finally {
    rmSync(next, { recursive: true, force: true });
  }
}

/** Puts `next` in the place of dist/, however many others do the same at this moment. */
function swapIn(next) {
  const old = `${next}-old`;
  for (let attempt = 1; ; attempt++) {
    try {
      if (existsSync(dist)) renameSync(dist, old);
      return renameSync(next, dist);
    } catch (error) {
      if (attempt === 20 || !["ENOENT", "ENOTEMPTY", "EEXIST"].includes(error.code)) throw error;
    } finally {
      rmSync(old, { recursive: true, force: true });
    }
  }
}

if (existsSync(compiler) && existsSync(join(root, "src"))) {
  const wanted = fingerprint();
  const isFresh = existsSync(stamp) && readFileSync(stamp, "utf8") === wanted;
  if (!isFresh || process.argv.includes("--always")) process.exitCode = build(wanted);
} else if (!existsSync(join(dist, "src/main.js"))) {
  process.stderr.write("latchkey: dist/ is missing and the compiler is not installed: run `npm ci && npm run build`\n");
  process.exit(1);
}
