import { accessSync, constants } from "node:fs";
import { Command } from "commander";
import { importFiles } from "./import/import-files";
import { noProgress, terminalProgress } from "./import/progress";
import { renderReport } from "./import/render-report";
import { withDatabase } from "./run-command";

interface Options {
  readonly departments?: string;
  readonly employees?: string;
  readonly skipInvalid?: boolean;
  readonly allowCircles?: boolean;
}

/** `latchkey import`: records from CSV files into the database of the environment, while the server runs or not. */
export function importCommand(): Command {
  return new Command("import")
    .description(
      "create and update records from CSV files, by department code and employee number; a second run changes nothing",
    )
    .option("--departments <file>", "code, name, manager_employee_number")
    .option(
      "--employees <file>",
      "employee_number, first_name, last_name, email, phone, birth_date, gender, hire_date, termination_date, job_title, " +
        "location, salary, department_code, manager_employee_number; a column that is left out keeps its values",
    )
    .option("--skip-invalid", "import the good rows; without it one bad row of any file stops the import")
    .option("--allow-circles", "import managers who lead each other in a circle as they are, with a warning")
    .action(run);
}

async function run(options: Options): Promise<void> {
  const { departments, employees, skipInvalid = false, allowCircles = false } = options;
  const paths = [departments, employees].filter((path) => path !== undefined);
  const problem = paths.length === 0 ? "name a file: --departments FILE, --employees FILE or both" : unreadable(paths);
  if (problem !== null) {
    process.stderr.write(`latchkey: ${problem}\n`);
    process.exitCode = 1;
    return;
  }
  await withDatabase(async ({ operator }) => {
    const began = performance.now();
    const progress = process.stderr.isTTY ? terminalProgress(process.stderr) : noProgress;
    const report = await importFiles(
      operator,
      { department: departments, employee: employees },
      { skipInvalid, allowCircles, progress },
    );
    const { summary, complaints } = renderReport(report, (performance.now() - began) / 1000);
    process.stderr.write(complaints);
    process.stdout.write(summary);
    if (!report.isImported) process.exitCode = 1;
  });
}

/** A mistyped path must not make a new database on its way to the error. */
function unreadable(paths: readonly string[]): string | null {
  for (const path of paths) {
    try {
      accessSync(path, constants.R_OK);
    } catch (error) {
      return `${path} cannot be read: ${(error as Error).message}`;
    }
  }
  return null;
}
