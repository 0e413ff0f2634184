import { shown, UnusableFile } from "./file-problem";
import { type ImportColumn, isNeeded } from "./import-column";
import type { ImportTarget } from "./import-target";
import type { CsvRecord } from "./read-csv";

/** A column with its place in a row; null where every row has the same text, `everywhere`, which the file does not say. */
export type HeaderColumn = ImportColumn & {
  readonly at: number | null;
  readonly everywhere?: string;
  /** Turns the cell into the text of this column, where the cell is another's. */
  readonly read?: (text: string) => string;
};

/** Texts of fields for every row of a file, by the name of the field. */
export type GivenValues = Readonly<Record<string, string | undefined>>;

/** What the first line of a file says. */
export interface Header {
  /** Number of cells that every row must have. */
  readonly width: number;
  /** The columns that are imported, each with its place in a row. */
  readonly columns: readonly HeaderColumn[];
  /** Names of columns that no field goes by; they are ignored. */
  readonly unknown: readonly string[];
}

/**
 * Reads the first line. Names count whatever their case and with or without underscores, hyphens and blanks, so that "Hire Date"
 * is `hire_date`. Throws `UnusableFile` on a column that occurs twice or required ones that are missing.
 */
export function readHeader(target: ImportTarget, { line, cells }: CsvRecord, given: GivenValues = {}): Header {
  const names = cells.map((cell) => cell.trim());
  const plain = names.map(plainName);
  const twice = names.find((name, at) => name !== "" && plain.indexOf(plain[at] as string) !== at);
  if (twice !== undefined) throw new UnusableFile(`the column ${readable(twice)} occurs twice`, { line });

  const columns = target.columns.flatMap((column): HeaderColumn[] => {
    const places = [column.header, ...column.aliases].map((name) => plain.indexOf(plainName(name)));
    const [at, other] = places.filter((place) => place !== -1);
    if (other !== undefined) throw new UnusableFile(`${names[at ?? 0]} and ${names[other]} are one column`, { line });
    const everywhere = given[column.field.name];
    if (everywhere === undefined) {
      return at === undefined
        ? standingIn(column, plain)
        : [{ ...column, header: headerAt(column, names[at] ?? ""), at }];
    }
    if (at === undefined) return [{ ...column, at: null, everywhere }];
    throw new UnusableFile(`has a column ${column.header} of its own: leave --${column.header} out`, { line });
  });
  const missing = target.columns.filter(
    (column) => isNeeded(column) && !columns.some(({ field }) => field === column.field),
  );
  if (missing.length > 0) throw missingColumns(missing, line, names);

  const derived = target.derived.map(plainName);
  const known = new Set([
    ...columns.map(({ at }) => at),
    ...plain.flatMap((name, at) => (derived.includes(name) ? [at] : [])),
  ]);
  const unknown = names.flatMap((name, at) =>
    known.has(at) ? [] : [name === "" ? `(column ${at + 1}, no name)` : name],
  );
  return { width: cells.length, columns, unknown };
}

/** A column that is not there by way of the one that stands in for it, if that is there. */
function standingIn(column: ImportColumn, plain: readonly string[]): HeaderColumn[] {
  const { standIn } = column;
  const at = standIn === undefined ? -1 : plain.indexOf(plainName(standIn.header));
  return standIn === undefined || at === -1 ? [] : [{ ...column, at, read: standIn.read }];
}

/** An alias as the file has it, so that messages name a column that is there. */
function headerAt({ header, aliases }: ImportColumn, name: string): string {
  return aliases.some((alias) => plainName(alias) === plainName(name)) ? name : header;
}

/** A name that differs from every other in nothing but letters and digits; one without any is as it stands. */
function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s_-]/g, "") || name;
}

const MOST_NAMES = 20;

function missingColumns(columns: readonly ImportColumn[], line: number, names: readonly string[]): UnusableFile {
  const headers = columns.map(({ header }) => header);
  const what =
    headers.length === 1 ? `the column ${headers[0]} is missing` : `the columns ${listOf(headers)} are missing`;
  const separator = names.length === 1 ? /[;\t|]/.exec(names[0] ?? "")?.[0] : undefined;
  const hint =
    separator === undefined ? "" : `: are the columns separated by ${JSON.stringify(separator)} instead of commas?`;
  const shownNames = names.slice(0, MOST_NAMES).map(readable);
  const found = [...shownNames, ...(names.length > MOST_NAMES ? ["…"] : [])].join(", ");
  return new UnusableFile(`${what}${hint || `; found: ${found}`}`, { line });
}

function listOf(names: readonly string[]): string {
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}

/** A name as it stands in a message: in quotes unless it is plainly a name, so that it cannot be mistaken or steer a terminal. */
function readable(name: string): string {
  return /^[\p{L}\p{N}_][\p{L}\p{N}_ -]*$/u.test(name) ? shown(name) : JSON.stringify(shown(name));
}
