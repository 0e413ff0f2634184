import { Command } from "commander";
import type { Booted } from "../boot";
import type { RequestContext } from "../context";
import { OperationFailed } from "../http/run-operation";
import { resources } from "../registry";
import type { Resource } from "../resources/resource";
import { createUsageRecorder, type UsageRecorder } from "../usage/usage-recorder";
import { type ContentsFolder, contentsFolder } from "./export/contents-folder";
import { askedColumns, contentColumn, differInRows, type ExportColumn, readableColumns } from "./export/export-columns";
import { asKey, asOperator, type Identify } from "./export/export-principal";
import { exportRecords } from "./export/export-records";
import { readKey } from "./export/read-key";
import { writeToFile, writeToOutput } from "./export/write-csv";
import { grouped, noProgress, terminalProgress } from "./import/progress";
import { CommandError, withDatabase } from "./run-command";

interface Options {
  readonly out?: string;
  readonly keyFile?: string;
  readonly application?: string;
  readonly deviceId?: string;
  readonly fields?: string;
  readonly filter?: string;
  readonly contentsTo?: string;
  readonly excelSafe?: boolean;
}

/** Not a name that a document can give an operation, so that it stands for exports alone in the use of a key. */
const USE = "(export)";

/** `latchkey export`: records as CSV that `latchkey import` takes back, of everything or of what one API key reads. */
export function exportCommand(): Command {
  return new Command("export")
    .description(
      "write records as CSV that `import` takes back (documents with --contents-to): all of them, or with a key exactly what it may read",
    )
    .argument("<resource>", resources.map(({ plural }) => plural).join(", "))
    .option("--out <file>", "file to write, which appears when it is complete; standard output when left out")
    .option(
      "--key-file <file>",
      "file with an API key whose permissions bind the export; - asks, or reads standard input",
    )
    .option(
      "--contents-to <folder>",
      "for documents: folder to write their contents to, named in a column file; with a key, of what it may download",
    )
    .option("--fields <names>", "fields to write, with commas between; all, or all that the key reads, when left out")
    .option("--filter <json>", 'which records, as in the API, e.g. \'{"lastName": {"startsWith": "K"}}\'')
    .option(
      "--excel-safe",
      "for spreadsheets and not for import: formulas are defused by a quote before them, with a BOM",
    )
    .option("--application <name>", "the application that the key is bound to")
    .option("--device-id <id>", "the device that the key is bound to")
    .action((name: string, options: Options) => withDatabase((booted) => run(booted, name, options)));
}

async function run(booted: Booted, name: string, options: Options): Promise<void> {
  const { operator } = booted;
  const resource = resourceCalled(name);
  const filter = options.filter === undefined ? null : filterOf(options.filter);
  const contents = contentsTo(operator, resource, options.contentsTo);
  const { identify, usage } = await principalOf(booted, options);
  let apiKeyId: string | null = null;
  try {
    const who = await identify();
    if (who.principal.kind === "API_KEY") apiKeyId = who.principal.apiKey.id;
    const readable = readableColumns(resource, operator.index, who.scope);
    const described =
      options.fields === undefined ? someOf(resource, readable) : askedColumns(resource, options.fields, readable);
    const columns = [...described, ...contents.columns];
    if (differInRows(columns, operator.index, who.scope)) process.stderr.write(ROWS_DIFFER);
    const form = { isExcelSafe: options.excelSafe ?? false, columns: columns.length };
    const { out } = options;
    const progress = out !== undefined && process.stderr.isTTY ? terminalProgress(process.stderr) : noProgress;
    const count = await exportRecords(
      operator,
      booted.schema.executable,
      identify,
      { resource, columns, filter, ...contents.folder },
      (rows) => (out === undefined ? writeToOutput(rows, form) : writeToFile(rows, form, out)),
      progress,
    );
    if (apiKeyId !== null) usage.called(apiKeyId, USE, "ALLOWED", operator.origin);
    if (out !== undefined) process.stdout.write(`${out}: ${grouped(count)} ${count === 1 ? "row" : "rows"}\n`);
  } catch (error) {
    if (!(error instanceof OperationFailed)) throw error;
    const isDenied = error.errors.some(({ extensions }) => String(extensions?.["code"]).startsWith("FORBIDDEN"));
    if (apiKeyId !== null) usage.called(apiKeyId, USE, isDenied ? "DENIED" : "FAILED", operator.origin);
    throw new CommandError(error.errors.map(({ message }) => message).join("\nlatchkey: "));
  } finally {
    await usage.close();
  }
}

const ROWS_DIFFER =
  "latchkey: not all of these fields are granted on the same rows: only rows on which all of them are granted are written; " +
  "name fewer by --fields to get more rows\n";

async function principalOf(
  { operator }: Booted,
  { keyFile, application, deviceId }: Options,
): Promise<{ identify: Identify; usage: UsageRecorder }> {
  if (keyFile === undefined && (application ?? deviceId) !== undefined) {
    throw new CommandError("--application and --device-id are about a key: give one by --key-file");
  }
  const token = keyFile === undefined ? null : await readKey(keyFile);
  const usage = createUsageRecorder(operator.store, operator.clock, operator.log);
  const claims = { application: application ?? null, deviceId: deviceId ?? null };
  return { identify: token === null ? asOperator(operator) : asKey(operator, token, claims, usage), usage };
}

function resourceCalled(name: string): Resource {
  const plain = (text: string): string => text.toLowerCase().replace(/[_-]/g, "");
  const found = resources.find((resource) =>
    [resource.plural, resource.name].some((own) => plain(own) === plain(name)),
  );
  if (found) return found;
  const known = resources.map(({ plural }) => plural).join(", ");
  throw new CommandError(`there are no records called ${JSON.stringify(name.slice(0, 60))}; choose of ${known}`);
}

/** What `--contents-to` adds to an export; nothing where it is not given. */
function contentsTo(
  ctx: RequestContext,
  resource: Resource,
  path: string | undefined,
): { readonly columns: readonly ExportColumn[]; readonly folder: { readonly contents?: ContentsFolder } } {
  if (path === undefined) return { columns: [], folder: {} };
  const column = contentColumn(resource);
  if (column === null) throw new CommandError("--contents-to is about documents: no other records have contents");
  return { columns: [column], folder: { contents: contentsFolder(ctx, resource, path) } };
}

/** Without a single readable field the operation asks for the id, so that its refusal says what is missing. */
function someOf(resource: Resource, readable: readonly ExportColumn[]): readonly ExportColumn[] {
  return readable.length > 0 ? readable : askedColumns(resource, "id", []);
}

function filterOf(text: string): Readonly<Record<string, unknown>> {
  let filter: unknown;
  try {
    filter = JSON.parse(text);
  } catch (error) {
    throw new CommandError(`--filter is not JSON: ${(error as Error).message}`);
  }
  if (typeof filter === "object" && filter !== null && !Array.isArray(filter)) return filter as Record<string, unknown>;
  throw new CommandError("--filter must be a JSON object of conditions");
}
