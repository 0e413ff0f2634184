import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeFolder, makePrivateFile } from "../../src/kernel/private-file";

describe("a private file", () => {
  const root = mkdtempSync(join(tmpdir(), "latchkey-private-"));
  afterAll(() => rmSync(root, { recursive: true }));

  it("is readable by its owner only, in folders made for it", () => {
    const path = join(root, "a/b/file");
    makePrivateFile(path);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it("leaves a file alone that is there", () => {
    const path = join(root, "kept");
    writeFileSync(path, "content");
    makePrivateFile(path);
    expect(readFileSync(path, "utf8")).toBe("content");
  });

  it("is an error where no folder can be made, not an endless wait", () => {
    expect(() => makeFolder("/proc/no/such/folder")).toThrow(/ENOENT|EACCES/);
  });
});
