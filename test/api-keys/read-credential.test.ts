import fc from "fast-check";
import { readCredential } from "../../src/api-keys/read-credential";
import { makeToken, newTokenId } from "../../src/kernel/token";

const live = makeToken("live", newTokenId());
const other = makeToken("live", newTokenId());
const session = makeToken("sess", newTokenId());
const guid = "6f9619ff-8b86-d011-b42d-00c04fc964ff";

describe("a credential in the headers", () => {
  it("is read from either header, the scheme and a GUID in any case", () => {
    expect(readCredential(`Bearer ${live}`, undefined)).toEqual({ kind: "live", token: live });
    expect(readCredential(`bearer   ${live}`, undefined)).toEqual({ kind: "live", token: live });
    expect(readCredential(undefined, live)).toEqual({ kind: "live", token: live });
    expect(readCredential(`Bearer ${session}`, undefined)).toEqual({ kind: "sess", token: session });
    expect(readCredential(undefined, `{${guid.toUpperCase()}}`)).toEqual({ kind: "guid", token: guid });
  });

  it("is none only where there is no header at all", () => {
    expect(readCredential(undefined, undefined)).toEqual({ kind: "none" });
    expect(readCredential(undefined, [])).toEqual({ kind: "none" });
    expect(readCredential("", undefined)).toEqual({ kind: "malformed" });
    expect(readCredential(undefined, "")).toEqual({ kind: "malformed" });
  });

  it("may stand in both headers when it is one credential, however it is spelled", () => {
    expect(readCredential(`Bearer ${live}`, live)).toEqual({ kind: "live", token: live });
    expect(readCredential(`Bearer ${guid}`, `{${guid.toUpperCase()}}`)).toEqual({ kind: "guid", token: guid });
    expect(readCredential(undefined, [live, live])).toEqual({ kind: "live", token: live });
  });

  it.each([
    [`Bearer ${live}`, other],
    [`Bearer ${session}`, live],
    [`Bearer ${live}`, "junk"],
    ["Basic dXNlcjpwYXNz", live],
    [undefined, [live, other]],
  ])("is refused as bad input when the headers differ: %j and %j", (authorization, apiKey) => {
    expect(() => readCredential(authorization, apiKey)).toThrow(
      expect.objectContaining({ code: "BAD_USER_INPUT", details: { field: "headers" } }),
    );
  });

  it.each([
    ["another scheme", "Basic dXNlcjpwYXNz"],
    ["no token", "Bearer"],
    ["an empty token", "Bearer "],
    ["two tokens", `Bearer ${live} ${live}`],
    ["NUL", `Bearer ${live}\0`],
    ["a wrong checksum", `Bearer ${live.slice(0, -1)}${live.endsWith("0") ? "1" : "0"}`],
    ["a changed case", `Bearer ${live.toUpperCase()}`],
    ["a megabyte", `Bearer ${"x".repeat(1_000_000)}`],
    ["a token in a header that is too long", `Bearer ${" ".repeat(600)}${live}`],
  ])("is malformed with %s", (_, authorization) => {
    expect(readCredential(authorization, undefined)).toEqual({ kind: "malformed" });
  });

  it("is malformed or refused, and never anything else, for whatever text", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 100 }), (text) => {
        expect(readCredential(text, undefined)).toEqual({ kind: "malformed" });
        expect(readCredential(undefined, text)).toEqual({ kind: "malformed" });
      }),
    );
  });
});
