import fc from "fast-check";
import { isLarge, writeInTurns } from "../../src/kernel/json-in-turns";

/** Records with lists within lists, as answers have them. */
const record = (lists: number): object => ({
  id: "a",
  name: 'Ödön "O"',
  missing: undefined,
  none: null,
  at: new Date(0),
  lists: Array.from({ length: lists }, (_, at) => ({ at, text: "x".repeat(at % 7), list: [at, [], {}] })),
});

const inTurns = async (value: object): Promise<string> => String(Buffer.concat(await writeInTurns(value)));

describe("JSON written in turns", () => {
  it("is what JSON.stringify writes, whatever the sizes", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 2_500 }), { maxLength: 12 }), fc.jsonValue(), async (sizes, json) => {
        const value = { errors: undefined, data: { many: sizes.map(record), json }, extensions: { json } };
        expect(await inTurns(value)).toBe(JSON.stringify(value));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["a long list of values", Array.from({ length: 20_000 }, (_, at) => at)],
    ["a list with holes and functions", [...Array.from({ length: 9_000 }, () => undefined), () => 1, record(5_000)]],
    ["nothing but one large member", { only: record(5_000) }],
    ["many small members", Object.fromEntries(Array.from({ length: 9_000 }, (_, at) => [`k${at}`, at]))],
    ["members without a text", { a: undefined, b: () => 1, c: record(5_000), d: undefined }],
    ["large values of odd keys", { 'a"b': record(5_000), "\n": [record(5_000)] }],
  ])("is so for %s", async (_, value) => {
    expect(await inTurns(value)).toBe(JSON.stringify(value));
  });

  it("lets others run meanwhile", async () => {
    let turns = 0;
    const count = (): void => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const pieces = await writeInTurns({ lists: [record(20_000)] });
    clearImmediate(timer);
    expect(turns).toBeGreaterThan(10);
    expect(pieces.length).toBeGreaterThan(10);
    // None is so large that making or sending it would take long by itself.
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(250_000);
  });

  it.each([
    [{ data: null }, false],
    [record(100), false],
    [record(5_000), true],
  ])("is for large values: %#", (value, large) => {
    expect(isLarge(value)).toBe(large);
  });
});
