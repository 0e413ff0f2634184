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
      summary:
        "departments.csv: 1 row, not imported\nemployees.csv: 1 row, 1 bad, not imported\n" +
        "Nothing was imported, because of employees.csv. Mend them, or import the good rows with --skip-invalid.\n",
      complaints: 'employees.csv: 1 bad row of 1\n  line 2, column salary, value "x": must be a number\n',
    });
  });

  it("names the first 20 bad rows and the number of all", async () => {
    const rows = Array.from({ length: 75 }, (_, at) => (at % 3 === 0 ? `${at},,,,` : `${at},never,x,,`));
    const report = await refused({ employee: people(...rows) });
    expect(report.files[0]?.bad).toBe(50);
    expect(new Set(report.files[0]?.problems.map(({ line }) => line)).size).toBe(20);
    const { complaints } = renderReport(report, 1);
    expect(complaints).toContain("employees.csv: 50 bad rows of 75\n");
    expect(complaints).toContain("  … and 30 more bad rows\n");
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

  it("tells circles of managers, in the file and through the database", async () => {
    expect(problems(await refused({ employee: people("1,,,,3", "2,,,,1", "3,,,,2", "4,,,,1", "5,,,,") }))).toEqual([
      [2, "manager_employee_number", "3", "closes a circle: 1 → 3 → 2 → 1"],
      [3, "manager_employee_number", "1", "closes a circle: 1 → 3 → 2 → 1"],
      [4, "manager_employee_number", "2", "closes a circle: 1 → 3 → 2 → 1"],
    ]);
    await bench.run({ employee: people("1,,,,", "2,,,,1", "3,,,,2") });
    expect(problems(await refused({ employee: people("1,,,,3") }))).toEqual([
      [2, "manager_employee_number", "3", "closes a circle: 1 → 3 → 2 → 1"],
    ]);
  });

  it("points out the option that imports circles", async () => {
    const report = await refused({ employee: people("1,,,,2", "2,,,,1") });
    expect(renderReport(report, 1).summary).toContain("--allow-circles imports circles as they are.\n");
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
    expect(renderReport(report, 1).complaints).not.toContain("\u001b");
  });
});

describe(`an import with --skip-invalid on ${dialect}`, () => {
  const run = (files: Files): Promise<ImportReport> => bench.run(files, { skipInvalid: true });

  it("imports the good rows and tells the bad", async () => {
    const report = await run({ employee: people("1,,,,", "2,,x,,", "3,,,,1", "3,,,,") });
    expect(report.isImported).toBe(true);
    expect(report.files[0]).toMatchObject({ rows: 4, created: 2, bad: 2 });
    expect(await numbers()).toEqual(["1", "3"]);
    expect(renderReport(report, 1).complaints).toContain("2 bad rows of 4 skipped");
  });

  it("skips the rows that refer to a skipped row too, down the whole chain and across files", async () => {
    const report = await run({
      department: "code,name,manager_employee_number\na,A,3\nb,B,9\nc,C,\n",
      employee: people("1,,x,,", "2,,,,1", "3,,,,2", "4,,,a,", "5,,,,4", "9,,,c,"),
    });
    expect(await numbers()).toEqual(["9"]);
    expect(await bench.rows("SELECT code FROM department ORDER BY code")).toEqual([{ code: "b" }, { code: "c" }]);
    expect(problems(report)).toEqual([
      [2, "salary", "x", "must be a number"],
      [3, "manager_employee_number", "1", "is on a row of employees that is refused"],
      [4, "manager_employee_number", "2", "is on a row of employees that is refused"],
      [5, "department_code", "a", "is on a row of departments that is refused"],
      [6, "manager_employee_number", "4", "is on a row of employees that is refused"],
    ]);
    expect(problems(report, "department")).toEqual([
      [2, "manager_employee_number", "3", "is on a row of employees that is refused"],
    ]);
  });

  it("lets a row refer to a record that the database has, though its own row is skipped", async () => {
    await bench.run({ employee: people("1,,,,") });
    const report = await run({ employee: people("1,,x,,", "2,,,,1") });
    expect(report.files[0]).toMatchObject({ created: 1, updated: 0, bad: 1 });
    expect(await numbers()).toEqual(["1", "2"]);
  });

  it("notices a circle that only arises because a row is skipped", async () => {
    await bench.run({ employee: people("1,,,,", "2,,,,1") });
    const report = await run({ employee: people("1,,,,2", "2,,x,,") });
    expect(report.files[0]).toMatchObject({ created: 0, updated: 0, bad: 2 });
  });

  it("skips a circle and what hangs from it, and keeps the rest", async () => {
    await run({ employee: people("1,,,,2", "2,,,,1", "3,,,,2", "4,,,,") });
    expect(await numbers()).toEqual(["4"]);
  });

  it("changes nothing the second time, and warns again", async () => {
    const employee = people("1,,,,", "2,,x,,");
    await run({ employee });
    const before = await bench.state();
    expect((await run({ employee })).files[0]).toMatchObject({ created: 0, updated: 0, unchanged: 1, bad: 1 });
    expect(await bench.state()).toEqual(before);
  });
});

