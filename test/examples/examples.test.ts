import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Administration, administer, type GrantJson } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const ROOT = join(__dirname, "../..");
const REGISTER = join(ROOT, "scripts/register.cjs");

let latchkey: TestLatchkey;
let admin: Administration;
let folder: string;
let graceId: string;
beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  folder = mkdtempSync(join(tmpdir(), "latchkey-examples-"));
  const { createDepartment } = await admin.asOwner<{ createDepartment: { id: string } }>(
    'mutation { createDepartment(input: { code: "dev", name: "Development" }) { id } }',
  );
  const hire = async (firstName: string, lastName: string, employeeNumber: string, salary: number) => {
    const input = {
      firstName,
      lastName,
      employeeNumber,
      salary,
      email: `${firstName.toLowerCase()}@example.com`,
      jobTitle: "Engineer",
      hireDate: "2024-01-01",
      departmentId: createDepartment.id,
    };
    const { createEmployee } = await admin.asOwner<{ createEmployee: { id: string } }>(
      "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }",
      { input },
    );
    return createEmployee.id;
  };
  graceId = await hire("Grace", "Okafor", "1002", 61_000);
  await hire("Ada", "Byron", "1001", 88_000);
});
afterAll(async () => {
  await latchkey?.stop();
  if (folder) rmSync(folder, { recursive: true });
});

/** A key of the owner's with `grants`, in a file of its own. */
async function keyFile(grants: readonly GrantJson[]): Promise<{ id: string; LATCHKEY_KEY_FILE: string }> {
  const { id, token } = await admin.key(latchkey.ownerToken, { grants });
  const path = join(folder, `${id}.apikey`);
  writeFileSync(path, `${token}\n`);
  return { id, LATCHKEY_KEY_FILE: path };
}

/** Runs an example to its end. */
function run(
  example: string,
  environment: Record<string, string>,
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = start(example, environment);
    let out = "";
    let err = "";
    child.stdout?.on("data", (text: Buffer) => {
      out += text.toString();
    });
    child.stderr?.on("data", (text: Buffer) => {
      err += text.toString();
    });
    child.on("close", (code) => resolve({ code, out, err }));
  });
}
const start = (example: string, environment: Record<string, string>): ChildProcess =>
  spawn(process.execPath, ["-r", REGISTER, `examples/${example}/main.ts`], {
    cwd: ROOT,
    env: { PATH: process.env.PATH, LATCHKEY_URL: latchkey.url, ...environment },
  });

const PAY = ["employeeNumber", "firstName", "lastName", "hireDate", "terminationDate", "salary"];

describe("the types of the examples' operations", () => {
  it("are those of schema.graphql", () => {
    const checked = spawnSync(process.execPath, ["scripts/generate-example-types.mjs", "--check"], { cwd: ROOT });
    expect(checked.stderr.toString()).toBe("");
    expect(checked.status).toBe(0);
  });
});

describe("the directory example", () => {
  it("prints everybody by name, with a key that reads these fields and no other", async () => {
    const { LATCHKEY_KEY_FILE } = await keyFile([
      {
        resource: "employee",
        actions: ["READ"],
        fields: ["firstName", "lastName", "email", "jobTitle", "department"],
      },
      { resource: "department", actions: ["READ"], fields: ["name"] },
    ]);
    const { code, out, err } = await run("directory", { LATCHKEY_KEY_FILE });
    expect(err).toBe("");
    expect(out).toBe(
      "Ada Byron\tEngineer\tDevelopment\tada@example.com\nGrace Okafor\tEngineer\tDevelopment\tgrace@example.com\n",
    );
    expect(code).toBe(0);
  });

  it("says what its key lacks, and prints nothing", async () => {
    const { LATCHKEY_KEY_FILE } = await keyFile([{ resource: "employee", actions: ["READ"], fields: ["firstName"] }]);
    const { code, out, err } = await run("directory", { LATCHKEY_KEY_FILE });
    expect(err).toContain("lacks employee.email:READ");
    expect(out).toBe("");
    expect(code).toBe(1);
  });
});

