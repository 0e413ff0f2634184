import { accessSync, constants, statSync } from "node:fs";
import { dirname } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import { compensation } from "../resources/compensation/compensation.resource";
import { fieldNamed } from "../resources/resource";
import { importStaged, type StagedFiles, stageFiles, unusable } from "./import/import-files";
import type { ImportReport } from "./import/import-report";
import { noProgress, terminalProgress } from "./import/progress";
import { renderReport } from "./import/render-report";
import { CommandError, withDatabase } from "./run-command";

interface Options {
  readonly departments?: string;
  readonly employees?: string;
  readonly compensations?: string;
  readonly timeOffs?: string;
  readonly documents?: string;
  readonly documentsFrom?: string;
  readonly currency?: string;
  readonly skipInvalid?: boolean;
}

/** `latchkey import`: records from CSV files into the database of the environment, while the server runs or not. */
export function importCommand(): Command {
  return new Command("import")
    .description(
      "create and update records from CSV files, by keys of their own and not by id; a second run changes nothing",
    )
    .option("--departments <file>", "code, name, manager_employee_number, parent_code; known by code", once)
    .option(
      "--employees <file>",
      "employee_number, first_name, last_name, email, phone, birth_date, gender, hire_date, termination_date, job_title, " +
        "location, salary, department_code, manager_employee_number; known by employee_number; a column that is left out keeps its values",
      once,
    )
    .option(
      "--compensations <file>",
      "employee_number, amount, currency, effective_from (or from_date), effective_to (or to_date; 9999-01-01 is none); " +
        "a record is known by employee and first day",
      once,
    )
    .option("--currency <code>", "ISO 4217 code of every amount, for a file of compensations without that column")
    .option(
      "--time-offs <file>",
      "employee_number, type, start_date, end_date, status, note; a record is known by employee and first day",
      once,
    )
    .option(
      "--documents <file>",
      "employee_number, title, category, file_name (or the last part of file), file: path of the content; a record is known by " +
        "employee, title and file name",
      once,
    )
    .option(
      "--documents-from <folder>",
      "where the paths in the column file begin; the folder of the CSV when left out",
    )
    .option("--skip-invalid", "import the good rows; without it one bad row of any file stops the import")
    .action(run);
}

/** Commander would take the last of two and say nothing of the first. */
function once(path: string, earlier: string | undefined): string {
  if (earlier !== undefined) throw new InvalidArgumentError(`It was given before, as '${earlier}': name one file.`);
  return path;
}

async function run({ currency, skipInvalid = false, ...named }: Options): Promise<void> {
  const byResource: Readonly<Record<string, string | undefined>> = {
    department: named.departments,
    employee: named.employees,
    compensation: named.compensations,
    timeOff: named.timeOffs,
    document: named.documents,
  };
  const paths = Object.values(byResource).filter((path) => path !== undefined);
  const problem =
    paths.length === 0
      ? "name a file: --departments FILE, --employees FILE, --compensations FILE, --time-offs FILE or --documents FILE"
      : (badCurrency(currency, named.compensations) ?? badFolder(named) ?? unreadable(paths));
  if (problem !== null) return fail(problem);
  const folder = named.documents === undefined ? null : (named.documentsFrom ?? dirname(named.documents));
  const began = performance.now();
  const progress = process.stderr.isTTY ? terminalProgress(process.stderr) : noProgress;
  const print = (report: ImportReport): void => {
    const { stdout, stderr } = renderReport(report, (performance.now() - began) / 1000);
    process.stderr.write(stderr);
    process.stdout.write(stdout);
    if (!report.isImported) process.exitCode = 1;
  };
  let files: StagedFiles;
  try {
    files = await stageFiles(byResource, progress, { compensation: { currency } });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    return fail(error.message);
  }
  try {
    // The database would be made on first use, which files that are of no use are no reason for.
    const failed = unusable(files);
    if (failed) print(failed);
    else {
      await withDatabase(async ({ operator, contents }, config) => {
        if (folder !== null) await contents.ready();
        const source = folder === null ? {} : { contents: { folder, mostBytes: config.documentsMaxBytes } };
        print(await importStaged(operator, files, { skipInvalid, progress, ...source }));
      });
    }
  } finally {
    files.close();
  }
}

function badCurrency(code: string | undefined, file: string | undefined): string | null {
  if (code === undefined) return null;
  if (file === undefined) return "--currency is about a file of compensations: name one by --compensations FILE";
  const parsed = fieldNamed(compensation, "currency")?.parseText(code);
  return parsed && "problem" in parsed ? `--currency ${parsed.problem}` : null;
}

function badFolder({ documents, documentsFrom: folder }: Options): string | null {
  if (folder === undefined) return null;
  if (documents === undefined) return "--documents-from is about a file of documents: name one by --documents FILE";
  try {
    return statSync(folder).isDirectory() ? null : `${folder} is a file, not a folder`;
  } catch (error) {
    return `${folder} cannot be read: ${(error as Error).message}`;
  }
}

function fail(problem: string): void {
  process.stderr.write(`latchkey: ${problem}\n`);
  process.exitCode = 1;
}

/** A mistyped path is told in one line, before anything is read. */
function unreadable(paths: readonly string[]): string | null {
  for (const path of paths) {
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      return `${path} cannot be read: ${(error as Error).message}`;
    }
    if (statSync(path).isDirectory()) return `${path} is a folder, not a file`;
  }
  return null;
}
