import { createHash, randomBytes } from "node:crypto";
import { PassThrough, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { ContentStore } from "../../src/documents/content-store";

/** One implementation on a place of its own. */
export interface StoreUnderTest {
  readonly store: ContentStore;
  /** Everything there is in the place, staged and kept, whatever it is called there: a file or an object each. */
  stored(): Promise<string[]>;
  dispose(): Promise<void>;
}

const MIB = 1024 * 1024;

function digestOf(content: Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

/** Memory of buffers that somebody still holds. */
function heldBytes(): number {
  collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** `content` in pieces of 64 KiB, as it comes from a socket. */
function inPieces(content: Buffer): Readable {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += 65_536) pieces.push(content.subarray(at, at + 65_536));
  return Readable.from(pieces);
}

/** The suite that every `ContentStore` passes. `start` is called before each test. */
export function describeContentStore(name: string, start: () => Promise<StoreUnderTest>): void {
  describe(`the content store in ${name}`, () => {
    let place: StoreUnderTest;
    let store: ContentStore;

    beforeEach(async () => {
      place = await start();
      store = place.store;
      await store.ready();
    });
    afterEach(async () => {
      await store.close();
      await place.dispose();
    });

    const keep = async (content: Buffer): Promise<string> => {
      const staged = await store.stage(inPieces(content));
      await staged.keep();
      await staged.discard();
      return staged.digest;
    };
    const read = async (...args: Parameters<ContentStore["open"]>): Promise<Buffer | null> => {
      const stream = await store.open(...args);
      return stream && buffer(stream);
    };

    it("leaves nothing in an empty place when it gets ready, and may get ready again", async () => {
      await store.ready();
      expect(await place.stored()).toEqual([]);
    });

    it.each([
      ["nothing", 0],
      ["one byte", 1],
      ["several pieces", 300_001],
      ["more than one part of a multipart upload", 11 * MIB + 7],
    ])("gives %s back, byte for byte, under its SHA-256 digest", async (_what, size) => {
      const content = randomBytes(size);
      const staged = await store.stage(inPieces(content));
      expect(staged).toMatchObject({ digest: digestOf(content), size });
      await staged.keep();
      await staged.discard();
      expect((await read(staged.digest))?.equals(content)).toBe(true);
      expect(await place.stored()).toHaveLength(1);
    });

    it("does not give content that is staged only", async () => {
      const staged = await store.stage(inPieces(randomBytes(10)));
      expect(await store.open(staged.digest)).toBeNull();
      await staged.discard();
    });

    it("leaves nothing of content that is discarded, however often", async () => {
      const staged = await store.stage(inPieces(randomBytes(100_000)));
      await staged.discard();
      await staged.discard();
      expect(await place.stored()).toEqual([]);
    });

    it("keeps what is discarded after it was kept", async () => {
      const content = randomBytes(1000);
      const digest = await keep(content);
      expect((await read(digest))?.equals(content)).toBe(true);
    });

    it("keeps again, also after the content was deleted in between", async () => {
      const content = randomBytes(1000);
      const staged = await store.stage(inPieces(content));
      await staged.keep();
      await staged.keep();
      await store.delete(staged.digest);
      await staged.keep();
      await staged.discard();
      expect((await read(staged.digest))?.equals(content)).toBe(true);
    });

    it("stores equal content once, when it comes in turn and when it comes at once", async () => {
      const content = randomBytes(200_000);
      const digests = await Promise.all([content, content, content].map(keep));
      digests.push(await keep(content));
      expect(new Set(digests).size).toBe(1);
      expect(await place.stored()).toHaveLength(1);
      expect((await read(digests[0] as string))?.equals(content)).toBe(true);
    });

    it.each([
      ["the first byte", 0, 0],
      ["a part in the middle", 70_000, 140_000],
      ["the last byte", 199_999, 199_999],
      ["all of it", 0, 199_999],
    ])("gives %s as a range, both ends included", async (_what, first, last) => {
      const content = randomBytes(200_000);
      const digest = await keep(content);
      expect((await read(digest, { first, last }))?.equals(content.subarray(first, last + 1))).toBe(true);
    });

    it("answers null for a digest that it has no content of", async () => {
      expect(await store.open("0".repeat(64))).toBeNull();
      expect(await store.open("0".repeat(64), { first: 0, last: 1 })).toBeNull();
    });

    it.each(["", "..", "../../etc/passwd", "A".repeat(64), `${"0".repeat(64)}/x`, "0".repeat(63)])(
      "refuses what is no digest: %j",
      async (digest) => {
        await expect((async () => store.open(digest))()).rejects.toThrow();
        await expect((async () => store.delete(digest))()).rejects.toThrow();
      },
    );

    it("deletes content and nothing else, and resolves when there is none", async () => {
      const [gone, stays] = [await keep(randomBytes(500)), await keep(randomBytes(500))];
      await store.delete(gone);
      await store.delete(gone);
      expect(await store.open(gone)).toBeNull();
      expect(await read(stays)).toHaveLength(500);
      expect(await place.stored()).toHaveLength(1);
    });

    it.each([
      ["at once", 0],
      ["after a few pieces", 300_000],
      ["after more than one part of a multipart upload", 7 * MIB],
    ])("leaves nothing when the source fails %s", async (_when, size) => {
      const source = new PassThrough();
      const staging = store.stage(source);
      const outcome = expect(staging).rejects.toThrow("the client went away");
      if (size > 0) {
        const drained = new Promise((done) => source.write(randomBytes(size), done));
        await Promise.race([drained, staging.catch(() => undefined)]);
      }
      source.destroy(new Error("the client went away"));
      await outcome;
      expect(await place.stored()).toEqual([]);
    });

    it("leaves nothing when the source is destroyed without an error before its end", async () => {
      const source = new PassThrough();
      const outcome = expect(store.stage(source)).rejects.toThrow();
      source.write(randomBytes(100_000), () => source.destroy());
      await outcome;
      expect(await place.stored()).toEqual([]);
    });

    it("does not take in more of a source than it can put away", async () => {
      let given = 0;
      const before = heldBytes();
      let most = 0;
      const source = new Readable({
        read() {
          given += 65_536;
          if (given % (8 * MIB) === 0) most = Math.max(most, heldBytes() - before);
          this.push(given > 64 * MIB ? null : Buffer.alloc(65_536, given % 251));
        },
      });
      const staged = await store.stage(source);
      expect(staged.size).toBe(64 * MIB);
      expect(most).toBeLessThan(48 * MIB);
      await staged.discard();
    });

    it("lets several readers read at once, and a reader stop in the middle", async () => {
      const content = randomBytes(2 * MIB);
      const digest = await keep(content);
      const stopped = (await store.open(digest)) as Readable;
      const [first] = await Promise.all([read(digest), read(digest, { first: 5, last: 9 })]);
      expect(first?.equals(content)).toBe(true);
      const closed = new Promise((done) => stopped.once("close", done));
      stopped.destroy();
      await closed;
    });

    it("sweeps what was staged before a moment and left behind, and nothing that is newer or kept", async () => {
      await store.stage(inPieces(randomBytes(100)));
      const digest = await keep(randomBytes(100));
      expect(await store.sweep(new Date(Date.now() - 60_000))).toBe(0);
      expect(await place.stored()).toHaveLength(2);
      expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(1);
      expect(await place.stored()).toHaveLength(1);
      expect(await read(digest)).toHaveLength(100);
    });
  });
}
