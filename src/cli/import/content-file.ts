import { constants } from "node:fs";
import { type FileHandle, open, realpath } from "node:fs/promises";
import { isAbsolute, join, relative, sep, win32 } from "node:path";
import { unreadable } from "./file-problem";

/** Where the contents that a file of records names are, and how large one may be. */
export interface ContentSource {
  /** Paths count from here and lead nowhere else. */
  readonly folder: string;
  readonly mostBytes: number;
}

/** A content that cannot be taken; its message continues the sentence "<column> …". */
export class UnfitContent extends Error {
  override readonly name = "UnfitContent";
}

/** The last name is not followed if it became a link meanwhile, and a pipe without a writer is not waited for. */
const FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/**
 * Opens the file at `path` below the folder; links are followed as long as they stay there. The caller closes it.
 *
 * @throws UnfitContent on a path that leads out of the folder, on whatever is no readable file, and on one that is too large.
 */
export async function openContent({ folder, mostBytes }: ContentSource, path: string): Promise<FileHandle> {
  requireRelative(path);
  const handle = await openBelow(folder, path).catch(throwUnfit);
  try {
    const found = await handle.stat();
    if (found.isDirectory()) throw new UnfitContent(unreadable("EISDIR"));
    if (!found.isFile()) throw new UnfitContent("is not an ordinary file");
    if (found.size > mostBytes) throw tooLarge(mostBytes);
    return handle;
  } catch (error) {
    await handle.close();
    return throwUnfit(error);
  }
}

/** The complaint about content that is larger than an upload may be. */
export function tooLarge(mostBytes: number): UnfitContent {
  return new UnfitContent(`must have at most ${mostBytes} bytes`);
}

/** An error of the operating system as what is wrong with the file; any other goes on as it is. */
export function throwUnfit(error: unknown): never {
  const { code, syscall } = error as NodeJS.ErrnoException;
  throw code !== undefined && syscall !== undefined ? new UnfitContent(unreadable(code)) : error;
}

/** Refused by its form alone, on every system alike, whatever is there. */
function requireRelative(path: string): void {
  if (isAbsolute(path) || win32.isAbsolute(path) || /^[A-Za-z]:/.test(path)) {
    throw new UnfitContent("must be a path below the folder of the contents, not an absolute one");
  }
  if (path.split(/[/\\]/).includes("..")) throw new UnfitContent("must not lead up out of a folder by ..");
}

async function openBelow(folder: string, path: string): Promise<FileHandle> {
  const root = await realpath(folder);
  const real = await realpath(join(root, path));
  const inside = relative(root, real);
  if (inside === ".." || inside.startsWith(`..${sep}`) || isAbsolute(inside)) {
    throw new UnfitContent("leads out of the folder of the contents by a link");
  }
  return open(real, FLAGS);
}
