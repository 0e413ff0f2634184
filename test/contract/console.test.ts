import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const root = resolve(__dirname, "../..");
const folder = join(root, "console/src");

describe("the console", () => {
  it("asks only what schema.graphql has, with the types that it gives", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(root, "scripts/generate-console-operations.mjs"), "--check"],
      { encoding: "utf8" },
    );
    expect([status, stderr]).toEqual([0, ""]);
  });

  it("imports nothing of the service: it knows the public API alone", () => {
    const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => /\.tsx?$/.test(name));
    expect(sources.length).toBeGreaterThan(20);
    const outside = sources.flatMap((name) =>
      [...readFileSync(join(folder, name), "utf8").matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)]
        .map(([, path]) => resolve(join(folder, name), "..", path!))
        .filter((path) => !path.startsWith(`${folder}/`)),
    );
    expect(outside).toEqual([]);
  });
});
