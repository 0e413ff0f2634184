import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { type Booted, boot } from "../../../src/boot";
import { type ImportOptions, importStaged, stageFiles } from "../../../src/cli/import/import-files";
import type { ImportReport } from "../../../src/cli/import/import-report";
import { parseDatabaseUrl } from "../../../src/config";
import type { RequestContext } from "../../../src/context";
import { type FreshDatabase, freshDatabase } from "../../support/database";

/** CSV text by resource, or bytes. */
export interface Files {
  readonly department?: string | Buffer;
  readonly employee?: string | Buffer;
  readonly compensation?: string | Buffer;
  readonly timeOff?: string | Buffer;
  readonly document?: string | Buffer;
}

/** A database of its own to import into, for one test file. */
export interface ImportBench extends Booted {
  readonly database: FreshDatabase;
  /** Folder for files, which goes with the bench; contents of documents are in `kept` below it, once they are `ready`. */
  readonly folder: string;
  /** Writes the files to disk and imports them. */
  run(files: Files, options?: ImportOptions): Promise<ImportReport>;
  /** Writes a file and returns its path. */
  write(name: string, content: string | Buffer): Promise<string>;
  /** Raw rows. */
  rows<Row extends object = Record<string, unknown>>(sql: string): Promise<Row[]>;
  /** Everything that an import could have changed, in a form that two states can be compared by. */
  state(): Promise<unknown>;
  /** Audit rows since the bench was last cleared, oldest first. */
  audit(): Promise<AuditRow[]>;
  /** Removes all records; audit rows so far are not shown again. */
  clear(): Promise<void>;
  close(): Promise<void>;
}

/** A raw row of the audit trail. */
export interface AuditRow {
  readonly id: string;
  readonly action: string;
  readonly actorKind: string;
  /** JSON as text. */
  readonly after: string;
}

/** At least 32 characters; the same for every process of a test. */
export const SECRET = "a secret for tests of the import, long enough";

/** What the command does with files, by resource name. */
export async function importFiles(
  ctx: RequestContext,
  paths: Readonly<Record<string, string>>,
  options?: ImportOptions,
  given?: Parameters<typeof stageFiles>[2],
): Promise<ImportReport> {
  const files = await stageFiles(paths, undefined, given);
  try {
    return await importStaged(ctx, files, options);
  } finally {
    files.close();
  }
}

export async function openBench(): Promise<ImportBench> {
  const database = await freshDatabase();
  const folder = await mkdtemp(join(tmpdir(), "latchkey-test-csv-"));
  const documentsDir = join(folder, "kept");
  const config = { database: parseDatabaseUrl(database.url), secret: SECRET, documentsDir };
  const booted = await boot(config, { now: () => Date.now() }, pino({ level: "silent" }));
  const { store } = booted;
  const write = async (name: string, content: string | Buffer): Promise<string> => {
    const path = join(folder, name);
    await writeFile(path, content);
    return path;
  };
  const rows: ImportBench["rows"] = (sql) => store.select(sql, []);
  const allAudit = (): Promise<AuditRow[]> => rows<AuditRow>("SELECT * FROM audit_event ORDER BY at, id");
  // Audit rows are only ever added, so what was there before is left out instead of deleted.
  let earlier = new Set((await allAudit()).map(({ id }) => id));
  const audit = async (): Promise<AuditRow[]> => (await allAudit()).filter(({ id }) => !earlier.has(id));
  return {
    ...booted,
    database,
    folder,
    write,
    rows,
    async run(files, options) {
      const paths: Record<string, string> = {};
      for (const [name, content] of Object.entries(files)) paths[name] = await write(`${name}s.csv`, content);
      return importFiles(booted.operator, paths, options);
    },
    state: async () => ({
      departments: await rows("SELECT * FROM department ORDER BY code"),
      employees: await rows("SELECT * FROM employee ORDER BY employeeNumber"),
      compensations: await rows("SELECT * FROM compensation ORDER BY id"),
      timeOffs: await rows("SELECT * FROM time_off ORDER BY id"),
      documents: await rows("SELECT * FROM document ORDER BY id"),
      contents: await rows("SELECT * FROM document_content ORDER BY id"),
      audit: await audit(),
    }),
    audit,
    async clear() {
      await store.transaction(async (tx) => {
        await tx.query("UPDATE department SET managerId = NULL, parentId = NULL");
        await tx.query("UPDATE employee SET managerId = NULL");
        for (const table of ["compensation", "time_off", "document", "document_content", "employee", "department"])
          await tx.query(`DELETE FROM ${table}`);
      });
      earlier = new Set((await allAudit()).map(({ id }) => id));
    },
    async close() {
      await store.close();
      await database.dispose();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Records with relations by key, in the form of the CSV that they came from; empty cells are null. */
export const AS_CSV = {
  departments: `SELECT d.code AS code, d.name AS name, m.employeeNumber AS manager_employee_number
    FROM department d LEFT JOIN employee m ON m.id = d.managerId ORDER BY d.code`,
  employees: `SELECT e.employeeNumber AS employee_number, e.firstName AS first_name, e.lastName AS last_name, e.email AS email,
    e.phone AS phone, e.birthDate AS birth_date, e.gender AS gender, e.hireDate AS hire_date,
    e.terminationDate AS termination_date, d.code AS department_code, e.jobTitle AS job_title, e.location AS location,
    m.employeeNumber AS manager_employee_number, e.salary AS salary
    FROM employee e LEFT JOIN department d ON d.id = e.departmentId LEFT JOIN employee m ON m.id = e.managerId
    ORDER BY e.employeeNumber`,
} as const;
