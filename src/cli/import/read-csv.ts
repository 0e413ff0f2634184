import { pipeline } from "node:stream";
import { CsvError, type Options, parse } from "csv-parse";
import { UnusableFile } from "./file-problem";
import { readUtf8 } from "./read-utf8";

/** One record of a CSV file. */
export interface CsvRecord {
  /** Line on which it begins, counted as an editor does. */
  readonly line: number;
  /** As many as the record has, which need not be as many as the header's. */
  readonly cells: readonly string[];
}

/** Characters of one record at most; a quote that is never closed must not read the rest of the file into memory. */
const LONGEST_RECORD = 1024 * 1024;

/**
 * The records of a comma-separated file (RFC 4180) in order, the header first; a BOM, blank lines and either line end are fine.
 * Memory does not grow with the file.
 *
 * @throws UnusableFile when the file is not text or its quotes are broken.
 */
export async function* readCsv(path: string): AsyncGenerator<CsvRecord> {
  const lines = new LineCounter();
  const options: Options<unknown, string[]> = {
    bom: true,
    record_delimiter: ["\r\n", "\n"],
    skip_empty_lines: true,
    relax_column_count: true,
    max_record_size: LONGEST_RECORD,
    on_record: (cells, info) => lines.place(cells, info.empty_lines),
  };
  // The package's types let only records with column names become something else than an array.
  const parser = parse(options as Options);
  // What goes wrong on either side of the pipe also ends the iteration below, which is where it is handled.
  pipeline(readUtf8(path), parser, () => undefined);
  try {
    for await (const record of parser as AsyncIterable<CsvRecord>) yield record;
  } catch (error) {
    throw error instanceof CsvError ? brokenSyntax(error, lines.next(parser.info.empty_lines), lines.header) : error;
  }
}

/**
 * Knows on which line each record begins. csv-parse's own count says where a record ends, and takes a CRLF inside quotes for two
 * lines.
 */
class LineCounter {
  /** The first record; null until there is one. */
  header: readonly string[] | null = null;
  private line = 1;
  private blankLines = 0;

  /** Called once per record, in order; `blankLines` is the number of skipped lines so far. */
  place(cells: string[], blankLines: number): CsvRecord {
    this.header ??= cells;
    const line = this.next(blankLines);
    this.blankLines = blankLines;
    this.line = line + 1;
    for (const cell of cells) {
      for (let at = cell.indexOf("\n"); at !== -1; at = cell.indexOf("\n", at + 1)) this.line++;
    }
    return { line, cells };
  }

  next(blankLines: number): number {
    return this.line + blankLines - this.blankLines;
  }
}

function brokenSyntax(error: CsvError, line: number, header: readonly string[] | null): UnusableFile {
  const { column, field } = error as { column?: unknown; field?: unknown };
  const place = {
    line,
    column: (typeof column === "number" ? header?.[column] : null) ?? null,
    value: field === undefined || field === null ? null : String(field),
  };
  switch (error.code) {
    case "CSV_QUOTE_NOT_CLOSED":
      return new UnusableFile("a quote in the record that begins on this line is never closed", place);
    case "CSV_MAX_RECORD_SIZE":
      return new UnusableFile(
        "the record that begins on this line is longer than 1 MiB: is a quote never closed?",
        place,
      );
    case "CSV_INVALID_CLOSING_QUOTE":
      return new UnusableFile("a closing quote is followed by text; a quote inside quotes is written twice", place);
    case "INVALID_OPENING_QUOTE":
      return new UnusableFile("a quote stands inside a cell that does not begin with one", place);
    default:
      return new UnusableFile(`is not valid CSV: ${error.message}`, place);
  }
}