describe("the payroll export", () => {
  it("prints everybody first, then what changed only, and repeats what it could not finish", async () => {
    const { id, LATCHKEY_KEY_FILE } = await keyFile([{ resource: "employee", actions: ["READ"], fields: PAY }]);
    const STATE_FILE = join(folder, "payroll.json");
    const header = `change,${PAY.join(",")}\n`;

    const first = await run("payroll-delta", { LATCHKEY_KEY_FILE, STATE_FILE });
    expect(first).toMatchObject({ code: 0, err: "" });
    expect(first.out.split("\n").sort()).toEqual(
      ["", header.trim(), "added,1001,Ada,Byron,2024-01-01,,88000", "added,1002,Grace,Okafor,2024-01-01,,61000"].sort(),
    );
    expect(statSync(STATE_FILE).mode & 0o077).toBe(0);

    const change = (fields: string) =>
      admin.asOwner(`mutation ($id: ID!) { updateEmployee(id: $id, input: { ${fields} }) { id } }`, { id: graceId });
    await change('phone: "+44 20 7946 0000"');
    expect(await run("payroll-delta", { LATCHKEY_KEY_FILE, STATE_FILE })).toMatchObject({ code: 0, out: header });

    await change("salary: 64000");
    await admin.asOwner("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", { id });
    const before = readFileSync(STATE_FILE, "utf8");
    const refused = await run("payroll-delta", { LATCHKEY_KEY_FILE, STATE_FILE });
    expect(refused).toMatchObject({ code: 1, out: "" });
    expect(refused.err).toContain("disabled");
    expect(readFileSync(STATE_FILE, "utf8")).toBe(before);

    await admin.asOwner("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: true) { id } }", { id });
    expect(await run("payroll-delta", { LATCHKEY_KEY_FILE, STATE_FILE })).toMatchObject({
      code: 0,
      out: `${header}changed,1002,Grace,Okafor,2024-01-01,,64000\n`,
    });
  });
});

describe("the examples", () => {
  it("remember nothing of an export whose reader went away", async () => {
    const { LATCHKEY_KEY_FILE } = await keyFile([{ resource: "employee", actions: ["READ"], fields: PAY }]);
    const STATE_FILE = join(folder, "unread.json");
    const child = start("payroll-delta", { LATCHKEY_KEY_FILE, STATE_FILE });
    child.stdout?.destroy();
    let err = "";
    child.stderr?.on("data", (text: Buffer) => {
      err += text.toString();
    });
    expect(await new Promise((resolve) => child.on("close", resolve))).toBe(1);
    expect(err).toBe("standard output was closed before everything was written\n");
    expect(existsSync(STATE_FILE)).toBe(false);
  });

  it("say which server they cannot reach", async () => {
    const { LATCHKEY_KEY_FILE } = await keyFile([{ resource: "employee", actions: ["READ"], fields: PAY }]);
    const LATCHKEY_URL = "http://127.0.0.1:1";
    expect(await run("directory", { LATCHKEY_KEY_FILE, LATCHKEY_URL })).toEqual({
      code: 1,
      out: "",
      err: "http://127.0.0.1:1 cannot be reached (LATCHKEY_URL)\n",
    });
  });
});

describe("the calendar feed", () => {
  it("D2: serves who is away from a key of employee name, start and end, until the key is revoked", async () => {
    const { requestTimeOff } = await admin.asOwner<{ requestTimeOff: { id: string } }>(
      "mutation ($input: CreateTimeOffInput!) { requestTimeOff: createTimeOff(input: $input) { id } }",
      {
        input: { employeeId: graceId, type: "SICK", startDate: "2026-12-30", endDate: "2027-01-02", note: "operation" },
      },
    );
    const { id, LATCHKEY_KEY_FILE } = await keyFile([
      { resource: "timeOff", actions: ["READ"], fields: ["employeeName", "startDate", "endDate"] },
    ]);
    const feed = start("calendar-feed", { LATCHKEY_KEY_FILE, PORT: "0" });
    try {
      const url = await new Promise<string>((resolve, reject) => {
        feed.stdout?.once("data", (text: Buffer) => resolve(text.toString().trim()));
        feed.once("exit", (code) => reject(new Error(`the feed ended with ${code}`)));
      });
      const reply = await fetch(url);
      expect(reply.headers.get("content-type")).toBe("text/calendar; charset=utf-8");
      const calendar = await reply.text();
      expect(calendar).toContain("SUMMARY:Grace Okafor\r\n");
      expect(calendar).toContain("DTSTART;VALUE=DATE:20261230\r\n");
      expect(calendar).toContain("DTEND;VALUE=DATE:20270103\r\n");
      expect(calendar).toContain(`UID:${requestTimeOff.id}@latchkey\r\n`);
      expect(calendar).not.toMatch(/SICK|operation|REQUESTED/);

      await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id });
      expect((await fetch(url)).status).toBe(502);
    } finally {
      feed.kill();
    }
  });
});
