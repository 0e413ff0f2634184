import type { Readable } from "node:stream";

/**
 * Content    the bytes of a document's file, known by their digest; several documents may share it
 * Digest     SHA-256 of the content, 64 lower-case hexadecimal digits
 * Staged     received as a whole and not yet under its digest: invisible to `open`, and gone after a crash
 */

/** Both ends included and counted from 0, as in HTTP's `Range`; lies within the content. */
export interface ByteRange {
  readonly first: number;
  readonly last: number;
}

/** Content that arrived as a whole. `discard` ends it, whether it was kept or not; so does a crash, followed by `sweep`. */
export interface StagedContent {
  readonly digest: string;
  readonly size: number;
  /**
   * Puts the content under its digest: once this resolves, `open` finds it, also after a crash or power loss. Content that is there
   * already stays as it is. May be called again until `discard`, also after somebody deleted what an earlier call put there, since
   * transactions are run again. The caller sees to it that no `delete` of the digest runs at the same time.
   */
  keep(): Promise<void>;
  /** Frees what staging took; never touches what is under the digest. May be called again. */
  discard(): Promise<void>;
}

/**
 * Where the content of documents is: a folder, or a bucket. One contract, one suite of tests for every implementation
 * (test/documents/content-store.contract.ts).
 *
 * It knows nothing of documents and counts no references: `documents/contents.ts` decides in transactions what is kept. A method
 * that fails rejects with the error as it is, which is logged and never reaches a client. A digest of another form is a defect and
 * throws.
 */
export interface ContentStore {
  /**
   * Receives all bytes of `source`, holding a few pieces of them in memory at a time (at most some MiB). When `source` fails or is
   * destroyed before its end, it rejects and leaves nothing behind; when storing fails, it destroys `source` as well.
   */
  stage(source: Readable): Promise<StagedContent>;

  /**
   * The content, or a part of it, which the caller reads to its end or destroys; destroying frees what the stream holds. Null when
   * there is none under this digest, which is known before any byte is sent on. A stream that is open may go on or fail when the
   * content is deleted, but never ends early as if it were complete.
   */
  open(digest: string, range?: ByteRange): Promise<Readable | null>;

  /** Takes content away for good. Resolves, too, when there is none. */
  delete(digest: string): Promise<void>;

  /**
   * Takes away what was staged before this moment and not discarded, which is what a crash left, and returns how many there were.
   * The moment must lie further back than any upload takes, since other instances may be staging to the same place.
   */
  sweep(before: Date): Promise<number>;

  /** Rejects when content can not be stored and read, with a message for the operator. Called at boot, so that a wrong setting stops it. */
  ready(): Promise<void>;

  /** Frees connections and the like; nothing is called after it. */
  close(): Promise<void>;
}
