import { basename } from "node:path";
import { newId } from "../../kernel/id";
import type { ParsedText, ResourceField } from "../../resources/field";
import { type FileProblem, UnusableFile } from "./file-problem";
import type { ImportColumn } from "./import-column";
import type { ImportTarget } from "./import-target";
import { makeKeys } from "./match-rows";
import type { Progress } from "./progress";
import { type CsvRecord, readCsv } from "./read-csv";
import { type GivenValues, type Header, type HeaderColumn, readHeader } from "./read-header";
import type { Scratch, ScratchValue } from "./scratch";
import {
  addProblem,
  addProblems,
  createStagedTable,
  hasKeyColumn,
  keyIn,
  type Staged,
  tableOf,
  Verdict,
  valueIn,
} from "./staged-rows";

/** Characters of one cell at most. */
const LONGEST_CELL = 64 * 1024;
const ROWS_PER_INSERT = 40;
const NOTHING: ParsedText = { value: null };

/**
 * Reads a file into its scratch table, each cell by the rules of its field, which are the API's. Bad rows are noted and reading
 * goes on, so that all of them are reported at once; a file that cannot be used at all is noted as its `failure`.
 */
export async function stageFile(
  scratch: Scratch,
  target: ImportTarget,
  path: string,
  progress: Progress,
  given: GivenValues = {},
): Promise<Staged> {
  progress.begin(`reading ${basename(path)}`);
  let header: Header | null = null;
  let rows = 0;
  let failure: FileProblem | null = null;
  try {
    let stage: RowWriter | null = null;
    for await (const record of readCsv(path)) {
      if (!header || !stage) {
        header = readHeader(target, record, given);
        createStagedTable(scratch, target, [...header.columns, ...(target.content?.found ?? [])]);
        stage = new RowWriter(scratch, target, header);
        continue;
      }
      stage.add(record);
      progress.at(++rows);
    }
    if (!stage) throw new UnusableFile("is empty: not even a header");
    stage.flush();
  } catch (error) {
    if (!(error instanceof UnusableFile)) throw error;
    failure = error.problem;
  }
  const columns = header === null ? [] : writtenColumns(target, header);
  const missing = target.columns.filter(({ field }) => !columns.some((column) => column.field === field));
  const assumed = missing.flatMap((column) =>
    column.assumed === undefined ? [] : [{ column, value: column.assumed }],
  );
  if (failure === null) {
    if (hasKeyColumn(target)) makeKeys(scratch, target);
    if (!target.isRepeatable) findDuplicates(scratch, target, columns);
  }
  return {
    target,
    columns,
    file: { path, name: basename(path), rows, unknownColumns: header?.unknown ?? [], assumed, failure },
  };
}

/** Content is not written to the table, and what it says of itself is. */
function writtenColumns({ content }: ImportTarget, { columns }: Header): readonly ImportColumn[] {
  if (content === null) return columns;
  return [...columns.filter(({ field }) => field !== content.file.field), ...content.found];
}

/** The place in a run of a resource that no file was given for, so that others can refer to its records. */
export function stageNothing(scratch: Scratch, target: ImportTarget): Staged {
  const columns = target.columns.filter(({ field }) => target.key.includes(field));
  createStagedTable(scratch, target, columns);
  return { target, columns, file: null };
}

/** Checks rows and inserts them, many at a time. */
class RowWriter {
  private waiting: ScratchValue[] = [];
  private readonly width: number;
  private readonly key: number;
  private readonly into: string;

  constructor(
    private readonly scratch: Scratch,
    private readonly target: ImportTarget,
    private readonly header: Header,
  ) {
    this.width = 3 + header.columns.length;
    // What is known by several fields is referred to by nobody, and so needs no key of a broken row.
    this.key = hasKeyColumn(target) ? -1 : header.columns.findIndex(({ field }) => field === target.key[0]);
    const names = header.columns.map(({ field }) => valueIn(field));
    this.into = `${tableOf("staged", target)} (${["line", "id", "bad", ...names].join(", ")})`;
  }

