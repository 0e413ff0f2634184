import fc from "fast-check";
import { isGuid, makeToken, newTokenId, normaliseGuid, parseToken } from "../../src/kernel/token";

const base62 = (length: number) =>
  fc.string({
    unit: fc.constantFrom(..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"),
    minLength: length,
    maxLength: length,
  });
const prefix = fc.constantFrom("live" as const, "sess" as const);
const secret = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes));
const token = fc.tuple(prefix, base62(12), secret).map(([kind, id, bytes]) => makeToken(kind, id, () => bytes));

describe("a token", () => {
  // Computed by Python's zlib.crc32 and integer arithmetic, not by this code.
  it.each([
    ["live", "000000000000", Buffer.alloc(32), `lk_live_000000000000_${"0".repeat(43)}2wRDVT`],
    [
      "sess",
      "aB3dE6gH9jK2",
      Buffer.alloc(32, 0xff),
      "lk_sess_aB3dE6gH9jK2_yhjskwdA6OZ1AL1YmHWZWm8LLG7HjnuCA2j5rOw8Xp123Rwbs",
    ],
    [
      "live",
      "LatchkeyDemo",
      Buffer.from(Array.from({ length: 32 }, (_, at) => at)),
      "lk_live_LatchkeyDemo_003aUlTJC7tjlCTQj2uNU3MFagCXG9LRKRcwGkBIDlf30ZsYa",
    ],
  ] as const)("matches the vector of %s %s", (kind, id, bytes, expected) => {
    expect(makeToken(kind, id, () => bytes)).toBe(expected);
    expect(parseToken(expected)).toEqual({ prefix: kind, id });
  });

  it("names prefix and id of whatever was made", () => {
    fc.assert(
      fc.property(prefix, base62(12), secret, (kind, id, bytes) => {
        expect(parseToken(makeToken(kind, id, () => bytes))).toEqual({ prefix: kind, id });
      }),
    );
  });

  it("is refused with any one character replaced", () => {
    fc.assert(
      fc.property(token, fc.nat(69), base62(1), (made, at, other) => {
        fc.pre(made[at] !== other);
        expect(parseToken(made.slice(0, at) + other + made.slice(at + 1))).toBeNull();
      }),
    );
  });

  it("is refused with the case of any one letter changed", () => {
    const made = makeToken("live", "LatchkeyDemo");
    for (let at = 0; at < made.length; at++) {
      const letter = made.charAt(at);
      const swapped = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      if (swapped !== letter) expect(parseToken(made.slice(0, at) + swapped + made.slice(at + 1))).toBeNull();
    }
  });

  it("is refused when cut, extended, padded or spelled in other characters", () => {
    const made = makeToken("live", newTokenId());
    const wrong = ["", " ", "\0", made.slice(1), made.slice(0, -1), `${made}0`, `${made}\n`, ` ${made}`, `${made}\0`];
    wrong.push(made.replace("lk_live_", "lk_test_"), made.toUpperCase(), "x".repeat(1_000_000), "é".repeat(70));
    for (const text of wrong) expect(parseToken(text)).toBeNull();
  });

  it("never makes parsing throw, whatever the string", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
        expect(parseToken(text)).toBeNull();
        expect(normaliseGuid(text)).toBeNull();
      }),
    );
  });

  it("differs every time", () => {
    const made = new Set(Array.from({ length: 1000 }, () => makeToken("live", "LatchkeyDemo")));
    expect(made.size).toBe(1000);
  });
});

describe("a token id", () => {
  it("is 12 base62 characters that do not repeat", () => {
    const ids = Array.from({ length: 1000 }, newTokenId);
    for (const id of ids) expect(id).toMatch(/^[0-9A-Za-z]{12}$/);
    expect(new Set(ids).size).toBe(1000);
  });
});

describe("a GUID", () => {
  it("is normalised to lower case without braces, from any case and with or without braces", () => {
    fc.assert(
      fc.property(fc.uuid(), fc.boolean(), fc.boolean(), (guid, upper, braced) => {
        const cased = upper ? guid.toUpperCase() : guid;
        const text = braced ? `{${cased}}` : cased;
        expect(normaliseGuid(text)).toBe(guid);
        expect(isGuid(text)).toBe(true);
      }),
    );
    expect(normaliseGuid("{6F9619FF-8B86-D011-B42D-00C04FC964FF}")).toBe("6f9619ff-8b86-d011-b42d-00c04fc964ff");
  });

  it.each([
    "",
    "6f9619ff8b86d011b42d00c04fc964ff",
    "{6f9619ff-8b86-d011-b42d-00c04fc964ff",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff}",
    "(6f9619ff-8b86-d011-b42d-00c04fc964ff)",
    "6f9619ff-8b86-d011-b42d-00c04fc964fg",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff0",
    " 6f9619ff-8b86-d011-b42d-00c04fc964ff ",
    "6f9619ff-8b86-d011-b42d-00c04fc964ff\n",
    "urn:uuid:6f9619ff-8b86-d011-b42d-00c04fc964ff",
  ])("is not %j", (text) => {
    expect(normaliseGuid(text)).toBeNull();
    expect(isGuid(text)).toBe(false);
  });
});
