import { execFileSync, spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { mkdir, rm, symlink, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { ImportOptions } from "../../../src/cli/import/import-files";
import type { ImportReport } from "../../../src/cli/import/import-report";
import { noProgress } from "../../../src/cli/import/progress";
import { createContents } from "../../../src/documents/contents";
import { createFileContentStore } from "../../../src/documents/file-content-store";
import { dialect } from "../../support/dialect";
import { type ImportBench, importFiles, openBench, SECRET } from "./import-bench";

const ROOT = join(__dirname, "../../..");
const MOST_BYTES = 1000;
const HEADER = "employee_number,title,category,file_name,file\n";
const PDF = "%PDF-1.4\n%%EOF\n";
const PNG = Buffer.from(
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==",
  "base64",
);

let bench: ImportBench;
let folder: string;
beforeAll(async () => {
  bench = await openBench();
  folder = join(bench.folder, "files");
});
beforeEach(async () => {
  await bench.clear();
  for (const old of [folder, join(bench.folder, "kept")]) await rm(old, { recursive: true, force: true });
  await bench.contents.ready();
  await mkdir(join(folder, "pay"), { recursive: true });
  await writeFile(join(folder, "contract.pdf"), PDF);
  await writeFile(join(folder, "pay", "slip.txt"), "1,000");
  await bench.run({ employee: "employee_number,first_name,last_name\n1,Ann,Lee\n2,Bob,Ray\n" });
});
afterAll(() => bench.close());

function run(rows: string, options: ImportOptions = {}): Promise<ImportReport> {
  return bench.run({ document: rows }, { contents: { folder, mostBytes: MOST_BYTES }, ...options });
}

function counts({ files: [file] }: ImportReport): unknown {
  return file && [file.created, file.updated, file.unchanged, file.bad];
}

function problems({ files }: ImportReport): unknown[] {
  return (files[0]?.problems ?? []).map(({ line, column, reason }) => [line, column, reason]);
}

function sha256(content: string | Buffer): string {
  return createHash("sha256").update(content).digest("hex");
}

interface Row {
  readonly who: string;
  readonly title: string;
  readonly category: string | null;
  readonly fileName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly digest: string;
  readonly version: number;
  readonly id: string;
  readonly createdAt: string;
}

const documents = (): Promise<Row[]> =>
  bench.rows<Row>(
    "SELECT e.employeeNumber AS who, d.* FROM document d JOIN employee e ON e.id = d.employeeId ORDER BY who, title, digest",
  );

async function content(digest: string): Promise<string | null> {
  const stream = await bench.contents.open(digest);
  return stream && text(stream);
}

/** Contents that arrived and are neither kept nor discarded. */
const underWay = (): string[] => readdirSync(join(bench.folder, "kept", "staged"));

/** Whether content is on the disk, whatever the database says. */
const isStored = (digest: string): boolean =>
  existsSync(join(bench.folder, "kept", "sha256", digest.slice(0, 2), digest.slice(2, 4), digest));

async function refused(rows: string): Promise<unknown[]> {
  const before = await bench.state();
  const report = await run(rows);
  expect(report.isImported).toBe(false);
  expect(await bench.state()).toEqual(before);
  expect(underWay()).toEqual([]);
  return problems(report);
}

describe(`an import of documents on ${dialect}`, () => {
  it("stores what the rows name, described as an upload of it would be, and notes that in the audit trail", async () => {
    const report = await run(
      `${HEADER}1,Contract,CONTRACT,Contract Lee.pdf,contract.pdf\n2,Pay,,slip.txt,pay/slip.txt\n`,
    );
    expect(counts(report)).toEqual([2, 0, 0, 0]);
    const rows = await documents();
    expect(rows).toMatchObject([
      { who: "1", title: "Contract", category: "CONTRACT", fileName: "Contract Lee.pdf", mimeType: "application/pdf" },
      { who: "2", title: "Pay", category: null, fileName: "slip.txt", mimeType: "text/plain", size: 5, version: 1 },
    ]);
    expect(rows.map(({ digest }) => digest)).toEqual([sha256(PDF), sha256("1,000")]);
    expect(await content(sha256(PDF))).toBe(PDF);
    expect(rows[0]?.createdAt).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(underWay()).toEqual([]);
    const audit = (await bench.audit()).filter(({ action }) => action === "import.documents");
    expect(audit.map(({ actorKind, after }) => [actorKind, JSON.parse(after)])).toEqual([
      ["OPERATOR", { file: "documents.csv", rows: 2, created: 2, updated: 0 }],
    ]);
  });

  it("changes nothing the second time, and passes over what an export says of the content", async () => {
    const file =
      "employee_number,title,category,file_name,mime_type,size,created_at,content_path,file\n" +
      "1,Contract,CONTRACT,a.pdf,image/png,1,2020-01-01T00:00:00.000Z,/documents/1/content,contract.pdf\n";
    expect((await run(file)).files[0]).toMatchObject({ created: 1, unknownColumns: [] });
    const before = await bench.state();
    expect(counts(await run(file))).toEqual([0, 0, 1, 0]);
    expect(await bench.state()).toEqual(before);
    expect(before).toMatchObject({ documents: [{ mimeType: "application/pdf", size: PDF.length }] });
  });

  it("calls a file as its path does where there is no column for that", async () => {
    await writeFile(join(folder, "pay", "a:b.pdf"), PDF);
    expect(counts(await run("employee_number,title,file\n1,Contract,pay/a:b.pdf\n"))).toEqual([1, 0, 0, 0]);
    expect((await documents()).map(({ fileName }) => fileName)).toEqual(["a_b.pdf"]);
  });

  it("replaces content that differs, and lets the old go", async () => {
    const file = `${HEADER}1,Contract,CONTRACT,a.pdf,contract.pdf\n`;
    await run(file);
    const [before] = await documents();
    await writeFile(join(folder, "contract.pdf"), PNG);
    expect(counts(await run(file))).toEqual([0, 1, 0, 0]);
    expect(await documents()).toMatchObject([
      {
        id: before?.id,
        version: 2,
        mimeType: "image/png",
        size: PNG.length,
        digest: sha256(PNG),
        createdAt: before?.createdAt,
      },
    ]);
    expect(isStored(sha256(PNG))).toBe(true);
    expect(isStored(sha256(PDF))).toBe(false);
    expect(await bench.rows("SELECT id FROM document_content")).toEqual([{ id: sha256(PNG) }]);
  });

  it("changes what else differs without storing the content again, and keeps what it has no column for", async () => {
    await run(`${HEADER}1,Contract,CONTRACT,a.pdf,contract.pdf\n`);
    const taken = await bench.rows("SELECT takenAt FROM document_content");
    expect(counts(await run(`${HEADER}1,Contract,OTHER,a.pdf,contract.pdf\n`))).toEqual([0, 1, 0, 0]);
    expect(await bench.rows("SELECT takenAt FROM document_content")).toEqual(taken);
    expect(counts(await run("employee_number,title,file_name,file\n1,Contract,a.pdf,contract.pdf\n"))).toEqual([
      0, 0, 1, 0,
    ]);
    expect(await documents()).toMatchObject([{ category: "OTHER", version: 2 }]);
  });

  it("tells documents of one name apart by their content, in whatever order they come", async () => {
    const rows = ["1,Pay,MAY,slip,contract.pdf", "1,Pay,JUNE,slip,pay/slip.txt"];
    expect(counts(await run(`${HEADER}${rows.join("\n")}\n`))).toEqual([2, 0, 0, 0]);
    const before = await documents();
    expect(counts(await run(`${HEADER}${[...rows].reverse().join("\n")}\n`))).toEqual([0, 0, 2, 0]);
    await writeFile(join(folder, "pay", "slip.txt"), "2,000");
    expect(counts(await run(`${HEADER}${[...rows].reverse().join("\n")}\n`))).toEqual([0, 1, 1, 0]);
    const after = await documents();
    expect(after.map(({ id }) => id).sort()).toEqual(before.map(({ id }) => id).sort());
    expect(after.find(({ category }) => category === "JUNE")).toMatchObject({ digest: sha256("2,000"), version: 2 });
    expect(after.find(({ category }) => category === "MAY")).toMatchObject({ digest: sha256(PDF), version: 1 });
  });

  it("names line and column of every file that cannot be taken, and stores nothing of the others", async () => {
    await writeFile(join(bench.folder, "outside.txt"), "secret");
    await mkdir(join(bench.folder, "elsewhere"), { recursive: true });
    await writeFile(join(bench.folder, "elsewhere", "there.txt"), "secret");
    await symlink(join(bench.folder, "outside.txt"), join(folder, "link.txt"));
    await symlink(join(bench.folder, "elsewhere"), join(folder, "way"));
    await writeFile(join(folder, "large.txt"), "x".repeat(MOST_BYTES + 1));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const files = [
      join(folder, "contract.pdf"),
      "C:\\contract.pdf",
      "../outside.txt",
      "pay/../contract.pdf",
      "link.txt",
      "way/there.txt",
      "missing.pdf",
      "contract.pdf/x",
      "pay",
      "large.txt",
      "pipe",
      "",
    ];
    const rows = files.map((file, at) => `1,T${at},,f.txt,${file}\n`).join("");
    const absolute = "must be a path below the folder of the contents, not an absolute one";
    const upwards = "must not lead up out of a folder by ..";
    const link = "leads out of the folder of the contents by a link";
    expect(await refused(`${HEADER}1,Good,,a.pdf,contract.pdf\n${rows}`)).toEqual([
      [3, "file", absolute],
      [4, "file", absolute],
      [5, "file", upwards],
      [6, "file", upwards],
      [7, "file", link],
      [8, "file", link],
      [9, "file", "does not exist"],
      [10, "file", "does not exist"],
      [11, "file", "is a folder, not a file"],
      [12, "file", "must have at most 1000 bytes"],
      [13, "file", "is not an ordinary file"],
      [14, "file", "is required"],
    ]);
    expect(isStored(sha256(PDF))).toBe(false);
  });

  it("refuses names of files as the API does, and people who are not there", async () => {
    expect(
      await refused(
        `${HEADER}1,T,,a/b.pdf,contract.pdf\n1,T,,a?.pdf,contract.pdf\n1,,,a.pdf,contract.pdf\n3,T,,a.pdf,contract.pdf\n`,
      ),
    ).toEqual([
      [2, "file_name", "must be a name without a path"],
      [3, "file_name", expect.stringContaining("must not have invisible characters")],
      [4, "title", "is required"],
      [5, "employee_number", "is no employee in the database"],
    ]);
    expect((await run("employee_number,title\n1,T\n")).files[0]?.failure?.reason).toBe(
      "the column file is missing; found: employee_number, title",
    );
  });

  it("takes links and large files that stay within bounds", async () => {
    await symlink(join(folder, "contract.pdf"), join(folder, "pay", "link.pdf"));
    await writeFile(join(folder, "most.txt"), "x".repeat(MOST_BYTES));
    await writeFile(join(folder, "empty.txt"), "");
    const rows = "1,A,,a.pdf,pay/link.pdf\n1,B,,b.txt,./most.txt\n1,C,,c.txt,empty.txt\n";
    expect(counts(await run(HEADER + rows))).toEqual([3, 0, 0, 0]);
    expect((await documents()).map(({ size }) => size)).toEqual([PDF.length, MOST_BYTES, 0]);
  });

  it("skips bad rows when asked to, and comes with the people whom it is of", async () => {
    const employee = await bench.write(
      "more.csv",
      "employee_number,first_name,last_name,salary\n8,New,Person,1\n9,Bad,Row,x\n",
    );
    const document = await bench.write(
      "some.csv",
      `${HEADER}8,T,,a.pdf,contract.pdf\n9,T,,a.txt,pay/slip.txt\n1,T,,a.pdf,missing.pdf\n`,
    );
    const contents = { folder, mostBytes: MOST_BYTES };
    const report = await importFiles(bench.operator, { employee, document }, { skipInvalid: true, contents });
    expect(report.files[1]).toMatchObject({ created: 1, bad: 2 });
    expect((await documents()).map(({ who }) => who)).toEqual(["8"]);
    expect(isStored(sha256("1,000"))).toBe(false);
  });

  it("leaves nothing behind when a file changes under it", async () => {
    const before = await bench.state();
    const progress = {
      ...noProgress,
      begin(phase: string) {
        if (phase.startsWith("storing")) writeFileSync(join(folder, "pay", "slip.txt"), "another");
      },
    };
    const rows = `${HEADER}1,Contract,,a.pdf,contract.pdf\n2,Pay,,slip.txt,pay/slip.txt\n`;
    await expect(run(rows, { progress })).rejects.toThrow(
      'the file "pay/slip.txt" changed while the import was under way; what is written stays, the rest is not: run the import again',
    );
    expect(await bench.state()).toEqual(before);
    expect(underWay()).toEqual([]);
    expect([PDF, "1,000", "another"].map((each) => isStored(sha256(each)))).toEqual([false, false, false]);
    expect(counts(await run(rows))).toEqual([2, 0, 0, 0]);
  });

  it("leaves no content behind when the transaction that needs it fails", async () => {
    const before = await bench.state();
    const { store } = bench.operator;
    const transaction: typeof store.transaction = (work) =>
      store.transaction(async (tx) => {
        await work(tx);
        throw new Error("no more");
      });
    const document = await bench.write("lost.csv", `${HEADER}1,Contract,,a.pdf,contract.pdf\n`);
    const ctx = { ...bench.operator, store: { ...store, transaction } };
    const contents = { folder, mostBytes: MOST_BYTES };
    await expect(importFiles(ctx, { document }, { contents })).rejects.toThrow("no more");
    expect(await bench.state()).toEqual(before);
    expect(underWay()).toEqual([]);
    expect(isStored(sha256(PDF))).toBe(false);
  });

  it("leaves nothing that a sweep does not take when its process is killed, and goes on when it is run again", async () => {
    const rows = await Promise.all(
      Array.from({ length: 60 }, async (_, at) => {
        await writeFile(join(folder, `${at}.txt`), `content ${at}`);
        return `1,T${at},,${at}.txt,${at}.txt\n`;
      }),
    );
    const path = await bench.write("killed.csv", HEADER + rows.join(""));
    const kept = join(bench.folder, "kept");
    const env = { ...process.env, DATABASE_URL: bench.database.url, LATCHKEY_SECRET: SECRET, DOCUMENTS_DIR: kept };
    const args = ["-r", "./scripts/register.cjs", "test/cli/import/run-import.ts", "--documents", path];
    const child = spawn(process.execPath, [...args, "--documents-from", folder], { cwd: ROOT, env, stdio: "ignore" });
    const closed = once(child, "close");
    while (underWay().length < 20 && child.exitCode === null) await delay(1);
    child.kill("SIGKILL");
    expect(await closed).toEqual([null, "SIGKILL"]);
    expect(await documents()).toEqual([]);
    expect(await bench.rows("SELECT id FROM document_content LIMIT 1")).toHaveLength(1);

    const [now, log] = [Date.now(), bench.operator.log];
    for (const name of underWay()) await utimes(join(kept, "staged", name), 0, 0);
    const clock = { now: () => now + 2 * 3_600_000 };
    await createContents({ store: bench.store, clock, log }, createFileContentStore(kept)).sweep();
    expect(underWay()).toEqual([]);
    expect(await bench.rows("SELECT id FROM document_content")).toEqual([]);
    expect(
      readdirSync(join(kept, "sha256"), { recursive: true, withFileTypes: true }).filter((one) => one.isFile()),
    ).toEqual([]);
    expect(counts(await run(HEADER + rows.join("")))).toEqual([60, 0, 0, 0]);
  });

  it("comes to the same in several transactions, each with contents of its own", async () => {
    const rows = await Promise.all(
      Array.from({ length: 5 }, async (_, at) => {
        await writeFile(join(folder, `${at}.txt`), `content ${at}`);
        return `1,T${at},,${at}.txt,${at}.txt\n`;
      }),
    );
    expect(counts(await run(HEADER + rows.join(""), { partSizes: { contents: 2 } }))).toEqual([5, 0, 0, 0]);
    const audit = (await bench.audit()).filter(({ action }) => action === "import.documents");
    expect(audit.map(({ after }) => (JSON.parse(after) as { part: number }).part)).toEqual([1, 2, 3]);
    for (const { digest, title } of await documents()) expect(await content(digest)).toBe(`content ${title.slice(1)}`);
    expect(counts(await run(HEADER + rows.join("")))).toEqual([0, 0, 5, 0]);
  });

  it("looks again when the same document is made meanwhile, and makes no second one", async () => {
    const { store } = bench.operator;
    const rows = `${HEADER}1,Contract,,a.pdf,contract.pdf\n`;
    let isFirst = true;
    const transaction: typeof store.transaction = async (work) => {
      if (isFirst) {
        isFirst = false;
        expect(counts(await run(rows))).toEqual([1, 0, 0, 0]);
      }
      return store.transaction(work);
    };
    const document = await bench.write("same.csv", rows);
    const ctx = { ...bench.operator, store: { ...store, transaction } };
    const report = await importFiles(ctx, { document }, { contents: { folder, mostBytes: MOST_BYTES } });
    expect(counts(report)).toEqual([0, 0, 1, 0]);
    expect(await documents()).toHaveLength(1);
    expect(await content(sha256(PDF))).toBe(PDF);
  });
});
