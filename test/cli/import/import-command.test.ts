import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { dialect } from "../../support/dialect";
import { type ImportBench, openBench, SECRET } from "./import-bench";
import { randomCompany, type Table, toCsv } from "./random-company";

const ROOT = join(__dirname, "../../..");
let bench: ImportBench;
let scratchFolder: string;
beforeAll(async () => {
  bench = await openBench();
  scratchFolder = join(bench.folder, "scratch");
  await mkdir(scratchFolder);
});
beforeEach(() => bench.clear());
afterAll(() => bench.close());

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Most memory that the process ever had, in MiB. */
  readonly peak: number;
}

/** The command as a process of its own, on the bench's database unless an object of variables says otherwise. */
function start(...given: readonly (string | NodeJS.ProcessEnv)[]): { child: ChildProcess; ended: Promise<Ended> } {
  const options = given.filter((option) => typeof option === "string");
  const settings = Object.assign({}, ...given.filter((option) => typeof option === "object")) as NodeJS.ProcessEnv;
  const child = spawn(process.execPath, ["-r", "./scripts/register.cjs", "test/cli/import/run-import.ts", ...options], {
    cwd: ROOT,
    env: {
      ...process.env,
      DATABASE_URL: bench.database.url,
      LATCHKEY_SECRET: SECRET,
      TMPDIR: scratchFolder,
      ...settings,
    },
  });
  const output = { stdout: "", stderr: "", peak: 0 };
  child.stdout.on("data", (chunk: Buffer) => (output.stdout += chunk.toString()));
  child.stderr.on("data", (chunk: Buffer) => (output.stderr += chunk.toString()));
  const watch = setInterval(() => {
    output.peak = Math.max(output.peak, peakOf(child.pid));
  }, 50);
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(watch);
      resolve({ code, ...output });
    });
  });
  return { child, ended };
}

/** "VmHWM" of Linux's /proc; 0 where there is none, and once the process has ended. */
function peakOf(pid: number | undefined): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0) / 1024;
  } catch {
    return 0;
  }
}

async function writeCompany(size: number): Promise<readonly string[]> {
  const company = randomCompany(size, { departments: 20, employees: size });
  const departments = await bench.write("departments.csv", toCsv(company.departments));
  const employees = await bench.write("employees.csv", toCsv(company.employees));
  return ["--departments", departments, "--employees", employees];
}

async function employeeCount(): Promise<number> {
  const [row] = await bench.rows<{ n: number }>("SELECT count(*) AS n FROM employee");
  return Number(row?.n);
}

