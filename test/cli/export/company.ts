import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Booted } from "../../../src/boot";
import { type ExportColumn, readableColumns } from "../../../src/cli/export/export-columns";
import { asOperator, type Identify } from "../../../src/cli/export/export-principal";
import { exportRecords } from "../../../src/cli/export/export-records";
import { writeToFile } from "../../../src/cli/export/write-csv";
import { TARGETS } from "../../../src/cli/import/import-target";
import { noProgress } from "../../../src/cli/import/progress";
import { resourceNamed } from "../../../src/resources/resource-map";
import { importFiles } from "../import/import-bench";
import { randomCompany, randomFrom, toCsv } from "../import/random-company";

/** A folder for files, which goes with `remove`. */
export interface Folder {
  readonly path: string;
  write(name: string, content: string): Promise<string>;
  remove(): Promise<void>;
}

export async function makeFolder(): Promise<Folder> {
  const path = await mkdtemp(join(tmpdir(), "latchkey-test-export-"));
  return {
    path,
    async write(name, content) {
      const file = join(path, name);
      await writeFile(file, content);
      return file;
    },
    remove: () => rm(path, { recursive: true, force: true }),
  };
}

/** A company with cells of every awkward kind, by resource name: CSV as an import takes it. */
export function companyFiles(size: number): Readonly<Record<string, string>> {
  const { departments, employees } = randomCompany(7, { departments: 5, employees: size });
  const random = randomFrom(7);
  const pay: string[] = [];
  const away: string[] = [];
  for (let at = 1; at <= size; at++) {
    pay.push(
      `E${at},${random.int(90_000)}.5,EUR,2020-01-01,2021-01-01`,
      `E${at},${random.int(90_000)},EUR,2021-01-01,`,
    );
    const note = random.pick(
      ['"two\r\nlines"', "=1+1", '" ""padded"" "', "", "@home", "-,", "'tis"].filter((cell) => cell !== "-,"),
    );
    away.push(
      `E${at},VACATION,2024-05-01,2024-05-0${1 + random.int(9)},${random.pick(["REJECTED", "CANCELLED"])},${note}`,
    );
    away.push(
      `E${at},VACATION,2024-05-01,2024-05-0${1 + random.int(9)},${random.pick(["APPROVED", "REQUESTED"])},${note}`,
    );
  }
  return {
    department: toCsv(departments),
    employee: toCsv(employees),
    compensation: `employee_number,amount,currency,effective_from,effective_to\n${pay.join("\n")}\n`,
    timeOff: `employee_number,type,start_date,end_date,status,note\n${away.join("\n")}\n`,
  };
}

/** Imports CSV texts by resource name. */
export async function importTexts(
  booted: Booted,
  folder: Folder,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  const paths: Record<string, string> = {};
  for (const [name, text] of Object.entries(files)) paths[name] = await folder.write(`${name}.csv`, text);
  const report = await importFiles(booted.operator, paths);
  if (!report.isImported) throw new Error(JSON.stringify(report.files.map(({ problems }) => problems)));
}

/** What an export needs beside the resource; everything as the operator when left out. */
export interface HowToExport {
  readonly identify?: Identify;
  readonly columns?: readonly ExportColumn[];
  readonly filter?: Readonly<Record<string, unknown>>;
  readonly isExcelSafe?: boolean;
  /** Called after each row that leaves, the header included. */
  readonly onRow?: (count: number) => Promise<void>;
}

/** Exports one resource to a file of the folder and returns its path. */
export async function exportTo(booted: Booted, folder: Folder, name: string, how: HowToExport = {}): Promise<string> {
  const { operator, schema } = booted;
  const { identify = asOperator(operator), isExcelSafe = false, onRow } = how;
  const resource = resourceNamed(name);
  const columns = how.columns ?? readableColumns(resource, operator.index, (await identify()).scope);
  const path = join(folder.path, `${name}-export.csv`);
  async function* watched(rows: AsyncIterable<readonly string[]>): AsyncGenerator<readonly string[]> {
    let count = 0;
    for await (const row of rows) {
      yield row;
      await onRow?.(++count);
    }
  }
  const request = { resource, columns, filter: how.filter ?? null };
  const form = { isExcelSafe, columns: columns.length };
  await exportRecords(
    operator,
    schema.executable,
    identify,
    request,
    (rows) => writeToFile(watched(rows), form, path),
    noProgress,
  );
  return path;
}

/** Names of the resources that one file can hold: all but documents, whose contents are files of their own. */
export const IMPORTABLE: readonly string[] = TARGETS.filter(({ content }) => content === null).map(
  ({ resource }) => resource.name,
);
