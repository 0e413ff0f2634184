import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { askedColumns } from "../../../src/cli/export/export-columns";
import { asKey, type KeyClaims } from "../../../src/cli/export/export-principal";
import { type CsvRecord, readCsv } from "../../../src/cli/import/read-csv";
import { resourceNamed } from "../../../src/resources/resource-map";
import { createUsageRecorder, type UsageRecorder } from "../../../src/usage/usage-recorder";
import { type Administration, administer } from "../../support/administration";
import { dialect } from "../../support/dialect";
import { startLatchkey, type TestLatchkey } from "../../support/latchkey";
import { companyFiles, exportTo, type Folder, type HowToExport, importTexts, makeFolder } from "./company";

const SIZE = 1_100;
let latchkey: TestLatchkey;
let admin: Administration;
let folder: Folder;
let usage: UsageRecorder;
beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  folder = await makeFolder();
  usage = createUsageRecorder(latchkey.store, latchkey.clock, latchkey.operator.log);
  await importTexts(latchkey, folder, companyFiles(SIZE));
});
afterAll(async () => {
  await usage?.close();
  await latchkey?.stop();
  await folder?.remove();
});

const CLAIMS: KeyClaims = { application: null, deviceId: null };
const READ = ["READ"];

interface Key {
  readonly id: string;
  readonly token: string;
}

const keyWith = (grants: readonly object[], given: object = {}): Promise<Key> =>
  admin.key(latchkey.ownerToken, { grants, ...given });

/** The exported records, each by the names of its columns. */
async function exported(
  key: Key,
  name: string,
  { fields, claims = CLAIMS, ...how }: HowToExport & { fields?: string; claims?: KeyClaims } = {},
) {
  const identify = asKey(latchkey.operator, key.token, claims, usage);
  const columns = fields === undefined ? {} : { columns: askedColumns(resourceNamed(name), fields, []) };
  const path = await exportTo(latchkey, folder, name, { identify, ...columns, ...how });
  const [header, ...rows] = await recordsOf(path);
  return rows.map(({ cells }) => Object.fromEntries(cells.map((cell, at) => [header?.cells[at] ?? "", cell])));
}

async function recordsOf(path: string): Promise<CsvRecord[]> {
  const records: CsvRecord[] = [];
  for await (const record of readCsv(path)) records.push(record);
  return records;
}

async function idOf(table: string, column: string, value: string): Promise<string> {
  const [row] = await latchkey.store.select<{ id: string }>(`SELECT id FROM ${table} WHERE ${column} = ?`, [value]);
  return row!.id;
}

const exports = async (): Promise<{ action: string; actorId: string; after: string }[]> =>
  latchkey.store.select(
    "SELECT action, actorId, after FROM audit_event WHERE action LIKE 'export.%' ORDER BY sequence",
    [],
  );

