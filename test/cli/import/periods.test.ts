import type { ImportReport } from "../../../src/cli/import/import-report";
import type { Transaction } from "../../../src/context";
import { newId } from "../../../src/kernel/id";
import { dialect } from "../../support/dialect";
import { type Files, type ImportBench, importFiles, openBench } from "./import-bench";

let bench: ImportBench;
beforeAll(async () => {
  bench = await openBench();
});
beforeEach(async () => {
  await bench.clear();
  await bench.run({ employee: "employee_number,first_name,last_name\n1,Ann,Lee\n2,Bob,Ray\n" });
});
afterAll(() => bench.close());

const PAY = "employee_number,amount,currency,effective_from,effective_to\n";
const AWAY = "employee_number,type,start_date,end_date,status,note\n";

/** Line, column and reason of what is wrong, in the order of the file. */
function problems({ files }: ImportReport): unknown[] {
  return (files[0]?.problems ?? []).map(({ line, column, reason }) => [line, column, reason]);
}

function counts({ files: [file] }: ImportReport): unknown {
  return file && [file.created, file.updated, file.unchanged, file.bad];
}

async function refused(files: Files): Promise<unknown[]> {
  const before = await bench.state();
  const report = await bench.run(files);
  expect(report.isImported).toBe(false);
  expect(await bench.state()).toEqual(before);
  return problems(report);
}

const pay = () =>
  bench.rows(
    `SELECT e.employeeNumber AS who, c.amount AS amount, c.currency AS currency, c.effectiveFrom AS first, c.effectiveTo AS last, c.version AS version
     FROM compensation c JOIN employee e ON e.id = c.employeeId ORDER BY who, first`,
  );
const away = () =>
  bench.rows<{ who: string; status: string; first: string; note: string | null }>(
    `SELECT e.employeeNumber AS who, t.startDate AS first, t.status AS status, t.note AS note
     FROM time_off t JOIN employee e ON e.id = t.employeeId ORDER BY who, first, t.id`,
  );

