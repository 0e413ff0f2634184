import type { ImportReport } from "../../../src/cli/import/import-report";
import { dialect } from "../../support/dialect";
import { AS_CSV, type ImportBench, importFiles, openBench } from "./import-bench";
import { randomCompany, randomFrom, type Table, toCsv } from "./random-company";

let bench: ImportBench;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => bench.clear());
afterAll(() => bench.close());

const company = randomCompany(1, { departments: 7, employees: 300 });

/** Created, updated, unchanged and bad, by resource. */
function counts({ files }: ImportReport): Record<string, readonly number[]> {
  return Object.fromEntries(
    files.map(({ resource, created, updated, unchanged, bad }) => [resource, [created, updated, unchanged, bad]]),
  );
}

function sorted(table: Table, key: string): unknown[] {
  const byKey = (one: Table[number], other: Table[number]): number => (String(one[key]) < String(other[key]) ? -1 : 1);
  return [...table]
    .sort(byKey)
    .map((row) => ({ ...row, ...(row["salary"] == null ? {} : { salary: Number(row["salary"]) }) }));
}

async function expectStored(departments: Table, employees: Table): Promise<void> {
  expect(await bench.rows(AS_CSV.departments)).toEqual(sorted(departments, "code"));
  expect(await bench.rows(AS_CSV.employees)).toEqual(sorted(employees, "employee_number"));
}

const files = { department: toCsv(company.departments), employee: toCsv(company.employees) };

describe(`an import into an empty ${dialect} database`, () => {
  it("stores every cell, with relations resolved, in whatever order the rows come", async () => {
    for (const seed of [1, 2, 3]) {
      await bench.clear();
      const { shuffle } = randomFrom(seed);
      const report = await bench.run({
        department: toCsv(shuffle(company.departments)),
        employee: toCsv(shuffle(company.employees)),
      });
      expect(counts(report)).toEqual({ department: [7, 0, 0, 0], employee: [300, 0, 0, 0] });
      await expectStored(company.departments, company.employees);
    }
  });

  it("begins every record at version 1 and writes one audit row a file, by the operator, without values", async () => {
    await bench.run(files);
    expect(await bench.rows("SELECT DISTINCT version FROM employee UNION SELECT version FROM department")).toEqual([
      { version: 1 },
    ]);
    const audit = (await bench.audit()).sort((one, other) => (one.action < other.action ? -1 : 1));
    expect(audit.map(({ action, actorKind }) => [action, actorKind])).toEqual([
      ["import.departments", "OPERATOR"],
      ["import.employees", "OPERATOR"],
    ]);
    expect(JSON.parse(audit[1]?.after ?? "")).toEqual({ file: "employees.csv", rows: 300, created: 300, updated: 0 });
  });

  it("changes nothing the second time", async () => {
    await bench.run(files);
    const before = await bench.state();
    const report = await bench.run(files);
    expect(counts(report)).toEqual({ department: [0, 0, 7, 0], employee: [0, 0, 300, 0] });
    expect(await bench.state()).toEqual(before);
  });

  it("comes to the same in many transactions as in one, and goes on after an interruption", async () => {
    const partSizes = { whole: 10, first: 25 };
    await bench.run(files, { partSizes });
    await expectStored(company.departments, company.employees);
    expect(await bench.rows("SELECT DISTINCT version FROM employee")).toEqual([{ version: 1 }]);
    const parts = (await bench.audit()).filter(({ action }) => action === "import.employees");
    expect(parts.length).toBeGreaterThan(1);

    await bench.clear();
    const { transaction } = bench.operator.store;
    let left = 2;
    const store = {
      ...bench.operator.store,
      transaction: ((work) => {
        if (left-- === 0) throw new Error("pulled the plug");
        return transaction(work);
      }) as typeof transaction,
    };
    const paths = { department: `${bench.folder}/departments.csv`, employee: `${bench.folder}/employees.csv` };
    await expect(importFiles({ ...bench.operator, store }, paths, { partSizes })).rejects.toThrow("pulled the plug");
    const [{ n = 0 } = {}] = await bench.rows<{ n: number }>("SELECT count(*) AS n FROM employee");
    expect(Number(n)).toBeGreaterThan(0);
    expect(Number(n)).toBeLessThan(300);

    const report = await bench.run(files, { partSizes });
    expect(counts(report)["employee"]).toEqual([300 - Number(n), 0, Number(n), 0]);
    await expectStored(company.departments, company.employees);
  });
});

