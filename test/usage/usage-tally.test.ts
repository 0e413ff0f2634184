import { createUsageTally, type UsageTally } from "../../src/usage/usage-tally";

const HOUR = 3_600_000;
const START = Date.UTC(2030, 0, 1, 9);
const FROM = { ip: "192.0.2.1", client: "tests" };

let now = START;
const tallyOf = (bounds?: { names: number; cells: number }): UsageTally => createUsageTally(() => now, bounds);
const rowsOf = (tally: UsageTally) =>
  (tally.takeBatch()?.cells ?? []).map(({ apiKeyId, hour, operationName, calls, denials, errors }) =>
    [apiKeyId, (hour - START) / HOUR, operationName, calls, denials, errors].join(" "),
  );

describe("a usage tally", () => {
  beforeEach(() => {
    now = START;
  });

  it("adds up calls, denials and errors by key, hour and name, and hands each out once", () => {
    const tally = tallyOf();
    now = START + HOUR - 1;
    tally.count("a", "List", "ALLOWED", FROM);
    tally.count("a", "List", "DENIED", FROM);
    tally.count("a", "Other", "FAILED", FROM);
    tally.count("b", "List", "ALLOWED", FROM);
    now = START + HOUR;
    tally.count("a", "List", "ALLOWED", FROM);
    expect(rowsOf(tally)).toEqual(["a 0 List 2 1 0", "a 0 Other 1 0 1", "b 0 List 1 0 0", "a 1 List 1 0 0"]);
    expect(tally.takeBatch()).toBeNull();
    tally.count("a", "List", "ALLOWED", FROM);
    expect(rowsOf(tally)).toEqual(["a 1 List 1 0 0"]);
  });

  it("keeps the last use of a key, and takes a refusal for none", () => {
    const tally = tallyOf();
    tally.count("a", "List", "ALLOWED", { ip: "192.0.2.9", client: null });
    now += 5;
    tally.count("a", "List", "DENIED", FROM);
    tally.count("a", "(refused)", "DENIED", null);
    tally.count("b", "(refused)", "DENIED", null);
    const uses = tally.takeBatch()?.uses.map(({ apiKeyId, usedAt, usedFrom }) => [apiKeyId, usedAt, usedFrom]);
    expect(uses).toEqual([["a", START + 5, FROM]]);
  });

  it("adds what is given back to what came meanwhile, in the next batch, also an hour later", () => {
    const tally = tallyOf();
    tally.count("a", "List", "DENIED", FROM);
    const failed = tally.takeBatch();
    tally.count("a", "List", "ALLOWED", { ip: "192.0.2.2", client: null });
    if (failed) tally.giveBack(failed);
    now += HOUR;
    const again = tally.takeBatch();
    expect(again?.cells).toMatchObject([{ hour: START, calls: 2, denials: 1 }]);
    expect(again?.uses).toMatchObject([{ usedAt: START, usedFrom: { ip: "192.0.2.2" } }]);
    tally.count("a", "List", "ALLOWED", FROM);
    if (again) tally.giveBack(again);
    expect(rowsOf(tally).sort()).toEqual(["a 0 List 2 1 0", "a 1 List 1 0 0"]);
  });

  it("counts names beyond a key's bound under (other), until the hour ends, however often it is emptied", () => {
    const tally = tallyOf({ names: 2, cells: 100 });
    for (const name of ["A", "B", "C"]) tally.count("a", name, "ALLOWED", FROM);
    tally.count("b", "C", "ALLOWED", FROM);
    expect(rowsOf(tally)).toEqual(["a 0 A 1 0 0", "a 0 B 1 0 0", "a 0 (other) 1 0 0", "b 0 C 1 0 0"]);
    for (const name of ["D", "A", "E"]) tally.count("a", name, "ALLOWED", FROM);
    expect(rowsOf(tally)).toEqual(["a 0 (other) 2 0 0", "a 0 A 1 0 0"]);
    now += HOUR;
    tally.count("a", "D", "ALLOWED", FROM);
    expect(rowsOf(tally)).toEqual(["a 1 D 1 0 0"]);
  });

  it("bounds the names of all keys together, and forgets those of keys that were idle for an hour", () => {
    const tally = tallyOf({ names: 10, cells: 3 });
    for (const key of ["a", "b", "c", "d"]) tally.count(key, "List", "ALLOWED", FROM);
    expect(rowsOf(tally).at(-1)).toBe("d 0 (other) 1 0 0");
    now += HOUR;
    tally.count("e", "List", "ALLOWED", FROM);
    tally.takeBatch();
    for (const key of ["f", "g"]) tally.count(key, "List", "ALLOWED", FROM);
    expect(rowsOf(tally)).toEqual(["f 1 List 1 0 0", "g 1 List 1 0 0"]);
  });

  it("keeps no more than twice its bound where nothing can be written for hours", () => {
    const tally = tallyOf({ names: 10, cells: 5 });
    for (let hour = 0; hour < 50; hour++) {
      tally.count("a", "List", "ALLOWED", FROM);
      const failed = tally.takeBatch();
      if (failed) tally.giveBack(failed);
      now += HOUR;
    }
    expect(rowsOf(tally)).toHaveLength(10);
  });
});
