import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { download } from "../../api/files";
import { type Administration, administer } from "../../support/administration";
import { dialect } from "../../support/dialect";
import { startLatchkey, type TestLatchkey } from "../../support/latchkey";
import { runLatchkey } from "../../support/run-latchkey";
import { type Folder, importTexts, makeFolder } from "./company";

const HEADER = "employee_number,title,category,file_name,file\n";
const ROWS =
  '1,Contract,CONTRACT,"Lee, Ann.pdf",contract.pdf\n2,Pay,,slip.txt,pay/slip.txt\n2,Copy,,slip,pay/slip.txt\n';
const PDF = "%PDF-1.4\n%%EOF\n";
const SLIP = "1,000 €";

let latchkey: TestLatchkey;
let admin: Administration;
let folder: Folder;
beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  folder = await makeFolder();
  await importTexts(latchkey, folder, { employee: "employee_number,first_name,last_name\n1,Ann,Lee\n2,Bob,Ray\n" });
  await mkdir(join(folder.path, "pay"));
  await folder.write("contract.pdf", PDF);
  await folder.write("pay/slip.txt", SLIP);
});
afterAll(async () => {
  await latchkey?.stop();
  await folder?.remove();
});

const run = (args: readonly string[], extra: Readonly<Record<string, string>> = {}) =>
  runLatchkey(latchkey, args, { DOCUMENTS_DIR: latchkey.documentsDir, ...extra });
const below = (...names: readonly string[]): string => join(folder.path, ...names);

interface Row {
  readonly id: string;
  readonly title: string;
  readonly fileName: string;
  readonly digest: string;
}

const documents = (): Promise<Row[]> => latchkey.store.select<Row>("SELECT * FROM document ORDER BY title", []);

/** What makes up the documents, whatever their ids. */
const told = async (): Promise<unknown[]> =>
  (await documents()).map(({ id: _, ...row }) => ({ ...row, createdAt: null, updatedAt: null }));

async function keyFile(actions: readonly string[], given: object = {}): Promise<string> {
  const { token } = await admin.key(latchkey.ownerToken, { grants: [{ resource: "document", actions, ...given }] });
  return folder.write("key", token);
}

