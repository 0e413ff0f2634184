import { basename } from "node:path";
import type { FileProblem } from "./file-problem";
import type { FileReport, ImportReport, RowNotes } from "./import-report";
import { grouped } from "./progress";

/** What a run prints on each stream, of whole lines or empty. */
export interface RenderedReport {
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A report for somebody at a terminal; cell values are quoted, so that nothing in a file can steer the terminal.
 *
 * What is wrong comes first, then what is worth knowing, on standard error; then what became of each file, on standard output.
 * When nothing came in, that is on standard error too: a failed run has one place where everything stands.
 */
export function renderReport(report: ImportReport, seconds: number): RenderedReport {
  const { files, isImported } = report;
  const told = [
    ...files.flatMap((file) => complaintsOf(report, file)),
    ...files.flatMap((file) => [
      ...ignoredColumns(file),
      ...assumedValues(file),
      ...file.notes.flatMap((notes) => notesOf(file, notes)),
    ]),
  ];
  const outcome = files.flatMap((file) => outcomeOf(report, file));
  if (!isImported) return { stdout: "", stderr: lines([...told, ...outcome, refusal(report)]) };
  return { stdout: lines([...outcome, `Imported in ${seconds.toFixed(1)} s.`]), stderr: lines(told) };
}

/** Nothing for a file that cannot be used: why not is said already. */
function outcomeOf({ isImported }: ImportReport, file: FileReport): string[] {
  const { rows, created, updated, unchanged, bad, failure } = file;
  if (failure !== null) return [];
  const counted = `${basename(file.path)}: ${grouped(rows)} ${rows === 1 ? "row" : "rows"}`;
  if (!isImported && created + updated === 0) {
    return [`${counted}${bad === 0 ? "" : `, ${grouped(bad)} bad`}, not imported`];
  }
  const skipped = bad === 0 ? "" : `, ${grouped(bad)} bad and skipped`;
  const written = `${grouped(created)} created, ${grouped(updated)} updated, ${grouped(unchanged)} unchanged`;
  return [`${counted}: ${written}${skipped}`];
}

function refusal({ files }: ImportReport): string {
  const atFault = files.filter(({ bad, failure }) => bad > 0 || failure !== null).map(({ path }) => basename(path));
  const hasWritten = files.some(({ created, updated }) => created + updated > 0);
  const state = hasWritten ? "The import stopped half way" : "Nothing was imported";
  const because = `${state}, because of ${atFault.join(" and ")}.`;
  if (files.some(({ failure }) => failure !== null)) return because;
  const hasGood = files.some(({ rows, bad }) => rows > bad);
  return hasGood
    ? `${because} Mend the bad rows, or import the good ones with --skip-invalid.`
    : `${because} Not one row is good.`;
}

function complaintsOf({ isImported }: ImportReport, file: FileReport): string[] {
  const name = basename(file.path);
  if (file.failure !== null) return [`${name}: ${problemText(file.failure)}`];
  if (file.bad === 0) return [];
  const rows = `${grouped(file.bad)} bad ${file.bad === 1 ? "row" : "rows"} of ${grouped(file.rows)}`;
  return [`${name}: ${rows}${isImported ? " skipped" : ""}`, ...listed(file.problems, file.bad, "bad rows")];
}

/** Managers are the one relation that must not go in circles. */
const ABOUT: Readonly<Record<RowNotes["about"], (isOne: boolean) => string>> = {
  LEFT_OUT: (isOne) => `${isOne ? "row names" : "rows name"} a skipped row, imported without that`,
  CIRCLE: (isOne) => `${isOne ? "row lies" : "rows lie"} on a circle of managers, imported as they are`,
};

function notesOf({ path }: FileReport, { about, rows, first }: RowNotes): string[] {
  return [`${basename(path)}: ${grouped(rows)} ${ABOUT[about](rows === 1)}`, ...listed(first, rows, "of them")];
}

function listed(problems: readonly FileProblem[], all: number, what: string): string[] {
  const named = new Set(problems.map(({ line }) => line)).size;
  const rest = all > named ? [`  … and ${grouped(all - named)} more ${what}`] : [];
  return [...problems.map((problem) => `  ${problemText(problem)}`), ...rest];
}

function ignoredColumns({ path, unknownColumns }: FileReport): string[] {
  if (unknownColumns.length === 0) return [];
  const names = unknownColumns.map((name) => JSON.stringify(name)).join(", ");
  return [`${basename(path)}: ignored, since no field is called so: ${names}`];
}

function assumedValues({ path, assumed }: FileReport): string[] {
  return assumed.map(
    ({ column, value }) => `${basename(path)}: there is no column ${column}: new records got ${JSON.stringify(value)}`,
  );
}

function problemText({ line, column, value, reason }: FileProblem): string {
  const place = [
    line === null ? "" : `line ${line}`,
    column === null ? "" : `column ${column}`,
    value === null ? "" : `value ${JSON.stringify(value)}`,
  ].filter((part) => part !== "");
  return place.length === 0 ? reason : `${place.join(", ")}: ${reason}`;
}

function lines(texts: readonly string[]): string {
  return texts.map((text) => `${text}\n`).join("");
}