describe(`an export by an API key on ${dialect}`, () => {
  it("has the granted fields, relations only where the key of the other record is granted as well", async () => {
    const fields = ["employeeNumber", "lastName", "department"];
    const bare = await keyWith([{ resource: "employee", actions: READ, fields }]);
    expect(Object.keys((await exported(bare, "employee"))[0]!)).toEqual(["employee_number", "last_name"]);
    const full = await keyWith([
      { resource: "employee", actions: READ, fields },
      { resource: "department", actions: READ, fields: ["code"] },
    ]);
    const rows = await exported(full, "employee");
    expect(Object.keys(rows[0]!)).toEqual(["employee_number", "last_name", "department_code"]);
    expect(rows).toHaveLength(SIZE);
    const all = await keyWith([{ resource: "compensation", actions: READ }]);
    expect(Object.keys((await exported(all, "compensation"))[0]!)).toEqual([
      "amount",
      "currency",
      "effective_from",
      "effective_to",
    ]);
  });

  it("is refused for a field, a filter or a resource that is not granted, with the words of a request and nothing written", async () => {
    const key = await keyWith([{ resource: "employee", actions: READ, fields: ["employeeNumber"] }]);
    const before = await exports();
    await expect(exported(key, "employee", { fields: "employeeNumber,salary" })).rejects.toThrow(
      "This API key lacks employee.salary:READ, which Employee.salary needs.",
    );
    await expect(exported(key, "employee", { fields: "department" })).rejects.toThrow(
      "This API key lacks employee.department:READ, which Employee.department needs.\nThis API key lacks department.code:READ, which Department.code needs.",
    );
    await expect(exported(key, "employee", { filter: { salary: { gt: 1 } } })).rejects.toThrow(
      "This API key lacks employee.salary:READ, which EmployeeFilter.salary needs.",
    );
    await expect(exported(key, "timeOff", { fields: "id" })).rejects.toThrow(
      "This API key lacks timeOff:READ, which Query.timeOffs needs.",
    );
    expect(await exports()).toEqual(before);
    expect(readdirSync(folder.path).filter((name) => name.includes("partial"))).toEqual([]);
  });

  it("says so when it is the owner who lacks a field", async () => {
    const given = { level: 10, authorities: ["MANAGE_USER_API_KEY"] };
    const wide = await admin.role({ ...given, grants: [{ resource: "employee", actions: READ }] });
    const narrow = await admin.role({
      ...given,
      grants: [{ resource: "employee", actions: READ, fields: ["lastName"] }],
    });
    const owner = await admin.person({ roles: [wide] });
    const key = await admin.key(owner.token, { grants: [{ resource: "employee", actions: READ }] });
    const setRoles = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
    await admin.asOwner(setRoles, { id: owner.id, roleIds: [narrow] });
    await expect(exported(key, "employee", { fields: "salary" })).rejects.toThrow(
      "The owner of this API key lacks employee.salary:READ",
    );
    expect(Object.keys((await exported(key, "employee"))[0]!)).toEqual(["last_name"]);
  });

  it("has the rows of its scope alone, exactly those where every field is granted", async () => {
    const departmentIds = [await idOf("department", "code", "d1")];
    const key = await keyWith([
      { resource: "employee", actions: READ, fields: ["employeeNumber"] },
      { resource: "employee", actions: READ, fields: ["salary"], rows: { departmentIds } },
      { resource: "department", actions: READ, fields: ["code"], rows: { departmentIds } },
    ]);
    const [{ n = 0 } = {}] = await latchkey.store.select<{ n: number }>(
      "SELECT count(*) AS n FROM employee WHERE departmentId = ?",
      departmentIds,
    );
    expect(await exported(key, "employee")).toHaveLength(Number(n));
    expect(await exported(key, "employee", { fields: "employeeNumber" })).toHaveLength(SIZE);
    expect(await exported(key, "department")).toEqual([{ code: "d1" }]);
  });

  it("shows nothing of a related record that is out of reach", async () => {
    const employeeIds = [await idOf("employee", "employeeNumber", "E1")];
    const key = await keyWith([
      { resource: "compensation", actions: READ, fields: ["employee", "amount"] },
      { resource: "employee", actions: READ, fields: ["employeeNumber"], rows: { employeeIds } },
    ]);
    const rows = await exported(key, "compensation");
    expect(rows).toHaveLength(2 * SIZE);
    expect(new Set(rows.map((row) => row["employee_number"]))).toEqual(new Set(["E1", ""]));
  });

  it("is in the audit trail and in the use of the key", async () => {
    const key = await keyWith([{ resource: "department", actions: READ, fields: ["code"] }]);
    await exported(key, "department");
    const [begin, end] = (await exports()).slice(-2);
    expect([begin, end]).toMatchObject([
      { action: "export.begin", actorId: key.id },
      { action: "export.departments", actorId: key.id },
    ]);
    expect(JSON.parse(end!.after)).toEqual({
      resource: "department",
      fields: ["code"],
      isFiltered: false,
      rows: 5,
      isComplete: true,
    });
  });
});

