import { type FoundToken, TokenScanner } from "../../../src/cli/key/token-scanner";
import { makeToken } from "../../../src/kernel/token";

const live = makeToken("live", "AbCdEfGhIjKl");
const session = makeToken("sess", "000000000000");

function scan(text: string, pieceLength = text.length): FoundToken[] {
  const scanner = new TokenScanner();
  const bytes = Buffer.from(text).toString("latin1");
  const found: FoundToken[] = [];
  for (let at = 0; at < bytes.length; at += pieceLength) found.push(...scanner.feed(bytes.slice(at, at + pieceLength)));
  return found;
}

describe("a search for tokens", () => {
  it("finds every token with line and column, whatever surrounds it", () => {
    expect(scan(`key=${live}\n\n  "größe": "${session}",${live}${live}x`)).toEqual([
      { token: live, line: 1, column: 5, offset: 4 },
      { token: session, line: 3, column: 13, offset: 90 },
      { token: live, line: 3, column: 13 + 72, offset: 90 + 72 },
      { token: live, line: 3, column: 13 + 72 + 70, offset: 90 + 72 + 70 },
    ]);
  });

  it("finds the same whatever the pieces: a token may lie across any border", () => {
    const text = `lk_live_${live}\nxlk_${session}é${live.slice(0, 69)}\n${live}lk_sess_`;
    const whole = scan(text);
    expect(whole).toHaveLength(3);
    for (let length = 1; length <= text.length; length++) expect(scan(text, length)).toEqual(whole);
  });

  it.each([
    ["a changed character", live.replace("AbCd", "abCd")],
    ["a wrong checksum", `${live.slice(0, -1)}${live.endsWith("0") ? "1" : "0"}`],
    ["a token cut short", live.slice(0, -1)],
    ["a token in capitals", live.toUpperCase()],
    ["a token over two lines", `${live.slice(0, 30)}\n${live.slice(30)}`],
  ])("passes over %s", (_what, text) => {
    expect(scan(`${text} `)).toEqual([]);
  });

  it("takes its time with the length of the text, not with the beginnings of tokens in it", () => {
    const began = performance.now();
    expect(scan("lk_live_".repeat(200_000), 4096)).toEqual([]);
    expect(performance.now() - began).toBeLessThan(5_000);
  });
});
