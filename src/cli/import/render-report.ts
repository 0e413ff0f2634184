import { basename } from "node:path";
import { CLOSES_CIRCLE } from "./check-cycles";
import type { FileProblem } from "./file-problem";
import type { FileReport, ImportReport } from "./import-report";
import { grouped } from "./progress";

/** What a run prints: `summary` on standard output, `complaints` on standard error, each of whole lines or empty. */
export interface RenderedReport {
  readonly summary: string;
  readonly complaints: string;
}

/** A report for somebody at a terminal; cell values are quoted, so that nothing in a file can steer the terminal. */
export function renderReport(report: ImportReport, seconds: number): RenderedReport {
  const complaints = report.files.flatMap((file) => [
    ...ignoredColumns(file),
    ...circlesOf(report, file),
    ...complaintsOf(report, file),
  ]);
  const summary = report.files.map((file) => `${basename(file.path)}: ${outcomeOf(report, file)}`);
  const end = report.isImported ? `Imported in ${seconds.toFixed(1)} s.` : refusal(report);
  return { summary: lines([...summary, end]), complaints: lines(complaints) };
}

function outcomeOf({ isImported }: ImportReport, file: FileReport): string {
  const { rows, created, updated, unchanged, bad, failure } = file;
  if (failure !== null) return "cannot be used";
  const counted = `${grouped(rows)} ${rows === 1 ? "row" : "rows"}`;
  const badRows = bad === 0 ? "" : `, ${grouped(bad)} bad`;
  if (!isImported && created + updated === 0) return `${counted}${badRows}, not imported`;
  const skipped = bad === 0 ? "" : `, ${grouped(bad)} bad and skipped`;
  return `${counted}: ${grouped(created)} created, ${grouped(updated)} updated, ${grouped(unchanged)} unchanged${skipped}`;
}

function refusal({ files }: ImportReport): string {
  const atFault = files.filter(({ bad, failure }) => bad > 0 || failure !== null).map(({ path }) => basename(path));
  const hasWritten = files.some(({ created, updated }) => created + updated > 0);
  const state = hasWritten ? "The import stopped half way" : "Nothing was imported";
  if (files.some(({ failure }) => failure !== null)) return `${state}, because of ${atFault.join(" and ")}.`;
  const hasCircle = files.some(({ problems }) => problems.some(({ reason }) => reason.startsWith(CLOSES_CIRCLE)));
  const circles = hasCircle ? " --allow-circles imports circles as they are." : "";
  const hint = ` Mend them, or import the good rows with --skip-invalid.${circles}`;
  return `${state}, because of ${atFault.join(" and ")}.${hint}`;
}

function complaintsOf({ isImported }: ImportReport, file: FileReport): string[] {
  const name = basename(file.path);
  if (file.failure !== null) return [`${name}: ${problemText(file.failure)}`];
  if (file.bad === 0) return [];
  const rows = `${grouped(file.bad)} bad ${file.bad === 1 ? "row" : "rows"} of ${grouped(file.rows)}`;
  return [`${name}: ${rows}${isImported ? " skipped" : ""}`, ...listed(file.problems, file.bad, "bad rows")];
}

function circlesOf({ isImported }: ImportReport, { path, circular, circles }: FileReport): string[] {
  if (!isImported || circular === 0) return [];
  const heading = `${basename(path)}: ${grouped(circular)} rows lie on a circle, which was imported as it is`;
  return [heading, ...listed(circles, circular, "of them")];
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
