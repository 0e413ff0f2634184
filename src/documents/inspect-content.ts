import { extname } from "node:path";
import { pipeline, type Readable, Transform } from "node:stream";

/** Enough for every format that file-type knows by its beginning, and for the first entries of a ZIP, by which it knows Office files. */
const HEAD_BYTES = 64 * 1024;
const UNKNOWN = "application/octet-stream";

/** Kinds of text that have no mark of their own; HTML and scripts are not among them, so that no browser is ever told to run one. */
const TEXT_TYPES: Readonly<Record<string, string>> = {
  ".txt": "text/plain",
  ".log": "text/plain",
  ".csv": "text/csv",
  ".tsv": "text/tab-separated-values",
  ".md": "text/markdown",
  ".json": "application/json",
  ".ics": "text/calendar",
  ".vcf": "text/vcard",
  ".eml": "message/rfc822",
};

/** More came than is taken. */
export class ContentTooLarge extends Error {
  override readonly name = "ContentTooLarge";
}

/** Content on its way, looked at as it passes. */
export interface InspectedContent {
  /** Fails with `ContentTooLarge` past the limit, and with whatever `source` fails with. */
  readonly stream: Readable;
  /**
   * The media type, once the stream has ended. What the content itself shows wins over everything; text, which shows nothing, goes by the
   * file name's extension if all of it is UTF-8; the rest is `application/octet-stream`. What a client declares is never believed.
   */
  mediaType(fileName: string): Promise<string>;
}

/** Passes `source` on, at most `most` bytes of it, in pieces, none of which it holds. */
export function inspectContent(source: Readable, most: number): InspectedContent {
  const head: Buffer[] = [];
  let headSize = 0;
  let size = 0;
  const text = new Utf8Check();
  const stream = new Transform({
    transform(piece: Buffer, _encoding, done) {
      size += piece.length;
      if (size > most) return done(new ContentTooLarge(`more than ${most} bytes`));
      if (headSize < HEAD_BYTES) {
        // A copy: the piece may be a view of a much larger buffer.
        const part = Buffer.from(piece.subarray(0, HEAD_BYTES - headSize));
        head.push(part);
        headSize += part.length;
      }
      text.add(piece);
      done(null, piece);
    },
  });
  // What goes wrong is met by whoever reads the stream.
  pipeline(source, stream, () => undefined);
  return {
    stream,
    async mediaType(fileName) {
      // The package is an ES module; its `core` needs no Node streams.
      const { fileTypeFromBuffer } = await import("file-type/core");
      const found = await fileTypeFromBuffer(Buffer.concat(head));
      if (found !== undefined) return found.mime;
      return (text.holds() && TEXT_TYPES[extname(fileName).toLowerCase()]) || UNKNOWN;
    },
  };
}

/** Whether all pieces together are UTF-8 without NUL. */
class Utf8Check {
  private readonly decoder = new TextDecoder("utf-8", { fatal: true });
  private isText = true;

  add(piece: Buffer): void {
    this.isText = this.isText && !piece.includes(0) && this.decodes(piece, true);
  }

  holds(): boolean {
    return this.isText && this.decodes(Buffer.alloc(0), false);
  }

  private decodes(piece: Buffer, stream: boolean): boolean {
    try {
      this.decoder.decode(piece, { stream });
      return true;
    } catch {
      return false;
    }
  }
}
