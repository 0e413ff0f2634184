import { dialect } from "../../support/dialect";
import { type ImportBench, openBench } from "./import-bench";

let bench: ImportBench;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => bench.clear());
afterAll(() => bench.close());

const csv = (...rows: string[]): string => ["code,name,parent_code", ...rows].join("\n");

/** `code<parent` of every department. */
async function tree(): Promise<string[]> {
  const rows = await bench.rows<{ code: string; parent: string | null }>(
    "SELECT d.code AS code, p.code AS parent FROM department d LEFT JOIN department p ON p.id = d.parentId ORDER BY d.code",
  );
  return rows.map(({ code, parent }) => `${code}<${parent ?? ""}`);
}

describe(`a file of departments with parent_code, on ${dialect}`, () => {
  it("builds the tree, in whatever order the rows come, and again changes nothing", async () => {
    const department = csv("c,C,b", "a,A,", "b,B,a", "d,D,a");
    const first = await bench.run({ department });
    expect(first.files[0]).toMatchObject({ created: 4, bad: 0 });
    expect(await tree()).toEqual(["a<", "b<a", "c<b", "d<a"]);
    const second = await bench.run({ department });
    expect(second.files[0]).toMatchObject({ created: 0, updated: 0, unchanged: 4 });
  });

  it("moves what it names and leaves the tree alone where the column is missing", async () => {
    await bench.run({ department: csv("a,A,", "b,B,a", "c,C,b") });
    expect((await bench.run({ department: csv("c,C,a", "e,E,c") })).files[0]).toMatchObject({ created: 1, updated: 1 });
    await bench.run({ department: "code,name\nb,Be\n" });
    expect(await tree()).toEqual(["a<", "b<a", "c<a", "e<c"]);
  });

  it("is refused with line and column where the parent is unknown or the department itself", async () => {
    const report = await bench.run({ department: csv("a,A,nowhere", "b,B,b") });
    expect(report.isImported).toBe(false);
    expect(report.files[0]?.problems?.map(({ line, column, value }) => [line, column, value])).toEqual([
      [2, "parent_code", "nowhere"],
      [3, "parent_code", "b"],
    ]);
    expect(await tree()).toEqual([]);
  });
});
