import { createReadStream, type Dirent, type Stats } from "node:fs";
import { readdir, stat, statfs } from "node:fs/promises";
import { normalize, sep } from "node:path";
import { type FoundToken, TokenScanner } from "./token-scanner";

/** A token in a file. */
export interface TokenInFile extends FoundToken {
  readonly path: string;
  /** Whether the file is no text, so that lines mean nothing in it. */
  readonly isBinary: boolean;
}

/** What a scan met beside tokens. */
export interface ScanTally {
  files: number;
  /** What could not be read, with the reason; for standard error. */
  readonly problems: string[];
}

const PIECE_BYTES = 256 * 1024;

/**
 * Searches files, and folders with everything below them. A link that is named itself is followed, others are not, so that a scan
 * stays in the folder it was given; what is neither file nor folder, and folders like /proc, are passed over. Files are read piece by
 * piece.
 */
export async function* scanPaths(paths: readonly string[], tally: ScanTally): AsyncGenerator<TokenInFile> {
  for (const path of paths) {
    const found = await attempt<Stats>(tally, path, () => stat(path));
    if (found?.isDirectory()) yield* scanFolder(withoutSeparator(path), tally);
    else if (found?.isFile()) yield* scanFile(path, tally);
    else if (found) tally.problems.push(`${path} is neither a file nor a folder`);
  }
}

/** A path is bytes, which need not be UTF-8; as a text, a file of another encoding could not be opened. */
type Path = string | Buffer;

/**
 * What the kernel shows as files has no end in places (/proc/kmsg waits for ever): proc, sysfs, debugfs, tracefs, cgroup and cgroup2,
 * by their numbers in linux/magic.h.
 */
const KERNEL_FILE_SYSTEMS: ReadonlySet<number> = new Set([
  0x9fa0, 0x62656572, 0x64626720, 0x74726163, 0x27e0eb, 0x63677270,
]);

async function isOfKernel(path: Path): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const { type } = await statfs(path);
  return KERNEL_FILE_SYSTEMS.has(type);
}

async function* scanFolder(path: Path, tally: ScanTally): AsyncGenerator<TokenInFile> {
  if (await attempt(tally, path, () => isOfKernel(path))) return;
  const entries = await attempt<Dirent<Buffer>[]>(tally, path, () =>
    readdir(path, { withFileTypes: true, encoding: "buffer" }),
  );
  for (const entry of (entries ?? []).sort((one, other) => Buffer.compare(one.name, other.name))) {
    const below = Buffer.concat([Buffer.from(path === sep ? "" : path), Buffer.from(sep), entry.name]);
    if (entry.isDirectory()) yield* scanFolder(below, tally);
    else if (entry.isFile()) yield* scanFile(below, tally);
  }
}

async function* scanFile(path: Path, tally: ScanTally): AsyncGenerator<TokenInFile> {
  const scanner = new TokenScanner();
  let toText: ((piece: Buffer) => string) | undefined;
  let isBinary = false;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      toText ??= readerOf(piece);
      isBinary ||= toText === bytes && piece.includes(0);
      for (const found of scanner.feed(toText(piece))) yield { ...found, path: path.toString(), isBinary };
    }
    tally.files += 1;
  } catch (error) {
    tally.problems.push(`${path} cannot be read: ${(error as Error).message}`);
  }
}

const bytes = (piece: Buffer): string => piece.toString("latin1");

/** Files as Windows' shells write them have two bytes a character and say so at their beginning; they become UTF-8 here. */
function readerOf(beginning: Buffer): (piece: Buffer) => string {
  const mark = beginning.subarray(0, 2).toString("hex");
  if (mark !== "fffe" && mark !== "feff") return bytes;
  const decoder = new TextDecoder(mark === "fffe" ? "utf-16le" : "utf-16be");
  return (piece) => bytes(Buffer.from(decoder.decode(piece, { stream: true })));
}

/** `a/b/` and `./a/b` are told as `a/b`. */
function withoutSeparator(path: string): string {
  const plain = normalize(path);
  return plain.length > 1 && plain.endsWith(sep) ? plain.slice(0, -1) : plain;
}

async function attempt<T>(tally: ScanTally, path: Path, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    tally.problems.push(`${path} cannot be read: ${(error as Error).message}`);
    return undefined;
  }
}
