import { createHash } from "node:crypto";
import { ContentTooLarge, inspectContent } from "../../documents/inspect-content";
import { fieldNamed } from "../../resources/resource";
import { type ContentSource, openContent, throwUnfit, tooLarge, UnfitContent } from "./content-file";
import type { ImportTarget } from "./import-target";
import type { Progress } from "./progress";
import type { Scratch, ScratchValue } from "./scratch";
import { addProblem, type Staged, tableOf, Verdict, valueIn } from "./staged-rows";

const ROWS_PER_QUERY = 200;

/**
 * Reads the contents that rows name and notes what they are, each by the functions that look at uploads; a row whose content cannot
 * be taken is bad. Nothing is stored: what the database has already is told by the digest, and need not be received again.
 */
export async function inspectContents(
  scratch: Scratch,
  staged: readonly Staged[],
  source: ContentSource | null,
  progress: Progress,
): Promise<void> {
  for (const { target, file } of staged) {
    if (target.content === null || file === null) continue;
    if (source === null) throw new Error(`nobody said where the contents of ${target.resource.plural} are`);
    progress.begin(`reading the files of ${file.name}`, file.rows);
    let done = 0;
    for (const row of namedFiles(scratch, target)) {
      await inspectOne(scratch, target, row, source);
      progress.at(++done);
    }
  }
}

/** A row that names a file; without a name for it where that cell is bad. */
interface NamedFile {
  readonly line: number;
  readonly path: string;
  readonly name: string | null;
}

/** In short queries, since the table is written to in between. */
function* namedFiles(scratch: Scratch, target: ImportTarget): Generator<NamedFile> {
  const path = valueIn(contentOf(target).file.field);
  const name = fieldNamed(target.resource, "fileName");
  const sql = `SELECT line, ${path} AS path, ${name ? valueIn(name) : "NULL"} AS name FROM ${tableOf("staged", target)}
    WHERE line > ? AND ${path} IS NOT NULL ORDER BY line LIMIT ${ROWS_PER_QUERY}`;
  for (let last = 0; ; ) {
    const rows = scratch.rows<NamedFile>(sql, [last]);
    yield* rows;
    const end = rows.at(-1);
    if (end === undefined) return;
    last = end.line;
  }
}

async function inspectOne(
  scratch: Scratch,
  target: ImportTarget,
  { line, path, name }: NamedFile,
  source: ContentSource,
): Promise<void> {
  const { file, found } = contentOf(target);
  const table = tableOf("staged", target);
  try {
    const values = await describe(source, path, name ?? "");
    const set = found.map(({ field }) => `${valueIn(field)} = ?`).join(", ");
    scratch.run(`UPDATE ${table} SET ${set} WHERE line = ?`, [
      ...found.map(({ field }) => said(values, field.name)),
      line,
    ]);
  } catch (error) {
    if (!(error instanceof UnfitContent)) throw error;
    const at = target.columns.indexOf(file);
    addProblem(scratch, target, Verdict.BAD_BY_ITSELF, {
      line,
      at,
      column: file.header,
      value: path,
      reason: error.message,
    });
    scratch.run(`UPDATE ${table} SET bad = ? WHERE line = ? AND bad = ?`, [Verdict.BAD_BY_ITSELF, line, Verdict.GOOD]);
  }
}

/** The columns that content decides, as an upload of it would. */
async function describe(
  source: ContentSource,
  path: string,
  fileName: string,
): Promise<Readonly<Record<string, ScratchValue>>> {
  const handle = await openContent(source, path);
  const inspected = inspectContent(handle.createReadStream(), source.mostBytes);
  const hash = createHash("sha256");
  let size = 0;
  try {
    for await (const piece of inspected.stream as AsyncIterable<Buffer>) {
      hash.update(piece);
      size += piece.length;
    }
  } catch (error) {
    throw error instanceof ContentTooLarge ? tooLarge(source.mostBytes) : throwUnfit(error);
  }
  return { mimeType: await inspected.mediaType(fileName), size, digest: hash.digest("hex") };
}

function said(values: Readonly<Record<string, ScratchValue>>, name: string): ScratchValue {
  const value = values[name];
  if (value === undefined) throw new Error(`content says nothing of ${name}`);
  return value;
}

function contentOf({ content, resource }: ImportTarget): NonNullable<ImportTarget["content"]> {
  if (content === null) throw new Error(`records of ${resource.name} have no content`);
  return content;
}
