import fc from "fast-check";
import { createCursorCodec } from "../../src/kernel/cursor-codec";

const codec = createCursorCodec("0123456789abcdef0123456789abcdef");

describe("a cursor", () => {
  it("opens to the values it was sealed with, in the same list and order", () => {
    const value = fc.oneof(
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.boolean(),
      fc.constant(null),
    );
    fc.assert(
      fc.property(fc.string(), fc.array(value, { maxLength: 6 }), (kind, values) => {
        const opened = codec.open(kind, codec.seal(kind, values));
        expect(opened).toEqual(JSON.parse(JSON.stringify(values)));
      }),
    );
  });

  it("shows nothing of the values it carries", () => {
    const cursor = codec.seal("employees:salary ASC", [88_958, "Facello"]);
    const bytes = Buffer.from(cursor, "base64url").toString("latin1");
    expect(cursor).toMatch(/^[\w-]+$/);
    expect(bytes).not.toContain("88958");
    expect(bytes).not.toContain("Facello");
    expect(codec.seal("employees:salary ASC", [88_958, "Facello"])).not.toBe(cursor);
  });

  it.each([
    ["", "empty"],
    ["MTIz", "too short"],
    ["x".repeat(5_000), "huge"],
    ["\u0000", "NUL"],
    [codec.seal("departments", ["a"]), "of another list"],
    [createCursorCodec("another secret of enough characters").seal("employees", ["a"]), "of another secret"],
    [flipped(codec.seal("employees", ["a"])), "changed in one bit"],
  ])("is refused when it is not one of ours: %#", (cursor) => {
    expect(() => codec.open("employees", cursor)).toThrow(
      expect.objectContaining({ code: "BAD_USER_INPUT", details: { field: "after" } }),
    );
  });
});

function flipped(cursor: string): string {
  const bytes = Buffer.from(cursor, "base64url");
  bytes[15] = (bytes[15] as number) ^ 1;
  return bytes.toString("base64url");
}
