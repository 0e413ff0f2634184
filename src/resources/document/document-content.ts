import { Readable } from "node:stream";
import type { RequestContext } from "../../context";
import { cleanFileName } from "../../documents/file-name";
import { inspectContent } from "../../documents/inspect-content";
import { badInput } from "../../kernel/service-error";
import type { Attached, Attachment } from "../attachment";
import { required } from "../schema-declare";

/** Stages the content of a document that is to be made, at most `most` bytes. Whoever calls it ends what it returns. */
export async function receiveContent(
  ctx: RequestContext,
  source: Readable,
  fileName: string,
  most: number,
): Promise<Attached> {
  const inspected = inspectContent(source, most);
  const staged = await ctx.contents.stage(inspected.stream);
  try {
    const columns = {
      mimeType: await inspected.mediaType(fileName),
      size: staged.size,
      digest: staged.digest,
      createdAt: new Date(ctx.clock.now()).toISOString(),
    };
    return {
      columns,
      keep: (tx) => ctx.contents.keep(tx, staged),
      async end(isMade) {
        // On a cluster of databases another node's deletion of the same content may not have waited for the lock.
        if (isMade) await staged.keep();
        await staged.discard();
        if (!isMade) await ctx.contents.release(staged.digest);
      },
    };
  } catch (error) {
    await staged.discard();
    await ctx.contents.release(staged.digest);
    throw error;
  }
}

/** The content of documents, as `createDocument` takes it and `deleteDocument` lets it go. */
export const documentContent: Attachment = {
  members: [
    required(
      "content",
      () => String,
      "The content in Base64, of a file that fits into a request of 1 MiB. Larger ones are uploaded by `POST /documents`.",
    ),
  ],
  column: "digest",

  async receive(ctx, input) {
    const text = String(input["content"]);
    const bytes = Buffer.from(text, "base64");
    // Buffer passes over what is not Base64; the text must be what the bytes are written as.
    if (bytes.toString("base64") !== text)
      throw badInput("input.content", "must be Base64, padded and without line breaks");
    return receiveContent(ctx, Readable.from([bytes]), cleanFileName(String(input["fileName"])), bytes.length);
  },

  async release(ctx, digest) {
    try {
      await ctx.contents.release(digest);
    } catch (error) {
      // The document is gone; its content goes with the next sweep.
      ctx.log.error({ err: error, digest }, "content of a deleted document could not be removed yet");
    }
  },
};
