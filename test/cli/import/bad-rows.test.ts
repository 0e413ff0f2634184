import type { ImportReport } from "../../../src/cli/import/import-report";
import { renderReport } from "../../../src/cli/import/render-report";
import { dialect } from "../../support/dialect";
import { AS_CSV, type Files, type ImportBench, openBench } from "./import-bench";

let bench: ImportBench;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => bench.clear());
afterAll(() => bench.close());

const HEADER = "employee_number,first_name,last_name,hire_date,salary,department_code,manager_employee_number\n";
/** A file of employees; each row is what follows the names. */
const people = (...rows: readonly string[]): string =>
  HEADER + rows.map((row) => row.replace(/^([^,]*)/, "$1,First,Last")).join("\n");

/** What is wrong with one file, a line each: line, column, value, reason. */
function problems({ files }: ImportReport, resource = "employee"): unknown[] {
  const file = files.find((other) => other.resource === resource);
  return (file?.problems ?? []).map(({ line, column, value, reason }) => [line, column, value, reason]);
}

async function refused(files: Files): Promise<ImportReport> {
  const before = await bench.state();
  const report = await bench.run(files);
  expect(report.isImported).toBe(false);
  expect(await bench.state()).toEqual(before);
  return report;
}

/** Everybody with the keys of their manager and department. */
async function stored(): Promise<{ number: string; manager: string | null; department: string | null }[]> {
  const rows = await bench.rows<Record<"employee_number" | "manager_employee_number" | "department_code", string>>(
    AS_CSV.employees,
  );
  return rows.map((row) => ({
    number: row.employee_number,
    manager: row.manager_employee_number,
    department: row.department_code,
  }));
}

async function numbers(): Promise<string[]> {
  const rows = await bench.rows<{ employeeNumber: string }>(
    "SELECT employeeNumber FROM employee ORDER BY employeeNumber",
  );
  return rows.map(({ employeeNumber }) => employeeNumber);
}

