import { createReadStream, type Dirent, type Stats } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
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
 * stays in the folder it was given; what is neither file nor folder is passed over. Files are read piece by piece.
 */
export async function* scanPaths(paths: readonly string[], tally: ScanTally): AsyncGenerator<TokenInFile> {
  for (const path of paths) {
    const found = await attempt<Stats>(tally, path, () => stat(path));
    if (found?.isDirectory()) yield* scanFolder(path, tally);
    else if (found?.isFile()) yield* scanFile(path, tally);
    else if (found) tally.problems.push(`${path} is neither a file nor a folder`);
  }
}

async function* scanFolder(path: string, tally: ScanTally): AsyncGenerator<TokenInFile> {
  const entries = await attempt<Dirent[]>(tally, path, () => readdir(path, { withFileTypes: true }));
  for (const entry of (entries ?? []).sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const below = join(path, entry.name);
    if (entry.isDirectory()) yield* scanFolder(below, tally);
    else if (entry.isFile()) yield* scanFile(below, tally);
  }
}

async function* scanFile(path: string, tally: ScanTally): AsyncGenerator<TokenInFile> {
  const scanner = new TokenScanner();
  let toText: ((piece: Buffer) => string) | undefined;
  let isBinary = false;
  try {
    for await (const piece of createReadStream(path, { highWaterMark: PIECE_BYTES }) as AsyncIterable<Buffer>) {
      toText ??= readerOf(piece);
      isBinary ||= toText === bytes && piece.includes(0);
      for (const found of scanner.feed(toText(piece))) yield { ...found, path, isBinary };
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

async function attempt<T>(tally: ScanTally, path: string, work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    tally.problems.push(`${path} cannot be read: ${(error as Error).message}`);
    return undefined;
  }
}
