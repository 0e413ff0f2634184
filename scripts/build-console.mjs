// Builds console/dist/ when a source of the console, or a package, differs from what it was built from. What vite says goes to
// standard error: the standard output of `npm run latchkey` is the command's.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";
import { buildInto, filesBelow, fingerprint, isBuiltFrom } from "./stamped-build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "console/dist");
const vite = join(root, "node_modules/vite/bin/vite.js");
const inputs = ["package-lock.json", "console/index.html", "console/tsconfig.json", "console/vite.config.mjs"];

/** Returns an exit status. An installation without vite, or without sources, serves the console/dist/ that it was given. */
export function buildConsole({ always }) {
  if (!existsSync(vite) || !existsSync(join(root, "console/src"))) return 0;
  const sources = filesBelow(root, "console/src", (name) => /\.(tsx?|css|svg)$/.test(name));
  const wanted = fingerprint(root, [...inputs, ...sources]);
  if (isBuiltFrom(dist, wanted) && !always) return 0;
  const make = (next) => {
    const args = [vite, "build", "console", "--outDir", next, "--emptyOutDir", "--logLevel", "warn"];
    const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", 2, 2] });
    if (status === 0) compressAssets(join(next, "assets"));
    return status ?? 1;
  };
  return buildInto(dist, join(root, `console/.dist-${process.pid}`), { wanted, always, make });
}

/** Beside each file one that browsers load in a fifth of the time; the server sends it to those that take it. */
function compressAssets(folder) {
  for (const name of readdirSync(folder)) {
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(readFileSync(join(folder, name))));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = buildConsole({ always: process.argv.includes("--always") });
}