describe(`a file with bad rows, on ${dialect}`, () => {
  it("is not imported, and every reason is told with line, column and value", async () => {
    const report = await refused({
      employee: people(
        "1,2024-02-30,100,,",
        "2,2024-02-28,-1,,",
        "3,,1e3,nowhere,",
        "4,,,,5",
        "6,,,,6",
        "1,,,,",
        ",,,,",
      ),
    });
    expect(problems(report)).toEqual([
      [2, "hire_date", "2024-02-30", "must be a real date: 2024-02 has 29 days"],
      [3, "salary", "-1", "must not be negative"],
      [4, "salary", "1e3", "must be a number"],
      [4, "department_code", "nowhere", "is no department in the database"],
      [5, "manager_employee_number", "5", "is no employee in the file or in the database"],
      [6, "manager_employee_number", "6", "must not be the record itself"],
      [7, "employee_number", "1", "is on line 2 already"],
      [8, "employee_number", "", "is required"],
    ]);
    expect(report.files[0]).toMatchObject({ rows: 7, bad: 7, created: 0, updated: 0, unchanged: 0 });
  });

  it("stops the other file of the run as well, and says so", async () => {
    const report = await refused({ department: "code,name\na,A\n", employee: people("1,,x,a,") });
    expect(renderReport(report, 1)).toEqual({
      stdout: "",
      stderr:
        'employees.csv: 1 bad row of 1\n  line 2, column salary, value "x": must be a number\n' +
        "departments.csv: 1 row, not imported\nemployees.csv: 1 row, 1 bad, not imported\n" +
        "Nothing was imported, because of employees.csv. Mend the bad rows, or import the good ones with --skip-invalid.\n",
    });
  });

  it("names the first 20 bad rows and the number of all", async () => {
    const rows = Array.from({ length: 75 }, (_, at) => (at % 3 === 0 ? `${at},,,,` : `${at},never,x,,`));
    const report = await refused({ employee: people(...rows) });
    expect(report.files[0]?.bad).toBe(50);
    expect(new Set(report.files[0]?.problems.map(({ line }) => line)).size).toBe(20);
    const { stderr } = renderReport(report, 1);
    expect(stderr).toContain("employees.csv: 50 bad rows of 75\n");
    expect(stderr).toContain("  … and 30 more bad rows\n");
  });

  it("tells rows with too many or too few cells, and cells that are too long, by their first 60 characters", async () => {
    const huge = "h".repeat(64 * 1024 + 1);
    const report = await refused({
      employee: `${HEADER}1,a\n2,A,B,,,,,,\n3,${huge},B,,,,\n4,${"n".repeat(121)},B,,,,\n`,
    });
    expect(problems(report)).toEqual([
      [2, null, "1,a", "has 2 cells where the header has 7"],
      [3, null, "2,A,B,,,,,,", "has 9 cells where the header has 7"],
      [4, "first_name", `${"h".repeat(60)}…`, "must have at most 65536 characters"],
      [5, "first_name", `${"n".repeat(60)}…`, "must have at most 120 characters"],
    ]);
  });

  it("names the real causes only, not the rows that refer to a bad one", async () => {
    const report = await refused({
      department: "code,name,manager_employee_number\na,,1\n",
      employee: `${people("1,,x,a,", "2,,,a,1", "3,,,,4")}\n4,Too,few\n`,
    });
    expect(problems(report)).toEqual([
      [2, "salary", "x", "must be a number"],
      [5, null, "4,Too,few", "has 3 cells where the header has 7"],
    ]);
    expect(problems(report, "department")).toEqual([[2, "name", "", "is required"]]);
    expect(report.files.flatMap(({ notes }) => notes)).toEqual([]);
  });

  it("tells a last day before the first, also where only the database knows one of the two", async () => {
    const header = "employee_number,first_name,last_name,hire_date,termination_date\n";
    const both = await refused({ employee: `${header}1,A,B,2024-02-29,2024-02-28\n2,A,B,2024-02-29,2024-02-29\n` });
    const broken = "must not be before hire_date";
    expect(problems(both)).toEqual([[2, "termination_date", "2024-02-28", broken]]);
    await bench.run({ employee: `${header}1,A,B,2024-02-29,\n2,A,B,,2024-02-29\n` });
    const names = "employee_number,first_name,last_name";
    expect(problems(await refused({ employee: `${names},termination_date\n1,A,B,2024-02-28\n` }))).toEqual([
      [2, "termination_date", "2024-02-28", broken],
    ]);
    expect(problems(await refused({ employee: `${names},hire_date\n2,A,B,2024-03-01\n` }))).toEqual([
      [2, "termination_date", "2024-02-29", `${broken}; this is the value that the database has`],
    ]);
    expect((await bench.run({ employee: `${names}\n1,New,B\n` })).files[0]).toMatchObject({ updated: 1, bad: 0 });
  });

  it("cannot steer the terminal with what is in its cells", async () => {
    const report = await refused({ employee: people("1,,\u001b[2J,,") });
    expect(renderReport(report, 1).stderr).not.toContain("\u001b");
  });
});

