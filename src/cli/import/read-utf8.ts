import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { UnusableFile, unreadable } from "./file-problem";

const NEWLINE = 0x0a;
const CHUNK_BYTES = 256 * 1024;

/**
 * The bytes of a text file in pieces that each end between two characters.
 *
 * @throws UnusableFile with the line at fault when the file cannot be read, is not UTF-8 or holds a NUL byte (which is how a
 * binary file shows, and which neither database stores).
 */
export async function* readUtf8(path: string): AsyncGenerator<Buffer> {
  let lines = 0;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: CHUNK_BYTES })) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      const end = bytes.length - unfinishedBytes(bytes);
      const whole = bytes.subarray(0, end);
      requireText(whole, lines);
      lines += countLines(whole);
      rest = Buffer.from(bytes.subarray(end));
      if (whole.length > 0) yield whole;
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof UnusableFile || code === undefined) throw error;
    throw new UnusableFile(unreadable(code));
  }
  requireText(rest, lines);
}

/** How many bytes at the end begin a character that continues in the next piece: 0 to 3. */
function unfinishedBytes(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back] as number;
    if ((byte & 0b1100_0000) === 0b1000_0000) continue;
    return byte >= 0b1100_0000 && back < characterBytes(byte) ? back : 0;
  }
  return 0;
}

function characterBytes(first: number): number {
  if (first >= 0b1111_0000) return 4;
  return first >= 0b1110_0000 ? 3 : 2;
}

function requireText(bytes: Buffer, linesBefore: number): void {
  if (linesBefore === 0 && (startsWith(bytes, 0xff, 0xfe) || startsWith(bytes, 0xfe, 0xff))) {
    throw new UnusableFile("is UTF-16, not UTF-8: save it as UTF-8", { line: 1 });
  }
  const nul = bytes.indexOf(0);
  if (nul !== -1) {
    const line = linesBefore + 1 + countLines(bytes.subarray(0, nul));
    throw new UnusableFile("has a NUL byte: this is not a text file", { line });
  }
  if (isUtf8(bytes)) return;
  let line = linesBefore + 1;
  for (let from = 0; ; line++) {
    const newline = bytes.indexOf(NEWLINE, from);
    const text = newline === -1 ? bytes.subarray(from) : bytes.subarray(from, newline);
    if (newline === -1 || !isUtf8(text)) {
      throw new UnusableFile("is not UTF-8: save it as UTF-8", {
        line,
        value: text.subarray(0, 256).toString("latin1"),
      });
    }
    from = newline + 1;
  }
}

function startsWith(bytes: Buffer, first: number, second: number): boolean {
  return bytes[0] === first && bytes[1] === second;
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines++;
  return lines;
}
