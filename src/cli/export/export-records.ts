import type { GraphQLSchema } from "graphql";
import { type AuditAction, declaredAction } from "../../audit/audit-actions";
import { record } from "../../audit/record";
import type { RequestContext } from "../../context";
import type { Authenticated } from "../../http/request-state";
import type { Progress } from "../import/progress";
import type { Identify } from "./export-principal";
import { type ExportPage, type ExportRequest, readPages } from "./read-pages";

/** Where the rows of an export go; resolves when they are all there. */
export type WriteRows = (rows: AsyncIterable<readonly string[]>) => Promise<void>;

/**
 * Exports records, the header first, and returns how many there were.
 *
 * The audit trail says that an export begins before the first record leaves, and how many left when it is over, also when it failed
 * on the way; it names fields, never a value. An export that is refused from the start leaves neither a row nor an output.
 */
export async function exportRecords(
  ctx: RequestContext,
  schema: GraphQLSchema,
  identify: Identify,
  request: ExportRequest,
  write: WriteRows,
  progress: Progress,
): Promise<number> {
  const { resource, columns, filter, contents } = request;
  const pages = readPages(ctx, schema, identify, request);
  const first = await pages.next();
  if (first.done) throw new Error("an export has at least one page");
  const { who } = first.value;
  const what = { resource: resource.name, fields: columns.map(({ name }) => name), isFiltered: filter !== null };
  await audit(ctx, who, "export.begin", what);

  let count = 0;
  let isComplete = false;
  async function* rows(firstPage: ExportPage): AsyncGenerator<readonly string[]> {
    yield columns.map(({ header }) => header);
    let page = firstPage;
    for (;;) {
      for (const row of (await contents?.write(page.rows)) ?? page.rows) {
        count += 1;
        yield row;
      }
      progress.at(count);
      const next = await pages.next();
      if (next.done) return;
      page = next.value;
    }
  }

  progress.begin(`exporting ${resource.plural}`);
  try {
    await write(rows(first.value));
    isComplete = true;
  } finally {
    progress.end();
    await audit(ctx, who, declaredAction("export", resource.plural), { ...what, rows: count, isComplete });
  }
  return count;
}

function audit(ctx: RequestContext, who: Authenticated, action: AuditAction, after: object): Promise<void> {
  return ctx.store.transaction((tx) => record(tx, { ...ctx, ...who }, { action, after }));
}