  add(record: CsvRecord): void {
    const { cells, line } = record;
    const { columns, width } = this.header;
    if (cells.length !== width) {
      this.refuse(line, null, cells.join(","), `has ${cells.length} cells where the header has ${width}`);
      this.insert(
        line,
        Verdict.RAGGED,
        columns.map((column, at) => (at === this.key ? brokenKey(column, cells) : null)),
      );
      return;
    }
    const values: ScratchValue[] = [];
    let isBad = false;
    for (const column of columns) {
      const cell = column.everywhere ?? (cells[column.at as number] as string);
      const text = column.read?.(cell) ?? cell;
      const read = readCell(column, text);
      values.push(typeof read === "object" && read !== null ? null : read);
      if (typeof read === "object" && read !== null) {
        isBad = true;
        this.refuse(line, column, text, read.problem);
      }
    }
    isBad = this.leadsToItself(line, values) || isBad;
    this.insert(line, isBad ? Verdict.BAD_BY_ITSELF : Verdict.GOOD, values);
  }

  private insert(line: number, verdict: number, values: readonly ScratchValue[]): void {
    this.waiting.push(line, newId(), verdict, ...values);
    if (this.waiting.length === ROWS_PER_INSERT * this.width) this.flush();
  }

  flush(): void {
    if (this.waiting.length === 0) return;
    const row = `(${Array(this.width).fill("?").join(", ")})`;
    const rows = Array(this.waiting.length / this.width).fill(row);
    this.scratch.run(`INSERT INTO ${this.into} VALUES ${rows.join(", ")}`, this.waiting);
    this.waiting = [];
  }

  private leadsToItself(line: number, values: readonly ScratchValue[]): boolean {
    const key = values[this.key];
    const column = this.header.columns.find(
      ({ field }, at) =>
        field.acyclic && field.target === this.target.resource.name && key != null && values[at] === key,
    );
    if (column) this.refuse(line, column, String(key), "must not be the record itself");
    return column !== undefined;
  }

  private refuse(line: number, column: ImportColumn | null, value: string, reason: string): void {
    const at = column === null ? -1 : this.target.columns.findIndex(({ field }) => field === column.field);
    const problem = { line, at, column: column?.header ?? null, value, reason };
    addProblem(this.scratch, this.target, Verdict.BAD_BY_ITSELF, problem);
  }
}

function readCell({ field, rules, never }: ImportColumn, text: string): ScratchValue | { readonly problem: string } {
  if (text.length > LONGEST_CELL) return { problem: `must have at most ${LONGEST_CELL} characters` };
  const parsed = never.includes(text) ? NOTHING : rules.parseText(text);
  if ("problem" in parsed) return parsed;
  return parsed.value === null && field.required ? { problem: "is required" } : parsed.value;
}

/** The key of a row that has too many or too few cells, as far as it can be told: no value is better than a wrong one. */
function brokenKey(column: HeaderColumn, cells: readonly string[]): ScratchValue {
  const read = readCell(column, cells[column.at ?? cells.length] ?? "");
  return typeof read === "object" ? null : read;
}

/** The first row of each key counts; the others are bad. Whose key is in doubt counts for nothing. */
function findDuplicates(scratch: Scratch, target: ImportTarget, columns: readonly ImportColumn[]): void {
  const table = tableOf("staged", target);
  const last = target.key[target.key.length - 1] as ResourceField;
  const column = columns.find(({ field }) => field === last);
  if (!column) throw new Error(`${table} has no key`);
  const key = keyIn(target);
  const isSure = `bad <> ${Verdict.RAGGED}`;
  const owner = target.key.length > 1 ? target.key[0].name : null;
  const sameOwner = owner === null ? "" : `, for the same ${owner}`;
  scratch.exec(`CREATE INDEX ${table}_key ON ${table} (${key})`);
  addProblems(
    scratch,
    target,
    column,
    Verdict.DUPLICATE,
    `SELECT s.line, s.${valueIn(last)} AS value, 'is on line ' || d.first || ' already${sameOwner}' AS reason FROM ${table} s JOIN
       (SELECT ${key}, min(line) AS first FROM ${table} WHERE ${key} IS NOT NULL AND ${isSure} GROUP BY ${key} HAVING count(*) > 1) d
       ON d.${key} = s.${key} AND s.line > d.first AND s.${isSure}`,
  );
}