describe(`documents by the commands on ${dialect}`, () => {
  it("come in from the folder of the CSV or another, while the server runs, which then serves them", async () => {
    await folder.write("documents.csv", HEADER + ROWS);
    const first = await run(["import", "--documents", below("documents.csv")]);
    expect(first).toMatchObject({ code: 0, stderr: "" });
    expect(first.stdout).toContain("documents.csv: 3 rows: 3 created, 0 updated, 0 unchanged\n");
    await mkdir(below("lists"));
    const second = await run([
      "import",
      "--documents",
      await folder.write("lists/again.csv", HEADER + ROWS),
      "--documents-from",
      folder.path,
    ]);
    expect(second.stdout).toContain("again.csv: 3 rows: 0 created, 0 updated, 3 unchanged\n");
    const [contract] = (await documents()).filter(({ title }) => title === "Contract");
    const served = await download(latchkey, latchkey.ownerToken, contract?.id ?? "");
    expect(await served.text()).toBe(PDF);
    expect(served.headers.get("content-disposition")).toBe('attachment; filename="Lee, Ann.pdf"');
  });

  it("are refused whose content is too large for an upload, or not where it is said to be", async () => {
    const before = await documents();
    const path = await folder.write("lists/more.csv", `${HEADER}1,Large,,a.pdf,contract.pdf\n1,Gone,,b.pdf,none.pdf\n`);
    const small = await run(["import", "--documents", path, "--documents-from", folder.path], {
      DOCUMENTS_MAX_BYTES: "3",
    });
    expect(small).toMatchObject({ code: 1, stdout: "" });
    expect(small.stderr).toContain(
      'line 2, column file, value "contract.pdf": must have at most 3 bytes\n  line 3, column file, value "none.pdf": does not exist\n',
    );
    expect((await run(["import", "--documents", path])).stderr).toContain('"contract.pdf": does not exist\n');
    expect((await run(["import", "--documents", path, "--documents-from", path])).stderr).toBe(
      `latchkey: ${path} is a file, not a folder\n`,
    );
    expect((await run(["import", "--employees", path, "--documents-from", folder.path])).stderr).toBe(
      "latchkey: --documents-from is about a file of documents: name one by --documents FILE\n",
    );
    expect(await documents()).toEqual(before);
  });

  it("go out with their contents and come back the same", async () => {
    const before = await told();
    const out = below("out.csv");
    const exported = await run(["export", "documents", "--out", out, "--contents-to", below("out", "files")]);
    expect(exported).toEqual({ code: 0, stdout: `${out}: 3 rows\n`, stderr: "" });
    const ids = (await documents()).map(({ id, title }) => `${id}${{ Contract: ".pdf", Pay: ".txt" }[title] ?? ""}`);
    expect(readdirSync(below("out", "files")).sort()).toEqual(ids.sort());
    expect(ids.map((name) => readFileSync(below("out", "files", name), "utf8")).sort()).toEqual(
      [PDF, SLIP, SLIP].sort(),
    );
    expect(ids.map((name) => statSync(below("out", "files", name)).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
    const back = ["import", "--documents", out, "--documents-from", below("out", "files")];
    expect((await run(back)).stdout).toContain("out.csv: 3 rows: 0 created, 0 updated, 3 unchanged\n");

    const ours = (await documents()).map(({ id }) => id);
    for (const id of ours) await admin.asOwner("mutation ($id: ID!) { deleteDocument(id: $id) { id } }", { id });
    expect(await documents()).toEqual([]);
    const again = await run(back);
    expect(again.stderr).toBe("");
    expect(again.stdout).toContain("out.csv: 3 rows: 3 created, 0 updated, 0 unchanged\n");
    expect(await told()).toEqual(before);
  });

  it("go out to a key only as far as it may download, and without DOWNLOAD not at all", async () => {
    const to = below("for-key");
    const reads = await keyFile(["READ"]);
    const refused = await run(["export", "documents", "--key-file", reads, "--contents-to", to, "--fields", "title"]);
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: "latchkey: This API key lacks document:DOWNLOAD, which Document.contentPath needs.\n",
    });
    expect(existsSync(to)).toBe(false);
    const [employee] = await latchkey.store.select<{ id: string }>(
      "SELECT id FROM employee WHERE employeeNumber = '1'",
      [],
    );
    const one = await keyFile(["READ", "DOWNLOAD"], { rows: { employeeIds: [employee?.id] } });
    const limited = await run(["export", "documents", "--key-file", one, "--contents-to", to, "--fields", "title"]);
    const contract = (await documents()).find(({ title }) => title === "Contract");
    expect(limited).toEqual({ code: 0, stdout: `title,file\nContract,${contract?.id}.pdf\n`, stderr: "" });
    expect(readdirSync(to)).toEqual([`${contract?.id}.pdf`]);
    const trail = await latchkey.store.select<{ after: string }>(
      "SELECT after FROM audit_event WHERE action = 'export.documents' ORDER BY sequence DESC LIMIT 1",
      [],
    );
    expect(JSON.parse(trail[0]?.after ?? "")).toMatchObject({
      fields: ["title", "content"],
      rows: 1,
      isComplete: true,
    });
  });

  it("fail to go out where content is missing or the folder cannot be made, and say so", async () => {
    expect((await run(["export", "employees", "--contents-to", below("x")])).stderr).toBe(
      "latchkey: --contents-to is about documents: no other records have contents\n",
    );
    const inFile = await run(["export", "documents", "--contents-to", below("contract.pdf"), "--out", below("y.csv")]);
    expect(inFile.stderr).toMatch(/^latchkey: .*contract\.pdf cannot be written: EEXIST[^\n]*\n$/);
    expect(existsSync(below("y.csv"))).toBe(false);
    const [{ id, digest } = { id: "", digest: "" }] = await documents();
    await rm(join(latchkey.documentsDir, "sha256", digest.slice(0, 2), digest.slice(2, 4), digest));
    const missing = await run(["export", "documents", "--contents-to", below("z")]);
    expect(missing).toMatchObject({ code: 1, stderr: `latchkey: the content of document ${id} is missing\n` });
  });
});
