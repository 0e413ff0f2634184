import type { RequestContext } from "../../context";
import type { Attached } from "../../resources/attachment";
import { receiveContent } from "../../resources/document/document-content";
import { CommandError } from "../run-command";
import { type ContentSource, openContent, UnfitContent } from "./content-file";
import type { ImportTarget } from "./import-target";
import type { Part } from "./plan-changes";
import type { Progress } from "./progress";
import type { Scratch } from "./scratch";
import { type Staged, tableOf, valueIn } from "./staged-rows";

/** What a part without contents comes to. */
export const NO_CONTENTS: Attached = { columns: {}, keep: async () => undefined, end: async () => undefined };

/**
 * Receives the contents that a part of the plan brings, as uploads are, before its transaction begins: a bucket can be slow, and the
 * write lock must not wait for it. Keep and end them as one; a crash leaves nothing that is not swept. NO_CONTENTS where there are none.
 *
 * @throws CommandError when a content is no longer what was inspected, or cannot be stored.
 */
export async function receiveContents(
  ctx: RequestContext,
  scratch: Scratch,
  staged: readonly Staged[],
  part: Part,
  source: ContentSource | null,
  progress: Progress,
): Promise<Attached> {
  const received: Attached[] = [];
  const replaced: (() => Promise<void>)[] = [];
  const all = allOf(received, replaced);
  try {
    for (const { target, file } of staged) {
      if (target.content === null || file === null || source === null) continue;
      const rows = broughtBy(scratch, target, part);
      if (rows.length > 0) progress.begin(`storing the files of ${file.name}`, rows.length);
      for (const [at, row] of rows.entries()) {
        received.push(await receive(ctx, row, source));
        const { before } = row;
        if (before !== null) replaced.push(async () => target.resource.attachment?.release(ctx, before));
        progress.at(at + 1);
      }
    }
    return received.length === 0 ? NO_CONTENTS : all;
  } catch (error) {
    await all.end(false);
    throw error;
  }
}

/** The last operation of a part that begins with `first` and should end with `last`, so that it brings at most `most` contents. */
export function lastWithContents(
  scratch: Scratch,
  staged: readonly Staged[],
  { first, last }: Pick<Part, "first" | "last">,
  most: number,
): number {
  const ends = staged.flatMap(({ target, file }) => {
    if (target.content === null || file === null) return [];
    const part = { first, last, number: null };
    const next = broughtBy(scratch, target, part, { limit: 1, offset: most })[0];
    return next === undefined ? [] : [next.seq - 1];
  });
  return Math.min(last, ...ends);
}

/** An operation that brings content, and the digest of what it replaces. */
interface Brought {
  readonly seq: number;
  readonly path: string;
  readonly name: string;
  readonly digest: string;
  readonly before: string | null;
}

function broughtBy(
  scratch: Scratch,
  target: ImportTarget,
  { first, last }: Part,
  { limit, offset }: { readonly limit: number; readonly offset: number } = { limit: -1, offset: 0 },
): Brought[] {
  if (target.content === null) return [];
  const digest = valueIn(target.content.digest);
  return scratch.rows<Brought>(
    `SELECT o.seq AS seq, s.${valueIn(target.content.file.field)} AS path, s.v_fileName AS name, p.${digest} AS digest, e.${digest} AS "before"
     FROM operation o JOIN ${tableOf("plan", target)} p ON p.line = o.line JOIN ${tableOf("staged", target)} s ON s.line = o.line
       LEFT JOIN ${tableOf("existing", target)} e ON e.id = p.id
     WHERE o.target = ? AND o.seq BETWEEN ? AND ? AND o.kind <> 'LINK' AND e.${digest} IS NOT p.${digest}
     ORDER BY o.seq LIMIT ? OFFSET ?`,
    [target.resource.name, first, last, limit, offset],
  );
}

async function receive(ctx: RequestContext, { path, name, digest }: Brought, source: ContentSource): Promise<Attached> {
  let attached: Attached;
  try {
    const handle = await openContent(source, path);
    attached = await receiveContent(ctx, handle.createReadStream(), name, source.mostBytes);
  } catch (error) {
    const what = error instanceof UnfitContent ? "" : "could not be stored: ";
    throw new CommandError(`the file ${JSON.stringify(path)} ${what}${(error as Error).message}; ${GO_ON}`, {
      cause: error,
    });
  }
  if (attached.columns["digest"] === digest) return attached;
  await attached.end(false);
  throw new CommandError(`the file ${JSON.stringify(path)} changed while the import was under way; ${GO_ON}`);
}

const GO_ON = "what is written stays, the rest is not: run the import again";

/** Contents that are kept and ended together; what the kept ones replace is let go at the end. */
function allOf(received: readonly Attached[], replaced: readonly (() => Promise<void>)[]): Attached {
  return {
    columns: {},
    async keep(tx) {
      for (const one of received) await one.keep(tx);
    },
    async end(isMade) {
      const failures: unknown[] = [];
      for (const one of received) await one.end(isMade).catch((error: unknown) => failures.push(error));
      for (const release of isMade ? replaced : []) await release();
      if (failures.length > 0) throw failures[0];
    },
  };
}
