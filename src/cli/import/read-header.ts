import { UnusableFile } from "./file-problem";
import type { ImportColumn, ImportTarget } from "./import-target";
import type { CsvRecord } from "./read-csv";

/** What the first line of a file says. */
export interface Header {
  /** Number of cells that every row must have. */
  readonly width: number;
  /** The columns that are imported, each with its place in a row. */
  readonly columns: readonly (ImportColumn & { readonly at: number })[];
  /** Names of columns that no field goes by; they are ignored. */
  readonly unknown: readonly string[];
}

/** Reads the first line. Throws `UnusableFile` on a column that occurs twice or a required one that is missing. */
export function readHeader(target: ImportTarget, { line, cells }: CsvRecord): Header {
  const names = cells.map((cell) => cell.trim());
  const twice = names.find((name, at) => name !== "" && names.indexOf(name) !== at);
  if (twice !== undefined) throw new UnusableFile("occurs twice in the header", { line, column: twice, value: twice });

  const columns = target.columns.flatMap((column) => {
    const at = names.indexOf(column.header);
    return at === -1 ? [] : [{ ...column, at }];
  });
  const missing = target.columns.find(({ field, header }) => field.required && !names.includes(header));
  if (missing) throw missingColumn(missing, line, cells);

  const known = new Set(target.columns.map(({ header }) => header));
  const unknown = names.flatMap((name, at) =>
    known.has(name) ? [] : [name === "" ? `(column ${at + 1}, no name)` : name],
  );
  return { width: cells.length, columns, unknown };
}

function missingColumn({ header }: ImportColumn, line: number, cells: readonly string[]): UnusableFile {
  const value = cells.join(",");
  const separator = cells.length === 1 ? /[;\t|]/.exec(value)?.[0] : undefined;
  const hint =
    separator === undefined ? "" : `: are the columns separated by ${JSON.stringify(separator)} instead of commas?`;
  return new UnusableFile(`is required and missing from the header${hint}`, { line, column: header, value });
}