describe(`an import of compensation on ${dialect}`, () => {
  it("takes files of other systems: their names of columns, no currency, and a day that is never", async () => {
    const file =
      "employee_number,amount,from_date,to_date\n1,100,2020-01-01,2021-01-01\n1,120.5,2021-01-01,9999-01-01\n";
    const report = await bench.run({ compensation: file });
    expect(report.files[0]?.assumed).toEqual([{ column: "currency", value: "XXX" }]);
    expect(await pay()).toEqual([
      { who: "1", amount: 100, currency: "XXX", first: "2020-01-01", last: "2021-01-01", version: 1 },
      { who: "1", amount: 120.5, currency: "XXX", first: "2021-01-01", last: null, version: 1 },
    ]);
    expect(counts(await bench.run({ compensation: file }))).toEqual([0, 0, 2, 0]);

    const paths = { compensation: await bench.write("pay.csv", file) };
    const named = await importFiles(bench.operator, paths, {}, { compensation: { currency: "EUR" } });
    expect(counts(named)).toEqual([0, 2, 0, 0]);
    // Without the column again, what is there stays.
    expect(counts(await bench.run({ compensation: file }))).toEqual([0, 0, 2, 0]);
    expect((await pay()).map(({ currency }) => currency)).toEqual(["EUR", "EUR"]);
  });

  it("refuses one currency for all where the file has its own, and both names of a column", async () => {
    const own = { compensation: await bench.write("own.csv", `${PAY}1,1,EUR,2020-01-01,\n`) };
    const report = await importFiles(bench.operator, own, {}, { compensation: { currency: "EUR" } });
    expect(report.files[0]?.failure?.reason).toBe("has a column currency of its own: leave --currency out");
    const both = await bench.run({
      compensation: "employee_number,amount,from_date,effective_from\n1,1,2020-01-01,\n",
    });
    expect(both.files[0]?.failure?.reason).toBe("effective_from and from_date are one column");
    expect(await pay()).toEqual([]);
  });

  it("knows a record by employee and first day, and writes what differs alone", async () => {
    await bench.run({ compensation: `${PAY}1,100,EUR,2020-01-01,2021-01-01\n2,100,EUR,2020-01-01,\n` });
    expect(
      counts(await bench.run({ compensation: `${PAY}1,110,EUR,2020-01-01,2021-01-01\n1,120,EUR,2021-01-01,\n` })),
    ).toEqual([1, 1, 0, 0]);
    expect((await pay()).map(({ who, amount, version }) => [who, amount, version])).toEqual([
      ["1", 110, 2],
      ["1", 120, 1],
      ["2", 100, 1],
    ]);
    expect(
      await refused({ compensation: `${PAY}1,1,EUR,2010-01-01,2011-01-01\n1,2,EUR,2010-01-01,2011-01-01\n` }),
    ).toEqual([[3, "effective_from", "is on line 2 already, for the same employee"]]);
  });

  it("names line and column of periods that end before they begin or overlap, in the file or with the database", async () => {
    await bench.run({ compensation: `${PAY}1,100,EUR,2020-01-01,\n` });
    expect(
      await refused({
        compensation: `${PAY}2,1,EUR,2022-01-01,2021-12-31\n1,1,EUR,2021-01-01,2022-01-01\n2,1,EUR,2010-01-01,2012-01-01\n2,1,EUR,2011-12-31,\n3,1,EUR,2020-01-01,\n`,
      }),
    ).toEqual([
      [2, "effective_to", "must not be before effective_from"],
      [
        3,
        "effective_from",
        "would overlap other compensation of the same employee, in the database, from 2020-01-01 on",
      ],
      [4, "effective_from", "would overlap other compensation of the same employee, on line 5, from 2011-12-31 on"],
      [
        5,
        "effective_from",
        "would overlap other compensation of the same employee, on line 4, from 2010-01-01 to 2012-01-01",
      ],
      [6, "employee_number", "is no employee in the database"],
    ]);
    // What the row changes of a record counts, and not what the record was.
    const moved = await bench.run({ compensation: `${PAY}1,100,EUR,2020-01-01,2021-01-01\n1,1,EUR,2021-01-01,\n` });
    expect(counts(moved)).toEqual([1, 1, 0, 0]);
  });

  it("skips rows that overlap what a skipped row would have changed", async () => {
    await bench.run({ compensation: `${PAY}1,100,EUR,2020-01-01,\n` });
    const file = await bench.write(
      "skip.csv",
      `${PAY}1,x,EUR,2020-01-01,2021-01-01\n1,1,EUR,2021-01-01,\n2,5,EUR,2021-01-01,\n`,
    );
    const report = await importFiles(bench.operator, { compensation: file }, { skipInvalid: true });
    expect(counts(report)).toEqual([1, 0, 0, 2]);
    expect((await pay()).map(({ who, amount }) => [who, amount])).toEqual([
      ["1", 100],
      ["2", 5],
    ]);
  });

  it("comes with the people whom it is of, and not without those who are skipped", async () => {
    const employee = await bench.write(
      "people.csv",
      "employee_number,first_name,last_name,salary\n8,New,Person,1\n9,Bad,Row,x\n",
    );
    const compensation = await bench.write("pay.csv", `${PAY}8,1,EUR,2020-01-01,\n9,1,EUR,2020-01-01,\n`);
    const report = await importFiles(bench.operator, { employee, compensation }, { skipInvalid: true });
    expect(report.files[1]?.problems.map(({ line, reason }) => [line, reason])).toEqual([[3, "is on a skipped row"]]);
    expect((await pay()).map(({ who }) => who)).toEqual(["8"]);
  });

  it("comes to the same in many transactions as in one, and leaves one audit row a part", async () => {
    const rows = Array.from(
      { length: 60 },
      (_, at) => `${1 + (at % 2)},${at},EUR,${1950 + at}-01-01,${1951 + at}-01-01\n`,
    );
    const partSizes = { whole: 10, first: 7 };
    expect(counts(await bench.run({ compensation: PAY + rows.join("") }, { partSizes }))).toEqual([60, 0, 0, 0]);
    const audit = (await bench.audit()).filter(({ action }) => action === "import.compensations");
    expect(audit.length).toBeGreaterThan(1);
    expect(audit.every(({ actorKind }) => actorKind === "OPERATOR")).toBe(true);
    expect(
      counts(await bench.run({ compensation: PAY + rows.join("").replaceAll("EUR", "USD") }, { partSizes })),
    ).toEqual([0, 60, 0, 0]);
  });

  it("looks again when somebody else gives the same person pay meanwhile", async () => {
    const { store } = bench.operator;
    let isFirst = true;
    const transaction: typeof store.transaction = async (work) => {
      if (isFirst) {
        isFirst = false;
        await store.transaction(addPay);
      }
      return store.transaction(work);
    };
    const path = await bench.write("pay.csv", `${PAY}1,1,EUR,2020-01-01,2021-01-01\n`);
    const report = await importFiles({ ...bench.operator, store: { ...store, transaction } }, { compensation: path });
    expect(problems(report)).toEqual([
      [
        2,
        "effective_from",
        "would overlap other compensation of the same employee, in the database, from 2020-06-01 on",
      ],
    ]);
    expect((await pay()).map(({ first }) => first)).toEqual(["2020-06-01"]);
  });
});

