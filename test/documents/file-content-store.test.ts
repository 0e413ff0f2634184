import { mkdtemp, readdir, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { createContentStore } from "../../src/documents/create-content-store";
import { createFileContentStore } from "../../src/documents/file-content-store";
import { describeContentStore } from "./content-store.contract";

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

async function temporaryFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), "latchkey-content-"));
}

describeContentStore("a folder", async () => {
  const folder = await temporaryFolder();
  return {
    store: createFileContentStore(join(folder, "documents")),
    stored: () => filesIn(folder),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
});

describe("content that was damaged in its folder", () => {
  it("is replaced when the same content is kept again", async () => {
    const folder = await temporaryFolder();
    const store = createFileContentStore(folder);
    await store.ready();
    const first = await store.stage(Readable.from([Buffer.from("payslip")]));
    await first.keep();
    await first.discard();
    const [path] = await filesIn(folder);
    await truncate(path as string, 3);

    const second = await store.stage(Readable.from([Buffer.from("payslip")]));
    await second.keep();
    await second.discard();
    const stream = await store.open(first.digest);
    expect(stream && String(await buffer(stream))).toBe("payslip");
    await rm(folder, { recursive: true, force: true });
  });
});

describe("a folder that cannot be written to", () => {
  it("is not ready", async () => {
    await expect(createFileContentStore("/proc/latchkey").ready()).rejects.toThrow(/ENOENT|EACCES|EROFS/);
    await expect(createContentStore({ documentsDir: "/proc/latchkey" }).ready()).rejects.toThrow(
      /^DOCUMENTS_DIR cannot be written to: /,
    );
  });
});