describe(`an import with --allow-circles on ${dialect}`, () => {
  const run = (files: Files, partSizes = { whole: 100, first: 100 }): Promise<ImportReport> =>
    bench.run(files, { allowCircles: true, partSizes });

  async function managers(): Promise<Record<string, string | null>> {
    const rows = await bench.rows<{ employee_number: string; manager_employee_number: string | null }>(
      AS_CSV.employees,
    );
    return Object.fromEntries(rows.map((row) => [row.employee_number, row.manager_employee_number]));
  }

  it("stores the circle and all below it, tells it, and changes nothing the second time", async () => {
    const employee = people("5,,,,4", "4,,,,1", "1,,,,3", "2,,,,1", "3,,,,2", "6,,,,");
    for (const first of [1, 100]) {
      await bench.clear();
      const report = await run({ employee }, { whole: first, first });
      expect(report.files[0]).toMatchObject({ created: 6, bad: 0, circular: 3 });
      expect(renderReport(report, 1).complaints).toMatch(
        /^employees.csv: 3 rows lie on a circle, which was imported as it is\n {2}line 4, column manager_employee_number/,
      );
      expect(await managers()).toEqual({ 1: "3", 2: "1", 3: "2", 4: "1", 5: "4", 6: null });
      const before = await bench.state();
      expect((await run({ employee })).files[0]).toMatchObject({ created: 0, updated: 0, unchanged: 6 });
      expect(await bench.state()).toEqual(before);
    }
  });

  it("closes circles through records that the database has, with new ones between", async () => {
    await bench.run({ employee: people("1,,,,", "2,,,,1") });
    expect((await run({ employee: people("1,,,,3", "3,,,,2") })).files[0]).toMatchObject({ created: 1, updated: 1 });
    expect(await managers()).toEqual({ 1: "3", 2: "1", 3: "2" });
  });

  it("does not keep a later import without it from adding people below, only from repeating it", async () => {
    await run({ employee: people("1,,,,2", "2,,,,1") });
    const report = await bench.run({ employee: people("4,,,,3", "3,,,,2") });
    expect(report.files[0]).toMatchObject({ created: 2, bad: 0 });
    expect(await managers()).toEqual({ 1: "2", 2: "1", 3: "2", 4: "3" });
    await refused({ employee: people("1,,,,2", "2,,,,1") });
  });

  it("still refuses somebody who is their own manager", async () => {
    const before = await bench.state();
    expect((await run({ employee: people("1,,,,1") })).files[0]).toMatchObject({ created: 0, bad: 1 });
    expect(await bench.state()).toEqual(before);
  });
});
