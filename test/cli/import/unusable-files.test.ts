import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { FileProblem } from "../../../src/cli/import/file-problem";
import { type ImportBench, importFiles, openBench } from "./import-bench";

let bench: ImportBench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const GOOD = "employee_number,first_name,last_name\n1,A,B\n";

/** Why a file is of no use; makes sure that nothing came of it, nor of the good file beside it. */
const NOTHING = {
  departments: [],
  employees: [],
  compensations: [],
  timeOffs: [],
  documents: [],
  contents: [],
  audit: [],
};

async function failure(content: string | Buffer): Promise<FileProblem | null | undefined> {
  const report = await bench.run({ department: content, employee: GOOD }, { skipInvalid: true });
  expect(report.isImported).toBe(false);
  expect(await bench.state()).toEqual(NOTHING);
  return report.files[0]?.failure;
}

const problem = (reason: string, place: Partial<FileProblem> = {}): FileProblem => ({
  line: null,
  column: null,
  value: null,
  ...place,
  reason,
});

describe("a file that cannot be used", () => {
  it("is told apart from an empty one", async () => {
    expect(await failure("")).toEqual(problem("is empty: not even a header"));
    expect(await failure("\ufeff\r\n\r\n")).toEqual(problem("is empty: not even a header"));
  });

  it("has a header without a required column, or with the wrong separator", async () => {
    expect(await failure("code,manager_employee_number\na,1\n")).toEqual(
      problem("the column name is missing; found: code, manager_employee_number", { line: 1 }),
    );
    expect(await failure("employee_number,amount,\u001b[2J\n1,2,3\n")).toEqual(
      problem('the columns code and name are missing; found: employee_number, amount, "\\u001b[2J"', { line: 1 }),
    );
    expect((await failure(Array.from({ length: 50 }, (_, at) => `c${at}`).join(",")))?.reason).toMatch(
      /, c18, c19, …$/,
    );
    expect(await failure("code;name\na;A\n")).toMatchObject({
      line: 1,
      reason: 'the columns code and name are missing: are the columns separated by ";" instead of commas?',
    });
  });

  it("has a column twice", async () => {
    expect(await failure("code,name,code\n")).toEqual(problem("the column code occurs twice", { line: 1 }));
    expect(await failure("code,name,Code\n")).toEqual(problem("the column Code occurs twice", { line: 1 }));
  });

  it("has broken quotes", async () => {
    expect(await failure('code,name\na,"A\nb,B\n')).toMatchObject({
      line: 2,
      column: "name",
      reason: "a quote in the record that begins on this line is never closed",
    });
    expect(await failure('code,name\n"a\n",A\nb,B"C\n')).toMatchObject({
      line: 4,
      column: "name",
      value: "B",
      reason: "a quote stands inside a cell that does not begin with one",
    });
    expect(await failure('code,name\na,"A"x\n')).toMatchObject({ line: 2, column: "name" });
    expect(await failure(`code,name\na,"${"x\n".repeat(700_000)}`)).toMatchObject({
      line: 2,
      reason: "the record that begins on this line is longer than 1 MiB: is a quote never closed?",
    });
  });

  it("is not text: NUL, another encoding, a picture", async () => {
    expect(await failure("code,name\na,A\nb,B\0\n")).toEqual(
      problem("has a NUL byte: this is not a text file", { line: 3 }),
    );
    expect(await failure(Buffer.from("code,name\na,Caf\u00e9\n", "latin1"))).toEqual(
      problem("is not UTF-8: save it as UTF-8", { line: 2, value: "a,Café" }),
    );
    expect(await failure(Buffer.from("\ufeffcode,name\n", "utf16le"))).toEqual(
      problem("is UTF-16, not UTF-8: save it as UTF-8", { line: 1 }),
    );
    expect((await failure(Buffer.from("89504e470d0a1a0a0000000d", "hex")))?.reason).toMatch(/NUL|UTF-8/);
    expect((await failure(Buffer.from([...Buffer.from("code,name\na,A"), 0xe2, 0x82])))?.line).toBe(2);
  });

  it("finds characters that two reads cut apart whole", async () => {
    const name = "€".repeat(90);
    const rows = Array.from({ length: 2000 }, (_, at) => `d${at},${name}\n`).join("");
    expect((await bench.run({ department: `code,name\n${rows}` })).files[0]).toMatchObject({ created: 2000, bad: 0 });
    await bench.clear();
  });

  it("does not exist or is a folder", async () => {
    await mkdir(join(bench.folder, "folder"));
    const failureOf = async (department: string): Promise<string | undefined> =>
      (await importFiles(bench.operator, { department })).files[0]?.failure?.reason;
    expect(await failureOf(join(bench.folder, "missing"))).toBe("does not exist");
    expect(await failureOf(join(bench.folder, "folder"))).toBe("is a folder, not a file");
  });
});

describe("a file that is merely unusual", () => {
  afterEach(() => bench.clear());

  it("may have a BOM, CRLF, blank lines, quotes everywhere, spaces around names and no last line end", async () => {
    const department = '\ufeff"code", name \r\n\r\n"a","A ""quoted"", name"\r\nb,B';
    const report = await bench.run({ department });
    expect(report.files[0]).toMatchObject({ created: 2, bad: 0, unknownColumns: [] });
    expect(await bench.rows("SELECT code, name FROM department ORDER BY code")).toEqual([
      { code: "a", name: 'A "quoted", name' },
      { code: "b", name: "B" },
    ]);
  });

  it("may write its header in another case, with blanks or hyphens or as the API does", async () => {
    const header = "Employee Number,FIRST_NAME,lastName,Department-Code,hire date";
    const report = await bench.run({
      department: "CODE,Name\na,A\n",
      employee: `${header}\n1,Ann,Bee,a,2020-01-01\n`,
    });
    expect(report.files[1]).toMatchObject({ created: 1, bad: 0, unknownColumns: [] });
    expect(await bench.rows("SELECT firstName, lastName, hireDate FROM employee")).toEqual([
      { firstName: "Ann", lastName: "Bee", hireDate: "2020-01-01" },
    ]);
    expect((await bench.run({ employee: `${header}\n1,Ann,Bee,a,never\n` })).files[0]?.problems).toMatchObject([
      { line: 2, column: "hire_date", value: "never" },
    ]);
  });

  it("may have columns that nobody knows, which are told once and ignored", async () => {
    const report = await bench.run({ department: "code,colour,name,\na,red,A,\nb,blue,B,\n" });
    expect(report.files[0]).toMatchObject({ created: 2, unknownColumns: ["colour", "(column 4, no name)"] });
  });

  it("may have a header and no rows", async () => {
    expect((await bench.run({ department: "code,name\n" })).files[0]).toMatchObject({ rows: 0, created: 0, bad: 0 });
    expect(await bench.audit()).toEqual([]);
  });

  it("counts lines as an editor does, with line breaks inside cells and blank lines", async () => {
    const department = 'code,name\r\n\r\n"a\r\nb",A\r\n\r\nlong-code-that-has-more-than-32-characters,C\r\n';
    const report = await bench.run({ department });
    expect(report.files[0]?.problems.map(({ line }) => line)).toEqual([3, 6]);
  });
});
