import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { resources } from "../../../src/registry";
import { type Administration, administer } from "../../support/administration";
import { dialect } from "../../support/dialect";
import { startLatchkey, type TestLatchkey } from "../../support/latchkey";
import { runLatchkey } from "../../support/run-latchkey";
import { type Folder, importTexts, makeFolder } from "./company";

let latchkey: TestLatchkey;
let admin: Administration;
let folder: Folder;
beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  folder = await makeFolder();
  await importTexts(latchkey, folder, {
    employee: "employee_number,first_name,last_name,salary\n1,Ann,Lee,100\n2,Bob,Ray,\n",
    timeOff: "employee_number,type,start_date,end_date\n1,SICK,2024-01-01,2024-01-02\n",
  });
});
afterAll(async () => {
  await latchkey?.stop();
  await folder?.remove();
});

const run = (...args: readonly string[]) => runLatchkey(latchkey, ["export", ...args]);
const someone = (fields: readonly string[]) =>
  admin.key(latchkey.ownerToken, { grants: [{ resource: "employee", actions: ["READ"], fields }] });

describe(`latchkey export on ${dialect}`, () => {
  it("writes to standard output and nothing else there, beside a running server", async () => {
    expect(await run("time-offs")).toEqual({
      code: 0,
      stdout:
        "employee_number,employee_name,type,start_date,end_date,status,note\n1,Ann Lee,SICK,2024-01-01,2024-01-02,REQUESTED,\n",
      stderr: "",
    });
    const chosen = await run("employees", "--fields", "salary, EMPLOYEE_NUMBER", "--filter", '{"salary":{"gt":1}}');
    expect(chosen).toEqual({ code: 0, stdout: "salary,employee_number\n100,1\n", stderr: "" });
  });

  it("writes a file that its owner alone may read, and says how much is in it", async () => {
    const out = join(folder.path, "out.csv");
    expect(await run("employees", "--fields", "lastName", "--out", out)).toEqual({
      code: 0,
      stdout: `${out}: 2 rows\n`,
      stderr: "",
    });
    expect(readFileSync(out, "utf8")).toBe("last_name\nLee\nRay\n");
    expect(statSync(out).mode & 0o777).toBe(0o600);
    const nowhere = await run("employees", "--out", join(folder.path, "none", "out.csv"));
    expect(nowhere).toMatchObject({ code: 1, stdout: "" });
    expect(nowhere.stderr).toMatch(/^latchkey: .*out\.csv cannot be written: ENOENT[^\n]*\n$/);
  });

  it("takes a key from a file, tells what it lacks, and counts it as used", async () => {
    const { id, token } = await someone(["lastName"]);
    const keyFile = await folder.write("key", `${token}\n`);
    expect(await run("employees", "--key-file", keyFile)).toEqual({
      code: 0,
      stdout: "last_name\nLee\nRay\n",
      stderr: "",
    });
    const out = join(folder.path, "refused.csv");
    expect(await run("employees", "--key-file", keyFile, "--fields", "lastName,salary", "--out", out)).toEqual({
      code: 1,
      stdout: "",
      stderr: "latchkey: This API key lacks employee.salary:READ, which Employee.salary needs.\n",
    });
    expect(readdirSync(folder.path).filter((name) => name.startsWith("refused"))).toEqual([]);
    const { apiKey } = await admin.asOwner<{ apiKey: object }>(
      "query ($id: ID!) { apiKey(id: $id) { lastUsedAt usage { operationName calls denials } } }",
      { id },
    );
    expect(apiKey).toMatchObject({
      lastUsedAt: expect.any(String),
      usage: [{ operationName: "(export)", calls: 2, denials: 1 }],
    });
  });

  it("says that rows are left out where fields are granted on different rows, and not of an export that is refused", async () => {
    const grant = (fields: readonly string[], rows: object | null) => ({
      resource: "employee",
      actions: ["READ"],
      fields,
      rows,
    });
    const grants = [grant(["lastName"], null), grant(["firstName"], { locations: ["Oslo"] })];
    const { token } = await admin.key(latchkey.ownerToken, { grants });
    const keyFile = await folder.write("rows-key", `${token}\n`);
    const fewer = await run("employees", "--key-file", keyFile);
    expect(fewer).toMatchObject({ code: 0, stdout: "first_name,last_name\n" });
    expect(fewer.stderr).toContain("not all of these fields are granted on the same rows");
    expect(await run("employees", "--key-file", keyFile, "--fields", "firstName,salary")).toEqual({
      code: 1,
      stdout: "",
      stderr: "latchkey: This API key lacks employee.salary:READ, which Employee.salary needs.\n",
    });
  });

  it("takes a key from standard input", async () => {
    const { token } = await someone(["firstName"]);
    const ended = await runLatchkey(latchkey, ["export", "employees", "--key-file", "-"], {}, `${token}\n`);
    expect(ended).toEqual({ code: 0, stdout: "first_name\nAnn\nBob\n", stderr: "" });
  });

  it("takes no key that is none, and repeats nothing of what was given", async () => {
    const keyFile = await folder.write("no-key", "hunter2");
    expect(await run("employees", "--key-file", keyFile)).toEqual({
      code: 1,
      stdout: "",
      stderr: `latchkey: ${keyFile} holds no API key\n`,
    });
    const session = await folder.write("session", latchkey.ownerToken);
    expect((await run("employees", "--key-file", session)).stderr).toBe(
      `latchkey: ${session} holds the token of a session, not an API key\n`,
    );
    expect(await run("employees", "--application", "x")).toMatchObject({ code: 1, stdout: "" });
  });

  it("tells a resource, a field and a filter that there is not, in one line each", async () => {
    expect((await run("wages")).stderr).toBe(
      `latchkey: there are no records called "wages"; choose of ${resources.map(({ plural }) => plural).join(", ")}\n`,
    );
    const { token } = await someone(["lastName"]);
    const keyFile = await folder.write("key", token);
    expect((await run("employees", "--fields", "pay", "--key-file", keyFile)).stderr).toBe(
      'latchkey: employee has no field "pay"; choose of id, version, lastName\n',
    );
    expect((await run("employees", "--filter", "{")).stderr).toMatch(/^latchkey: --filter is not JSON: [^\n]*\n$/);
    expect((await run("employees", "--filter", '{"pay":1}')).stderr).toMatch(/^latchkey: [^\n]*pay[^\n]*\n$/);
  });
});
