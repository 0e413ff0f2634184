import type { ImportReport } from "../../../src/cli/import/import-report";
import type { Transaction } from "../../../src/context";
import { dialect } from "../../support/dialect";
import { AS_CSV, type ImportBench, importFiles, openBench } from "./import-bench";

let bench: ImportBench;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(() => bench.clear());
afterAll(() => bench.close());

const HEADER = "employee_number,first_name,last_name,department_code,manager_employee_number\n";

/** Imports while `meddle` is run just before each transaction, as somebody else who comes first. */
async function importAgainst(employee: string, meddle: (attempt: number) => Promise<void>): Promise<ImportReport> {
  const { store } = bench.operator;
  let attempt = 0;
  const transaction: typeof store.transaction = async (work) => {
    await meddle(++attempt);
    return store.transaction(work);
  };
  const path = await bench.write("employees.csv", HEADER + employee);
  return importFiles({ ...bench.operator, store: { ...store, transaction } }, { employee: path });
}

const write = (work: (tx: Transaction) => Promise<unknown>): Promise<unknown> => bench.operator.store.transaction(work);
const once =
  (work: (tx: Transaction) => Promise<unknown>) =>
  async (attempt: number): Promise<void> => {
    if (attempt === 1) await write(work);
  };

async function managers(): Promise<Record<string, string | null>> {
  const rows = await bench.rows<{ employee_number: string; manager_employee_number: string | null }>(AS_CSV.employees);
  return Object.fromEntries(rows.map((row) => [row.employee_number, row.manager_employee_number]));
}

const setManager = (number: string, manager: string) => (tx: Transaction) =>
  tx.query(
    `UPDATE employee SET version = version + 1, managerId =
       (SELECT id FROM (SELECT id FROM employee WHERE employeeNumber = ?) AS m) WHERE employeeNumber = ?`,
    [manager, number],
  );

describe(`an import that somebody else's change overtakes on ${dialect}`, () => {
  it("does not undo what it has not seen: it looks again, and writes on top of the newest version", async () => {
    await bench.run({ employee: `${HEADER}1,A,B,,\n` });
    const rename = (tx: Transaction) => tx.query("UPDATE employee SET phone = '1', version = version + 1");
    const report = await importAgainst("1,New,B,,\n", once(rename));
    expect(report.files[0]).toMatchObject({ updated: 1 });
    expect(await bench.rows("SELECT firstName, phone, version FROM employee")).toEqual([
      { firstName: "New", phone: "1", version: 3 },
    ]);
  });

  it("updates a record that was to be created, when it has appeared", async () => {
    const create = () => bench.run({ employee: `${HEADER}1,Theirs,B,,\n` });
    const report = await importAgainst("1,Ours,B,,\n", async (attempt) => void (attempt === 1 && (await create())));
    expect(report.files[0]).toMatchObject({ created: 0, updated: 1 });
  });

  it("refuses a row whose department has gone", async () => {
    await bench.run({ department: "code,name\nd,D\n" });
    const report = await importAgainst(
      "1,A,B,d,\n",
      once((tx) => tx.query("DELETE FROM department")),
    );
    expect(report.isImported).toBe(false);
    expect(report.files[0]?.problems).toMatchObject([{ line: 2, reason: "is no department in the database" }]);
    expect(await managers()).toEqual({});
  });

  it("tells a circle that it closes together with a change above", async () => {
    await bench.run({ employee: `${HEADER}1,A,B,,\n2,A,B,,1\n3,A,B,,\n` });
    const report = await importAgainst("1,A,B,,3\n", once(setManager("3", "2")));
    expect(report.files[0]).toMatchObject({ updated: 1, notes: [{ about: "CIRCLE", rows: 1, first: [{ line: 2 }] }] });
    expect(await managers()).toEqual({ 1: "3", 2: "1", 3: "2" });
  });

  it("gives up with a clear message when there is no end to it", async () => {
    await bench.run({ employee: `${HEADER}1,A,B,,\n` });
    const touch = () => write((tx) => tx.query("UPDATE employee SET version = version + 1"));
    await expect(importAgainst("1,New,B,,\n", async () => void (await touch()))).rejects.toThrow(
      "the records kept changing while the import was under way; nothing was imported: run it again",
    );
  });
});
