import contentDisposition from "content-disposition";
import type { FastifyReply, FastifyRequest } from "fastify";
import parseRange from "range-parser";
import { planOf } from "../access/action-plan";
import { decide } from "../access/decide";
import { Action } from "../access/grant";
import { bindPlan } from "../access/plan";
import type { RefusalTrail } from "../audit/refusal-trail";
import type { ByteRange } from "../documents/content-store";
import { notFound } from "../kernel/service-error";
import { document } from "../resources/document/document.resource";
import { readColumns } from "../resources/read-columns";
import { noteRefusedRequest } from "./audit-refusals";
import { HttpFault } from "./http-fault";
import { RefusedRequest, refusalErrors } from "./refusal";
import type { RequestState } from "./request-state";

/** The coordinate that stands for a document's content; it needs DOWNLOAD, and READ of nothing. */
const CONTENT = "Document.contentPath";

interface Stored {
  readonly fileName: string;
  readonly mimeType: string;
  readonly size: number;
  readonly digest: string;
}

/**
 * `GET` and `HEAD /documents/:id/content`: the content, or one range of it, to whoever may DOWNLOAD the document; NOT_FOUND where the
 * principal's rows of DOWNLOAD do not reach it, as for an id that is nobody's.
 */
export async function downloadDocument(
  trail: RefusalTrail,
  state: RequestState,
  request: FastifyRequest<{ Params: { id: string } }>,
  reply: FastifyReply,
): Promise<FastifyReply> {
  requireDownload(trail, state);
  const { id } = request.params;
  const columns = ["fileName", "mimeType", "size", "digest"] as const;
  const found = await readColumns<Stored>(state, document, id, Action.DOWNLOAD, columns);
  if (found === null) throw notFound("document");

  const etag = `"${found.digest}"`;
  if (matches(request.headers["if-none-match"], etag)) return reply.header("etag", etag).code(304).send();
  const range = rangeOf(request, reply, found.size, etag);
  const content = await state.contents.open(found.digest, range ?? undefined);
  // Thrown plainly: a defect of the installation, told to the log and to nobody else.
  if (content === null) throw new Error(`the content of document ${id} is missing: ${found.digest}`);

  if (range !== null) reply.code(206).header("content-range", `bytes ${range.first}-${range.last}/${found.size}`);
  reply
    .header("etag", etag)
    .header("accept-ranges", "bytes")
    .header("content-type", found.mimeType.startsWith("text/") ? `${found.mimeType}; charset=utf-8` : found.mimeType)
    .header("content-disposition", contentDisposition(found.fileName))
    // Beside `nosniff` and `no-store`, which every answer has: what a browser opens all the same, it runs nothing of.
    .header("content-security-policy", "sandbox; default-src 'none'; frame-ancestors 'none'")
    .header("cross-origin-resource-policy", "same-origin")
    .header("content-length", String(range === null ? found.size : range.last - range.first + 1));
  if (request.method === "HEAD") {
    content.destroy();
    return reply.send();
  }
  return reply.send(content);
}

function requireDownload(trail: RefusalTrail, state: RequestState): void {
  const bound = bindPlan(planOf(state.index, [CONTENT]), {});
  const decision = decide(bound, state.scope, state.ownerScope);
  if (!decision.allowed) {
    const errors = refusalErrors(decision.refusals, state);
    noteRefusedRequest(trail, state, decision.refusals, String(errors[0]?.extensions?.["code"]));
    throw new RefusedRequest(errors);
  }
  state.bound = bound;
}

/** If-None-Match compares weakly (RFC 9110, 13.1.2); `*` matches whatever there is. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.split(",").some((tag) => tag.trim() === "*" || tag.trim().replace(/^W\//, "") === etag);
}

/**
 * The one range that is asked for; null for all of it: without the header, for a header of another form and for several ranges, which RFC
 * 9110 (14.2) lets a server ignore, and where If-Range names another content. 416 when it lies beyond the content.
 */
function rangeOf(request: FastifyRequest, reply: FastifyReply, size: number, etag: string): ByteRange | null {
  const { range: header, "if-range": condition } = request.headers;
  if (header === undefined || request.method !== "GET") return null;
  if (condition !== undefined && condition !== etag) return null;
  const ranges = parseRange(size, header, { combine: true });
  if (ranges === -1) {
    reply.header("content-range", `bytes */${size}`);
    throw new HttpFault(416, `The content has ${size} bytes: the range lies beyond them.`, "Range");
  }
  const [only] = ranges === -2 || ranges.type !== "bytes" ? [] : ranges;
  return only === undefined || (ranges as readonly object[]).length > 1 ? null : { first: only.start, last: only.end };
}
