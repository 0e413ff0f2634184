import type { Socket } from "node:net";
import type { FastifyError, FastifyReply, FastifyRequest } from "fastify";
import { ERROR_STATUS, type ErrorCode, ServiceError } from "../kernel/service-error";
import { orUnavailable } from "../store/unavailable";
import { internalError, statusOf } from "./format-error";
import { RefusedRequest } from "./refusal";

/** What Fastify refuses by itself, in words for the client. */
const FASTIFY_FAULTS: Readonly<Record<string, { code: ErrorCode; status: number; message: string }>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: fault(413, "The request body is larger than 1 MiB."),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: fault(415, "The request body must be JSON: send `content-type: application/json`."),
  FST_ERR_CTP_INVALID_JSON_BODY: fault(400, "The request body is not valid JSON."),
  FST_ERR_CTP_EMPTY_JSON_BODY: fault(400, "The request body is empty."),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: fault(400, "The request body does not have the length that its header says."),
};

function fault(status: number, message: string) {
  return { code: "BAD_USER_INPUT", status, message } as const;
}

/**
 * Answers what is thrown outside of GraphQL operations in the same form as inside: `errors` with a code of the closed list, of
 * which `note` is told.
 */
export function sendError(
  error: FastifyError | Error,
  request: FastifyRequest,
  reply: FastifyReply,
  note?: (code: ErrorCode) => void,
): FastifyReply {
  const send = (code: ErrorCode, status: number, errors: readonly object[]): FastifyReply => {
    note?.(code);
    return reply.code(status).send({ errors });
  };
  // A client that went away in the middle of its body: nobody reads the answer, and it is no fault of the database.
  const thrown = request.raw.complete ? orUnavailable(error) : error;
  if (thrown instanceof RefusedRequest) {
    const status = statusOf(thrown.errors);
    if (status === ERROR_STATUS.UNAUTHENTICATED) reply.header("www-authenticate", "Bearer");
    return reply.code(status).send({ errors: thrown.errors });
  }
  if (thrown instanceof ServiceError) {
    if (thrown.status >= 500) request.log.error({ err: thrown, requestId: request.id }, thrown.message);
    if (thrown.code === "UNAUTHENTICATED") reply.header("www-authenticate", "Bearer");
    const { retryAfterSeconds } = thrown.details;
    if (typeof retryAfterSeconds === "number") reply.header("retry-after", String(retryAfterSeconds));
    const { code, status, message, details } = thrown;
    return send(code, status, [{ message, extensions: { ...details, code } }]);
  }
  const known = FASTIFY_FAULTS[(error as FastifyError).code] ?? requestFault(error, request.raw.complete);
  if (known) {
    return send(known.code, known.status, [{ message: known.message, extensions: { code: known.code } }]);
  }
  request.log.error({ err: error, requestId: request.id }, "unexpected error");
  return send("INTERNAL", ERROR_STATUS.INTERNAL, [internalError(request.id)]);
}

/** Other refusals of Fastify's own, e.g. a body with `__proto__`: the client's fault, but not worth wording each. */
function requestFault(error: FastifyError | Error, isComplete: boolean) {
  if (!isComplete) return fault(400, "The request body ended too early.");
  const status = "statusCode" in error ? (error.statusCode ?? 500) : 500;
  return status >= 400 && status < 500 ? fault(status, "The request is malformed.") : undefined;
}

/** Answers what is not even HTTP enough for Fastify: headers over 16 KiB (a huge token, say), NUL bytes in them, slow clients. */
export function clientErrorHandler(error: Error & { code?: string }, socket: Socket): void {
  if (error.code === "ECONNRESET" || !socket.writable) return;
  const [status, reason, message] =
    error.code === "HPE_HEADER_OVERFLOW"
      ? [431, "Request Header Fields Too Large", "The request headers are larger than 16 KiB."]
      : [400, "Bad Request", "The request is not well-formed HTTP."];
  const body = JSON.stringify({ errors: [{ message, extensions: { code: "BAD_USER_INPUT" } }] });
  socket.end(
    `HTTP/1.1 ${status} ${reason}\r\ncontent-type: application/json; charset=utf-8\r\n` +
      `content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  );
}