describe(`an import with --skip-invalid on ${dialect}`, () => {
  const run = (files: Files): Promise<ImportReport> => bench.run(files, { skipInvalid: true });

  it("imports the good rows and tells the bad", async () => {
    const report = await run({ employee: people("1,,,,", "2,,x,,", "3,,,,1", "3,,,,") });
    expect(report.isImported).toBe(true);
    expect(report.files[0]).toMatchObject({ rows: 4, created: 2, bad: 2 });
    expect(await numbers()).toEqual(["1", "3"]);
    expect(renderReport(report, 1).stderr).toContain("2 bad rows of 4 skipped");
  });

  it("leaves a reference to a skipped row empty, tells it, and skips no other row for it", async () => {
    const report = await run({
      department: "code,name,manager_employee_number\na,A,3\nb,,9\nc,C,1\n",
      employee: `${people("1,,x,,", "2,,,,1", "3,,,b,2", "4,,,a,8", "9,,,c,7")}\n8,Too,few\n`,
    });
    expect(problems(report)).toEqual([
      [2, "salary", "x", "must be a number"],
      [6, "manager_employee_number", "7", "is no employee in the file or in the database"],
      [7, null, "8,Too,few", "has 3 cells where the header has 7"],
    ]);
    expect(await stored()).toEqual([
      { number: "2", manager: null, department: null },
      { number: "3", manager: "2", department: null },
      { number: "4", manager: null, department: "a" },
    ]);
    expect(await bench.rows(AS_CSV.departments)).toEqual([
      { code: "a", name: "A", manager_employee_number: "3" },
      { code: "c", name: "C", manager_employee_number: null },
    ]);
    expect(renderReport(report, 1)).toEqual({
      stderr: `departments.csv: 1 bad row of 3 skipped
  line 3, column name, value "": is required
employees.csv: 3 bad rows of 6 skipped
  line 2, column salary, value "x": must be a number
  line 6, column manager_employee_number, value "7": is no employee in the file or in the database
  line 7, value "8,Too,few": has 3 cells where the header has 7
departments.csv: 1 row names a skipped row, imported without that
  line 4, column manager_employee_number, value "1": is on a skipped row: left empty
employees.csv: 3 rows name a skipped row, imported without that
  line 3, column manager_employee_number, value "1": is on a skipped row: left empty
  line 4, column department_code, value "b": is on a skipped row: left empty
  line 5, column manager_employee_number, value "8": is on a skipped row: left empty
`,
      stdout: `departments.csv: 3 rows: 2 created, 0 updated, 0 unchanged, 1 bad and skipped
employees.csv: 6 rows: 3 created, 0 updated, 0 unchanged, 3 bad and skipped
Imported in 1.0 s.
`,
    });
  });

  it("leaves an existing record what it has in place of a reference to a skipped row", async () => {
    await bench.run({ department: "code,name\na,A\n", employee: people("1,,,,", "2,,,a,1") });
    const files = { department: "code,name\nb,\n", employee: people("2,,7,b,3", "3,,x,,") };
    const report = await run(files);
    expect(report.files[1]).toMatchObject({ created: 0, updated: 1, bad: 1 });
    expect(await stored()).toEqual([
      { number: "1", manager: null, department: null },
      { number: "2", manager: "1", department: "a" },
    ]);
    expect(report.files[1]?.notes).toMatchObject([
      {
        about: "LEFT_OUT",
        rows: 1,
        first: [
          { column: "department_code", value: "b", reason: "is on a skipped row: left as it was" },
          { column: "manager_employee_number", value: "3", reason: "is on a skipped row: left as it was" },
        ],
      },
    ]);
    expect((await run(files)).files[1]).toMatchObject({ updated: 0, unchanged: 1 });
  });

  it("brings in all but the bad rows of a large company, and names the first 20 left without a manager", async () => {
    const rows = Array.from({ length: 2_000 }, (_, at) => `${at},,${at < 2 ? "x" : ""},,${at < 2 ? "" : at % 2}`);
    const report = await run({ employee: people(...rows) });
    expect(report.files[0]).toMatchObject({ created: 1_998, bad: 2, notes: [{ about: "LEFT_OUT", rows: 1_998 }] });
    expect(report.files[0]?.notes[0]?.first).toHaveLength(20);
    expect(renderReport(report, 1).stderr).toContain("  … and 1,978 more of them\n");
  });

  it("fails when there is no good row at all, and does not speak of an import", async () => {
    const before = await bench.state();
    const report = await run({ employee: people("1,,x,,", "2,,y,,") });
    expect(report.isImported).toBe(false);
    expect(await bench.state()).toEqual(before);
    const { stdout, stderr } = renderReport(report, 1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /employees.csv: 2 rows, 2 bad, not imported\nNothing was imported, .* Not one row is good.\n$/,
    );
  });

  it("lets a row refer to a record that the database has, though its own row is skipped", async () => {
    await bench.run({ employee: people("1,,,,") });
    const report = await run({ employee: people("1,,x,,", "2,,,,1") });
    expect(report.files[0]).toMatchObject({ created: 1, updated: 0, bad: 1 });
    expect(await numbers()).toEqual(["1", "2"]);
  });

  it("tells a circle that only arises because a row is skipped", async () => {
    await bench.run({ employee: people("1,,,,", "2,,,,1") });
    const report = await run({ employee: people("1,,,,2", "2,,x,,") });
    expect(report.files[0]).toMatchObject({ created: 0, updated: 1, bad: 1, notes: [{ about: "CIRCLE", rows: 1 }] });
    const kept = await run({ employee: people("1,,,,2", "2,,,,3", "3,,x,,") });
    expect(kept.files[0]).toMatchObject({ unchanged: 2, notes: [{ about: "LEFT_OUT" }, { about: "CIRCLE", rows: 2 }] });
  });

  it("changes nothing the second time, and warns again", async () => {
    const employee = people("1,,,,", "2,,x,,");
    await run({ employee });
    const before = await bench.state();
    expect((await run({ employee })).files[0]).toMatchObject({ created: 0, updated: 0, unchanged: 1, bad: 1 });
    expect(await bench.state()).toEqual(before);
  });
});

