import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { cleanFileName } from "../../src/documents/file-name";
import { ContentTooLarge, inspectContent } from "../../src/documents/inspect-content";

const inPieces = (bytes: Buffer, size: number): Readable =>
  Readable.from(
    Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) => bytes.subarray(at * size, (at + 1) * size)),
  );

describe("content on its way", () => {
  it("passes unchanged", async () => {
    const bytes = Buffer.from("a,b\n1,2\n");
    expect((await buffer(inspectContent(inPieces(bytes, 3), 100).stream)).equals(bytes)).toBe(true);
  });

  it("is text whatever the places where it was cut", async () => {
    const inspected = inspectContent(inPieces(Buffer.from("Größe €"), 1), 100);
    await buffer(inspected.stream);
    expect(await inspected.mediaType("A.TXT")).toBe("text/plain");
  });

  it.each([
    ["ends in the middle of a character", Buffer.from("Größe").subarray(0, 3)],
    ["has NUL", Buffer.from("a\0b")],
    ["is Latin-1", Buffer.from("Größe", "latin1")],
  ])("is no text when it %s", async (_what, bytes) => {
    const inspected = inspectContent(inPieces(bytes, 2), 100);
    await buffer(inspected.stream);
    expect(await inspected.mediaType("a.txt")).toBe("application/octet-stream");
  });

  it("fails past the limit, and not at it", async () => {
    await expect(buffer(inspectContent(inPieces(Buffer.alloc(11), 4), 10).stream)).rejects.toThrow(ContentTooLarge);
    expect(await buffer(inspectContent(inPieces(Buffer.alloc(10), 4), 10).stream)).toHaveLength(10);
  });

  it("fails with what its source fails with", async () => {
    const source = new Readable({ read: () => undefined });
    const { stream } = inspectContent(source, 10);
    source.destroy(new Error("gone"));
    await expect(buffer(stream)).rejects.toThrow("gone");
  });
});

describe("a file name", () => {
  it("is cleaned as the example says", () => {
    expect(cleanFileName("..\\..\\pay/slip\u202e.pdf")).toBe("slip.pdf");
  });
});
