import { writeInTurns } from "../../src/kernel/json-in-turns";
import { JsonText, stringify } from "../../src/kernel/json-text";

const RECORD = { id: "a", name: 'Ödön "O"', below: [{ at: 1.5 }, null] };
const inTurns = async (value: object): Promise<string> => String(Buffer.concat(await writeInTurns(value)));
const text = (value: unknown = RECORD): JsonText => new JsonText(JSON.stringify(value));

describe("values that are JSON already", () => {
  it.each<[string, unknown, unknown]>([
    ["alone", text(), RECORD],
    ["as members", { one: text(), two: 2, three: text("x") }, { one: RECORD, two: 2, three: "x" }],
    ["in lists", [text(1), null, [text(2)], text(3)], [1, null, [2], 3]],
    ["that are empty or null", [text(null), text([]), text("")], [null, [], ""]],
    ["that hold what a replacement would understand", [text("$&"), text("$1"), text("$$")], ["$&", "$1", "$$"]],
    ["nowhere", { a: undefined, b: [() => 1] }, { a: undefined, b: [() => 1] }],
  ])("are written as they are: %s", (_where, value, plain) => {
    expect(stringify(value)).toBe(JSON.stringify(plain));
  });

  it("has no text for what JSON has none for", () => {
    expect(stringify(undefined)).toBeUndefined();
  });

  it("stand for themselves only: a value cannot pass for one", () => {
    const outline = JSON.stringify([text()]);
    const [mark] = JSON.parse(outline) as [string];
    expect(() => stringify([mark, text()])).toThrow("none was met");
    expect(stringify([mark])).toBe(outline);
    expect(stringify([`a${mark}`, text(7)])).toBe(`["a${mark}",7]`);
  });

  it("are written in turns as at once", async () => {
    const many = (one: unknown): object => ({
      data: { small: one, many: Array.from({ length: 9_000 }, (_, at) => (at % 3 === 0 ? one : { at, one })) },
    });
    expect(await inTurns(many(text()))).toBe(JSON.stringify(many(RECORD)));
  });

  it("weigh what they hold: others run while many large ones are written", async () => {
    const one = "x".repeat(12_000);
    const value = { data: { list: { nodes: Array.from({ length: 100 }, () => text(one)) } } };
    let turns = 0;
    const count = (): void => {
      turns += 1;
      timer = setImmediate(count);
    };
    let timer = setImmediate(count);
    const written = await inTurns(value);
    clearImmediate(timer);
    expect(written).toBe(JSON.stringify({ data: { list: { nodes: Array.from({ length: 100 }, () => one) } } }));
    expect(turns).toBeGreaterThan(5);
  });
});