describe(`managers who lead each other in a circle, on ${dialect}`, () => {
  const run = (files: Files, partSizes = { whole: 100, first: 100 }): Promise<ImportReport> =>
    bench.run(files, { partSizes });

  async function managers(): Promise<Record<string, string | null>> {
    return Object.fromEntries((await stored()).map(({ number, manager }) => [number, manager]));
  }

  it("are stored as they are with all below them, told, and unchanged the second time", async () => {
    const employee = people("5,,,,4", "4,,,,1", "1,,,,3", "2,,,,1", "3,,,,2", "6,,,,");
    for (const first of [1, 100]) {
      await bench.clear();
      const report = await run({ employee }, { whole: first, first });
      expect(report.files[0]).toMatchObject({ created: 6, bad: 0 });
      expect(renderReport(report, 1).stderr).toMatch(
        /^employees.csv: 3 rows lie on a circle of managers, imported as they are\n {2}line 4, column manager_employee_number, value "3": lies on a circle: /,
      );
      expect(await managers()).toEqual({ 1: "3", 2: "1", 3: "2", 4: "1", 5: "4", 6: null });
      const before = await bench.state();
      expect((await run({ employee })).files[0]).toMatchObject({ created: 0, updated: 0, unchanged: 6 });
      expect(await bench.state()).toEqual(before);
    }
  });

  it("are told when the circle closes through records that the database has, with new ones between", async () => {
    await bench.run({ employee: people("1,,,,", "2,,,,1") });
    const report = await run({ employee: people("1,,,,3", "3,,,,2") });
    expect(report.files[0]).toMatchObject({ created: 1, updated: 1, notes: [{ about: "CIRCLE", rows: 2 }] });
    expect(await managers()).toEqual({ 1: "3", 2: "1", 3: "2" });
  });

  it("do not keep people from being added below them, which is nothing to tell", async () => {
    await run({ employee: people("1,,,,2", "2,,,,1") });
    const report = await bench.run({ employee: people("4,,,,3", "3,,,,2") });
    expect(report.files[0]).toMatchObject({ created: 2, bad: 0, notes: [] });
    expect(await managers()).toEqual({ 1: "2", 2: "1", 3: "2", 4: "3" });
  });

  it("are told as the first 20 and the number of all", async () => {
    const report = await run({
      employee: people(...Array.from({ length: 50 }, (_, at) => `${at},,,,${(at + 1) % 50}`)),
    });
    const { stderr } = renderReport(report, 1);
    expect(stderr).toContain("employees.csv: 50 rows lie on a circle of managers");
    expect(stderr.split("\n")).toHaveLength(23);
    expect(stderr).toContain("  … and 30 more of them\n");
  });

  it("do not include somebody who is their own manager: that row is bad", async () => {
    const before = await bench.state();
    expect((await run({ employee: people("1,,,,1") })).files[0]).toMatchObject({ created: 0, bad: 1 });
    expect(await bench.state()).toEqual(before);
  });
});
