// Builds dist/ and console/dist/ when a source differs from what they were built from, so that `npm start` works on a fresh clone
// and costs nothing afterwards. An installation without development packages runs what it was given. `--always` builds anyway.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildConsole } from "./build-console.mjs";
import { buildInto, filesBelow, fingerprint, isBuiltFrom } from "./stamped-build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const dist = join(root, "dist");
const compiler = join(root, "node_modules/typescript/bin/tsc");
const inputs = ["ormconfig.ts", "package-lock.json", "tsconfig.json", "tsconfig.build.json"];
const always = process.argv.includes("--always");

/** Compiles the service; returns the compiler's exit status. */
function buildService() {
  const sources = ["src", "migrations"].flatMap((folder) => filesBelow(root, folder, (name) => name.endsWith(".ts")));
  const wanted = fingerprint(root, [...inputs, ...sources]);
  if (isBuiltFrom(dist, wanted) && !always) return 0;
  const make = (next) => {
    const args = [compiler, "-p", join(root, "tsconfig.build.json"), "--outDir", next];
    return spawnSync(process.execPath, args, { stdio: "inherit" }).status ?? 1;
  };
  return buildInto(dist, join(root, `.dist-${process.pid}`), { wanted, always, make });
}

if (existsSync(compiler) && existsSync(join(root, "src"))) {
  process.exitCode = buildService() || buildConsole({ always });
} else if (!existsSync(join(dist, "src/main.js"))) {
  process.stderr.write("latchkey: dist/ is missing and the compiler is not installed: run `npm ci && npm run build`\n");
  process.exit(1);
}