describe(`latchkey import on ${dialect}`, () => {
  it("says what it did and ends with 0, and the second time with nothing to do", async () => {
    const files = await writeCompany(50);
    const first = await start(...files).ended;
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toMatch(
      /^departments.csv: 20 rows: 20 created, 0 updated, 0 unchanged\nemployees.csv: 50 rows: 50 created, 0 updated, 0 unchanged\nImported in \d+\.\d s\.\n$/,
    );
    expect((await start(...files).ended).stdout).toContain(
      "employees.csv: 50 rows: 0 created, 0 updated, 50 unchanged\n",
    );
  });

  it("ends with 1 when nothing was imported, and with 0 and a warning when bad rows were skipped", async () => {
    const file = await bench.write("bad.csv", "employee_number,first_name,last_name,salary\n1,A,B,\n2,A,B,much\n");
    const refused = await start("--employees", file).ended;
    expect(refused.code).toBe(1);
    expect(refused).toMatchObject({
      stdout: "",
      stderr:
        'bad.csv: 1 bad row of 2\n  line 3, column salary, value "much": must be a number\nbad.csv: 2 rows, 1 bad, not imported\n' +
        "Nothing was imported, because of bad.csv. Mend the bad rows, or import the good ones with --skip-invalid.\n",
    });
    expect(await employeeCount()).toBe(0);
    const skipped = await start("--employees", file, "--skip-invalid").ended;
    expect(skipped.code).toBe(0);
    expect(skipped.stderr).toContain("1 bad row of 2 skipped");
    expect(skipped.stdout).toContain("bad.csv: 2 rows: 1 created, 0 updated, 0 unchanged, 1 bad and skipped\n");
    const none = await bench.write("none.csv", "employee_number,first_name,last_name,salary\n3,A,B,much\n");
    const nothing = await start("--employees", none, "--skip-invalid").ended;
    expect(nothing).toMatchObject({ code: 1, stdout: "" });
    expect(nothing.stderr).toContain("Nothing was imported");
  });

  it("needs a file, and one that is there, before it touches any database", async () => {
    expect(await start().ended).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining("name a file") });
    const missing = await start("--employees", join(bench.folder, "missing.csv")).ended;
    expect(missing).toMatchObject({ code: 1, stdout: "" });
    expect(missing.stderr).toMatch(/^latchkey: .*missing\.csv cannot be read: ENOENT[^\n]*\n$/);
    expect(await start("--employees", bench.folder).ended).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `latchkey: ${bench.folder} is a folder, not a file\n`,
    });
    const file = await bench.write("fine.csv", "code,name\na,A\n");
    const twice = await start("--departments", file, "--departments", file).ended;
    expect(twice).toMatchObject({ code: 1, stdout: "" });
    expect(twice.stderr).toMatch(/^error: option '--departments <file>' argument '.*' is invalid. It was given before/);
    expect(await bench.rows("SELECT code FROM department")).toEqual([]);
  });

  it("takes one currency for a file of compensation, and a currency for nothing else", async () => {
    const people = await bench.write("people.csv", "employee_number,first_name,last_name\n1,A,B\n");
    const pay = await bench.write("pay.csv", "employee_number,amount,from_date,to_date\n1,2.5,2024-01-01,9999-01-01\n");
    const unfit = await start("--compensations", pay, "--currency", "eur").ended;
    expect(unfit).toMatchObject({ code: 1, stdout: "" });
    expect(unfit.stderr).toMatch(/^latchkey: --currency must be [^\n]*\n$/);
    expect((await start("--employees", people, "--currency", "EUR").ended).stderr).toBe(
      "latchkey: --currency is about a file of compensations: name one by --compensations FILE\n",
    );
    const both = await start("--employees", people, "--compensations", pay, "--currency", "EUR").ended;
    expect(both).toMatchObject({ code: 0, stderr: "" });
    expect(await bench.rows("SELECT amount, currency, effectiveTo FROM compensation")).toEqual([
      { amount: 2.5, currency: "EUR", effectiveTo: null },
    ]);
    const unsaid = await bench.write(
      "next.csv",
      "employee_number,amount,from_date,to_date\n1,2.5,2023-01-01,2024-01-01\n",
    );
    expect((await start("--compensations", unsaid).ended).stderr).toBe(
      'next.csv: there is no column currency: new records got "XXX"\n',
    );
  });

  it("asks no database, and makes none, when a file cannot be used", async () => {
    const file = await bench.write("salaries.csv", "employee_number,amount\n1,2\n");
    const url = `sqlite:${join(bench.folder, "new", "latchkey.db")}`;
    expect(await start({ DATABASE_URL: url }, "--departments", file).ended).toMatchObject({
      code: 1,
      stdout: "",
      stderr:
        "salaries.csv: line 1: the columns code and name are missing; found: employee_number, amount\n" +
        "Nothing was imported, because of salaries.csv.\n",
    });
    expect(readdirSync(bench.folder)).not.toContain("new");
  });

  it("leaves a running server able to write, and loses none of its writes", async () => {
    const { ended } = start(...(await writeCompany(6_000)));
    let isOver = false;
    void ended.then(() => {
      isOver = true;
    });
    const { store } = bench.operator;
    const at = store.dialect === "mariadb" ? new Date() : "2026-01-01 00:00:00.000";
    let written = 0;
    while (!isOver) {
      // SQLite's driver answers within the turn, so that without this nobody else would ever have one.
      await new Promise(setImmediate);
      await store.transaction((tx) =>
        tx.query(
          "INSERT INTO department (id, code, name, version, createdAt, updatedAt) VALUES (?, ?, 'By the server', 1, ?, ?)",
          [`00000000-0000-7000-8000-${String(++written).padStart(12, "0")}`, `s${written}`, at, at],
        ),
      );
    }
    expect(await ended).toMatchObject({ code: 0, stderr: "" });
    expect(await employeeCount()).toBe(6_000);
    expect(written).toBeGreaterThan(10);
    const [kept] = await bench.rows<{ n: number }>("SELECT count(*) AS n FROM department WHERE name = 'By the server'");
    expect(Number(kept?.n)).toBe(written);
  });

  it("leaves nothing behind when it is interrupted, neither records nor files", async () => {
    const files = await writeCompany(20_000);
    const { child, ended } = start(...files);
    const began = Date.now();
    while (Date.now() - began < 20_000 && !hasScratchOpen(child.pid))
      await new Promise((resolve) => setTimeout(resolve, 10));
    await new Promise((resolve) => setTimeout(resolve, 300));
    child.kill("SIGINT");
    expect((await ended).code).not.toBe(0);
    expect(readdirSync(scratchFolder)).toEqual([]);
    expect([0, 20_000]).toContain(await employeeCount());
    expect(await start(...files).ended).toMatchObject({ code: 0 });
    expect(await employeeCount()).toBe(20_000);
  });

  it("needs hardly more memory for 50,000 rows than for 1,000", async () => {
    const small = await start("--employees", await bench.write("small.csv", plainEmployees(1_000))).ended;
    const large = await start("--employees", await bench.write("large.csv", plainEmployees(50_000))).ended;
    expect(small.code).toBe(0);
    expect(large.stdout).toContain("large.csv: 50,000 rows: 49,000 created, 0 updated, 1,000 unchanged\n");
    // Holding the rows would take 50 MB of objects; caches of SQLite (96 MiB) and V8's garbage are the rest.
    expect(large.peak - small.peak).toBeLessThan(220);
  });
});

/** Whether the process has its scratch database open: a file that is in no folder any more. */
function hasScratchOpen(pid: number | undefined): boolean {
  try {
    const open = readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
    return open.some((path) => path.includes("latchkey-import-"));
  } catch {
    return false;
  }
}

function plainEmployees(count: number): string {
  const rows: Table = Array.from({ length: count }, (_, at) => ({
    employee_number: `E${at}`,
    first_name: "First",
    last_name: `Last ${at % 1000}`,
    email: `e${at}@example.com`,
    manager_employee_number: at === 0 ? null : `E${at % 100 === 0 ? 0 : at - (at % 100)}`,
  }));
  return toCsv(rows);
}