describe(`a key that may not be used, on ${dialect}`, () => {
  const grants = [{ resource: "employee", actions: READ, fields: ["employeeNumber"] }];
  const change = (mutation: string, variables: object) => admin.asOwner(mutation, variables);

  it("exports nothing when it is unknown, disabled, revoked or expired", async () => {
    await expect(exported({ id: "", token: "6f9619ff-8b86-d011-b42d-00c04fc964ff" }, "employee")).rejects.toThrow(
      "The credentials are missing, malformed, unknown or no longer valid.",
    );
    const key = await keyWith(grants);
    await change("mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }", { id: key.id });
    await expect(exported(key, "employee")).rejects.toThrow("This API key is disabled.");
    await change("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id: key.id });
    await expect(exported(key, "employee")).rejects.toThrow("This API key is revoked.");
    const brief = await keyWith(grants, { expiresAt: new Date(latchkey.clock.now() + 3_600_000).toISOString() });
    latchkey.clock.advance(3_600_001);
    await expect(exported(brief, "employee")).rejects.toThrow("This API key has expired.");
  });

  it("exports nothing when it is bound to addresses, an application or a device that a command cannot show", async () => {
    await expect(exported(await keyWith(grants, { allowedIps: ["127.0.0.1"] }), "employee")).rejects.toThrow(
      "This API key is bound to addresses, and a command comes from none: use it over HTTP, or a key without allowedIps.",
    );
    const bound = await keyWith(grants, { application: "Payroll", deviceId: "device-1" });
    await expect(exported(bound, "employee")).rejects.toThrow(
      "bound to an application: give its name by --application.",
    );
    const claims = { application: "Payroll", deviceId: null };
    await expect(exported(bound, "employee", { claims })).rejects.toThrow(
      "bound to a device: give its id by --device-id.",
    );
    const both = { application: "Payroll", deviceId: "device-1" };
    expect(await exported(bound, "employee", { claims: both })).toHaveLength(SIZE);
  });

  it("raises the alarm when its secret is retired, and completes a rotation when it is new, as a request does", async () => {
    const key = await keyWith(grants);
    const { rotateApiKey } = await admin.asOwner<{ rotateApiKey: { token: string } }>(
      "mutation ($id: ID!) { rotateApiKey(id: $id) { token } }",
      { id: key.id },
    );
    expect(await exported({ ...key, token: rotateApiKey.token }, "employee")).toHaveLength(SIZE);
    expect(await admin.audited("apiKey.newSecretUsed", key.id)).toHaveLength(1);
    await expect(exported(key, "employee")).rejects.toThrow("no longer valid");
    expect(await admin.audited("apiKey.retiredSecretUsed", key.id)).toHaveLength(1);
  });

  it.each([
    ["revoked", "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", "This API key is revoked."],
    [
      "narrowed",
      'mutation ($id: ID!) { updateApiKey(id: $id, input: { grants: [{ resource: "employee", actions: [READ], fields: ["lastName"] }] }) { id } }',
      "This API key lacks employee.employeeNumber:READ, which Employee.employeeNumber needs.",
    ],
  ])(
    "is stopped at the very next page when it is %s on the way, and leaves no file",
    async (_state, mutation, message) => {
      const key = await keyWith(grants);
      let rows = 0;
      const onRow = async (count: number): Promise<void> => {
        rows = count;
        if (count === 100) await change(mutation, { id: key.id });
      };
      const before = readdirSync(folder.path).filter((name) => name.startsWith("employee-export"));
      const files = Object.fromEntries(
        await Promise.all(before.map(async (name) => [name, await readFile(`${folder.path}/${name}`, "utf8")])),
      );
      await expect(exported(key, "employee", { onRow })).rejects.toThrow(message);
      // The header, and the page that was read already.
      expect(rows).toBe(501);
      expect(readdirSync(folder.path).filter((name) => name.startsWith("employee-export"))).toEqual(before);
      for (const name of before) expect(await readFile(`${folder.path}/${name}`, "utf8")).toBe(files[name]);
      const end = (await exports()).at(-1);
      expect(JSON.parse(end!.after)).toMatchObject({ rows: 500, isComplete: false });
    },
  );
});
