import { createWriteStream, renameSync, rmSync } from "node:fs";
import { Readable, type Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Options, stringify } from "csv-stringify";
import { newId } from "../../kernel/id";
import { CommandError } from "../run-command";

/** How a file is written. */
export interface CsvForm {
  /** Whether spreadsheet programs should show every cell as text: formulas defused by a quote before them, and a BOM. */
  readonly isExcelSafe: boolean;
  readonly columns: number;
}

const SIGNALS = ["SIGINT", "SIGTERM"] as const;

type Rows = AsyncIterable<readonly string[]>;

/** Writes rows to standard output, as fast as they are taken there. */
export function writeToOutput(rows: Rows, form: CsvForm): Promise<void> {
  return write(rows, form, process.stdout, "standard output");
}

/**
 * Writes rows to a file that only its owner may read. It has its name only when it is complete: until then it is beside it, and a
 * failure or an interruption removes it.
 */
export async function writeToFile(rows: Rows, form: CsvForm, path: string): Promise<void> {
  const partial = `${path}.${newId()}.partial`;
  const interrupted = (signal: NodeJS.Signals): void => {
    rmSync(partial, { force: true });
    process.kill(process.pid, signal);
  };
  for (const signal of SIGNALS) process.once(signal, interrupted);
  try {
    await write(rows, form, createWriteStream(partial, { flags: "wx", mode: 0o600 }), path);
    renameSync(partial, path);
  } catch (error) {
    rmSync(partial, { force: true });
    throw isOfSystem(error) ? unwritable(path, error) : error;
  } finally {
    for (const signal of SIGNALS) process.off(signal, interrupted);
  }
}

async function write(rows: Rows, form: CsvForm, output: Writable, name: string): Promise<void> {
  try {
    await pipeline(Readable.from(rows), stringify(optionsOf(form)), output);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EPIPE") throw new CommandError(`${name} was closed by its reader`);
    throw isOfSystem(error) ? unwritable(name, error) : error;
  }
}

function optionsOf({ isExcelSafe, columns }: CsvForm): Options {
  return {
    record_delimiter: "\n",
    // A line break of either kind belongs to its cell.
    quoted_match: /[\r\n]/,
    // A line that is empty would be taken for none.
    quoted_empty: columns === 1,
    escape_formulas: isExcelSafe,
    bom: isExcelSafe,
  };
}

/** An error of the file system, as opposed to one of the database or of what is written. */
function isOfSystem(error: unknown): error is NodeJS.ErrnoException {
  return typeof (error as NodeJS.ErrnoException).syscall === "string" && "errno" in (error as object);
}

function unwritable(path: string, { message }: Error): CommandError {
  return new CommandError(`${path} cannot be written: ${message}`);
}