describe(`an import over existing records on ${dialect}`, () => {
  it("writes only what differs, and moves version and time of these alone", async () => {
    await bench.run(files);
    const before = await bench.rows<{ employeeNumber: string; updatedAt: unknown }>("SELECT * FROM employee");
    const changed = company.employees.map((row, at) => (at < 5 ? { ...row, job_title: `Title ${at}` } : row));
    expect(counts(await bench.run({ employee: toCsv(changed) }))).toEqual({ employee: [0, 5, 295, 0] });
    await expectStored(company.departments, changed);
    const after = await bench.rows<{ employeeNumber: string; version: number; updatedAt: unknown }>(
      "SELECT * FROM employee",
    );
    const moved = after.filter(({ version }) => version === 2).map(({ employeeNumber }) => employeeNumber);
    expect(moved.sort()).toEqual(["E1", "E2", "E3", "E4", "E5"]);
    const untouched = ({ employeeNumber }: { employeeNumber: string }): boolean => !moved.includes(employeeNumber);
    expect(after.filter(untouched)).toEqual(before.filter(untouched));
  });

  it("leaves alone the fields whose columns the file does not have", async () => {
    await bench.run(files);
    const columns = ["employee_number", "first_name", "last_name"];
    const renamed = company.employees.map((row) => ({ ...row, last_name: "Everybody" }));
    expect(counts(await bench.run({ employee: toCsv(renamed, columns) }))).toEqual({ employee: [0, 300, 0, 0] });
    await expectStored(company.departments, renamed);
  });

  it("empties a field whose cell is empty", async () => {
    await bench.run(files);
    const emptied = company.employees.map((row) => ({ ...row, phone: null, manager_employee_number: null }));
    await bench.run({ employee: toCsv(emptied) });
    await expectStored(company.departments, emptied);
  });

  it("finds managers and departments in the database when the file does not have them", async () => {
    await bench.run(files);
    const employee = toCsv([
      {
        employee_number: "N1",
        first_name: "New",
        last_name: "Person",
        department_code: "d3",
        manager_employee_number: "E7",
      },
    ]);
    expect(counts(await bench.run({ employee }))).toEqual({ employee: [1, 0, 0, 0] });
    expect(
      (await bench.rows<{ employee_number: string }>(AS_CSV.employees)).find((row) => row.employee_number === "N1"),
    ).toMatchObject({ department_code: "d3", manager_employee_number: "E7" });
  });

  it("turns a hierarchy upside down", async () => {
    const people = (chain: readonly string[]): Table =>
      chain.map((number, at) => ({
        employee_number: number,
        first_name: "P",
        last_name: "Q",
        manager_employee_number: chain[at - 1] ?? null,
      }));
    const chain = Array.from({ length: 40 }, (_, at) => `C${at}`);
    for (const order of [chain, [...chain].reverse()]) {
      const report = await bench.run({ employee: toCsv(people(order)) }, { partSizes: { whole: 5, first: 7 } });
      expect(report.isImported).toBe(true);
      const stored = await bench.rows<{ employee_number: string; manager_employee_number: string | null }>(
        AS_CSV.employees,
      );
      for (const [at, number] of order.entries()) {
        const row = stored.find(({ employee_number }) => employee_number === number);
        expect(row?.manager_employee_number).toBe(order[at - 1] ?? null);
      }
    }
  });

  it("gives a department the manager that the same run brings", async () => {
    await bench.run({ department: "code,name\nx,Ex\n" });
    const department = "code,name,manager_employee_number\nx,Ex,Z1\ny,Why,Z1\n";
    const employee = "employee_number,first_name,last_name,department_code\nZ1,Zoe,Zed,y\n";
    expect(counts(await bench.run({ department, employee }))).toEqual({
      department: [1, 1, 0, 0],
      employee: [1, 0, 0, 0],
    });
    expect(await bench.rows("SELECT code, version FROM department ORDER BY code")).toEqual([
      { code: "x", version: 2 },
      { code: "y", version: 1 },
    ]);
    expect(await bench.rows(AS_CSV.departments)).toEqual([
      { code: "x", name: "Ex", manager_employee_number: "Z1" },
      { code: "y", name: "Why", manager_employee_number: "Z1" },
    ]);
  });
});