async function addPay(tx: Transaction): Promise<void> {
  const at = dialect === "mariadb" ? new Date() : "2026-01-01 00:00:00.000";
  await tx.query(
    `INSERT INTO compensation (id, employeeId, amount, currency, effectiveFrom, version, createdAt, updatedAt)
     SELECT ?, id, 7, 'EUR', '2020-06-01', 1, ?, ? FROM employee WHERE employeeNumber = '1'`,
    [newId(), at, at],
  );
}

describe(`an import of time off on ${dialect}`, () => {
  it("takes a history in any state, repeated requests among it, and changes nothing the second time", async () => {
    const file = `${AWAY}1,VACATION,2024-05-01,2024-05-03,REJECTED,too late\n1,VACATION,2024-05-01,2024-05-03,REJECTED,\n1,VACATION,2024-05-01,2024-05-03,APPROVED,"a, b\nc"\n`;
    expect(counts(await bench.run({ timeOff: file }))).toEqual([3, 0, 0, 0]);
    const before = await bench.state();
    expect(counts(await bench.run({ timeOff: file }))).toEqual([0, 0, 3, 0]);
    expect(await bench.state()).toEqual(before);
  });

  it("moves a record on by a step of its life, and refuses what no step leads to", async () => {
    const row = (status: string): string => `${AWAY}1,SICK,2024-05-01,2024-05-03,${status},\n`;
    await bench.run({ timeOff: row("REQUESTED") });
    expect(counts(await bench.run({ timeOff: row("APPROVED") }))).toEqual([0, 1, 0, 0]);
    for (const status of ["REQUESTED", "REJECTED"]) {
      expect(await refused({ timeOff: row(status) })).toEqual([
        [2, "status", "is APPROVED in the database, from where no step leads to this"],
      ]);
    }
    await bench.run({ timeOff: row("CANCELLED") });
    expect(await refused({ timeOff: row("APPROVED") })).toEqual([
      [2, "status", "is CANCELLED in the database, from where no step leads to this"],
    ]);
    expect(await refused({ timeOff: row("GRANTED") })).toEqual([
      [2, "status", "must be one of REQUESTED, APPROVED, REJECTED, CANCELLED"],
    ]);
    expect(await away()).toEqual([{ who: "1", first: "2024-05-01", status: "CANCELLED", note: null }]);
  });

  it("begins as a request where the file does not say, and keeps the state of what is there", async () => {
    const file = "employee_number,type,start_date,end_date\n1,SICK,2024-05-01,2024-05-03\n";
    expect((await bench.run({ timeOff: file })).files[0]?.assumed).toEqual([{ column: "status", value: "REQUESTED" }]);
    await bench.run({ timeOff: `${AWAY}1,SICK,2024-05-01,2024-05-03,APPROVED,\n` });
    expect(counts(await bench.run({ timeOff: file }))).toEqual([0, 0, 1, 0]);
    expect((await away()).map(({ status }) => status)).toEqual(["APPROVED"]);
  });

  it("lets open and approved time off of one person share no day, others do as they like", async () => {
    const rows = (...given: readonly string[]): string => AWAY + given.map((row) => `${row},\n`).join("");
    expect(
      await refused({
        timeOff: rows(
          "1,A,2024-05-01,2024-05-03,APPROVED",
          "1,B,2024-05-03,2024-05-04,REQUESTED",
          "2,B,2024-05-03,2024-05-04,REQUESTED",
        ),
      }),
    ).toEqual([
      [2, "start_date", "would overlap other time off of the same employee, on line 3, from 2024-05-03 to 2024-05-04"],
      [3, "start_date", "would overlap other time off of the same employee, on line 2, from 2024-05-01 to 2024-05-03"],
    ]);
    const closed = rows(
      "1,A,2024-05-01,2024-05-03,CANCELLED",
      "1,B,2024-05-03,2024-05-04,REQUESTED",
      "1,C,2024-05-04,2024-05-04,REJECTED",
    );
    expect(counts(await bench.run({ timeOff: closed }))).toEqual([3, 0, 0, 0]);
  });

  it("passes over the name of the employee, which an export has and no field takes", async () => {
    const report = await bench.run({
      timeOff:
        "employee_number,employee_name,type,start_date,end_date,status\n1,Somebody Else,A,2024-05-01,2024-05-03,APPROVED\n",
    });
    expect(report.files[0]).toMatchObject({ created: 1, unknownColumns: [] });
    expect(await bench.rows("SELECT firstName FROM employee WHERE employeeNumber = '1'")).toEqual([
      { firstName: "Ann" },
    ]);
  });
});
