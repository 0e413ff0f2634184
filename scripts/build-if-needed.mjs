// Builds dist/ when a source is newer than the last build, so that `npm start` works on a fresh clone and costs
// nothing afterwards. An installation without development packages runs the dist/ it was given.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const stamp = join(root, "dist/.built");
const compiler = join(root, "node_modules/typescript/bin/tsc");

const sources = ["src", "migrations"].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join(root, folder, name)),
);
sources.push(join(root, "ormconfig.ts"), join(root, "tsconfig.json"), join(root, "package.json"));

const builtAt = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
if (sources.some((file) => statSync(file).mtimeMs > builtAt)) {
  if (existsSync(compiler)) {
    const build = spawnSync(process.execPath, [compiler, "-p", join(root, "tsconfig.build.json")], {
      stdio: "inherit",
    });
    if (build.status !== 0) process.exit(build.status ?? 1);
    writeFileSync(stamp, "");
  } else if (builtAt === 0) {
    process.stderr.write(
      "latchkey: dist/ is missing and the compiler is not installed: run `npm ci && npm run build`\n",
    );
    process.exit(1);
  }
}
