import { createHash } from "node:crypto";
import { copyFile, type FileHandle, link, mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { newId } from "../kernel/id";
import { makeFolder } from "../kernel/private-file";
import type { ContentStore, StagedContent } from "./content-store";

const DIGEST = /^[0-9a-f]{64}$/;
/** What file systems answer that know no second name for a file. */
const NO_LINKS: ReadonlySet<unknown> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS", "EMLINK"]);

/**
 * Content in a folder of this machine, or one that several instances share: `staged/<id>` while it arrives, then
 * `sha256/ab/cd/abcd…`. Every file is flushed before it gets its name, and the name before `keep` resolves.
 */
export function createFileContentStore(folder: string): ContentStore {
  const stagedFolder = join(folder, "staged");
  const keptFolder = join(folder, "sha256");

  const foldersOf = (digest: string): [string, string, string] => {
    if (!DIGEST.test(digest)) throw new Error("not a digest");
    const first = join(keptFolder, digest.slice(0, 2));
    return [keptFolder, first, join(first, digest.slice(2, 4))];
  };
  const pathOf = (digest: string): string => join(foldersOf(digest)[2], digest);

  return {
    async stage(source) {
      const path = join(stagedFolder, newId());
      try {
        return stagedAt(path, await receive(source, path), foldersOf, pathOf);
      } catch (error) {
        source.destroy();
        await rm(path, { force: true });
        throw error;
      }
    },

    async open(digest, range) {
      const handle = await openOrNull(pathOf(digest));
      if (handle === null) return null;
      return handle.createReadStream(range && { start: range.first, end: range.last });
    },

    async delete(digest) {
      await rm(pathOf(digest), { force: true });
    },

    async sweep(before) {
      let swept = 0;
      for (const name of await readdir(stagedFolder)) {
        const path = join(stagedFolder, name);
        const found = await stat(path).catch(ignoreMissing);
        if (found === null || found.mtimeMs >= before.getTime()) continue;
        await rm(path, { force: true });
        swept += 1;
      }
      return swept;
    },

    async ready() {
      for (const needed of [stagedFolder, keptFolder]) makeFolder(needed);
      const probe = await this.stage(Readable.from([Buffer.from("probe")]));
      await probe.discard();
    },

    async close() {
      // Nothing is held between calls.
    },
  };
}

/** Writes all of `source` to a new file at `path`, flushed to the disk. */
async function receive(source: Readable, path: string): Promise<{ digest: string; size: number }> {
  // A source that fails while the file is being opened would have nobody listening, which ends the process.
  source.on("error", () => undefined);
  const handle = await open(path, "wx", 0o600);
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const piece of source as AsyncIterable<Uint8Array>) {
      hash.update(piece);
      size += piece.length;
      await writeAll(handle, piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  return { digest: hash.digest("hex"), size };
}

async function writeAll(handle: FileHandle, piece: Uint8Array): Promise<void> {
  for (let written = 0; written < piece.length; ) written += (await handle.write(piece, written)).bytesWritten;
}

function stagedAt(
  path: string,
  { digest, size }: { digest: string; size: number },
  foldersOf: (digest: string) => readonly [string, string, string],
  pathOf: (digest: string) => string,
): StagedContent {
  return {
    digest,
    size,
    async keep() {
      const kept = pathOf(digest);
      const present = await stat(kept).catch(ignoreMissing);
      // One of another size was damaged from outside, and is replaced.
      if (present?.size === size) return;
      const folders = foldersOf(digest);
      for (const folder of folders.slice(1)) await mkdir(folder, { mode: 0o700 }).catch(ignoreExisting);
      const second = `${path}.${newId()}`;
      try {
        await secondName(path, second);
        await rename(second, kept);
      } finally {
        await rm(second, { force: true });
      }
      for (const folder of folders) await flushFolder(folder);
    },
    async discard() {
      await rm(path, { force: true });
    },
  };
}

/** The staged file keeps its own name, so that it can be kept again. */
async function secondName(path: string, second: string): Promise<void> {
  try {
    await link(path, second);
  } catch (error) {
    if (!NO_LINKS.has((error as NodeJS.ErrnoException).code)) throw error;
    await copyFile(path, second);
    await flush(second);
  }
}

async function flush(path: string): Promise<void> {
  const handle = await open(path, "r+");
  await handle.sync().finally(() => handle.close());
}

/** A name survives power loss once the folder that holds it is flushed; Windows has no such thing, and needs none. */
async function flushFolder(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  await handle.sync().finally(() => handle.close());
}

async function openOrNull(path: string): Promise<FileHandle | null> {
  return open(path, "r").catch(ignoreMissing);
}

function ignoreMissing(error: unknown): null {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
  throw error;
}

function ignoreExisting(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
}
