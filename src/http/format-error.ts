import { unwrapResolverError } from "@apollo/server/errors";
import { GraphQLError, type GraphQLFormattedError } from "graphql";
import type { Logger } from "pino";
import { ERROR_STATUS, type ErrorCode, ServiceError } from "../kernel/service-error";
import { orUnavailable } from "../store/unavailable";

/** Codes that Apollo Server gives to requests it cannot make sense of; clients of Latchkey meet the closed list only. */
const REQUEST_FAULTS = new Set([
  "GRAPHQL_PARSE_FAILED",
  "GRAPHQL_VALIDATION_FAILED",
  "BAD_REQUEST",
  "BAD_USER_INPUT",
  "OPERATION_RESOLUTION_FAILURE",
  "PERSISTED_QUERY_NOT_SUPPORTED",
  "PERSISTED_QUERY_NOT_FOUND",
]);

/**
 * The one place where an error becomes what a client reads.
 *
 * A `ServiceError` tells its code, message and details. A fault of the request itself is BAD_USER_INPUT. Everything else is a
 * defect: it is logged with its cause and reaches the client as INTERNAL with the request id and nothing else.
 */
export function formatError(error: unknown, requestId: string, log: Logger): GraphQLFormattedError {
  const thrown = orUnavailable(unwrapResolverError(error));
  const position = error instanceof GraphQLError ? positionOf(error) : {};
  if (thrown instanceof ServiceError) {
    if (thrown.code === "UNAVAILABLE" || thrown.code === "INTERNAL")
      log.error({ err: thrown, requestId }, thrown.message);
    return { message: thrown.message, ...position, extensions: { ...thrown.details, code: thrown.code } };
  }
  if (error instanceof GraphQLError) {
    const { code } = error.extensions;
    const tokens = /^Syntax Error: Document contains more tha[nt] (\d+) tokens/.exec(error.message)?.[1];
    if (tokens !== undefined) {
      const message = `The document has more than ${tokens} tokens.`;
      return { message, extensions: { code: "QUERY_TOO_COSTLY", limit: "tokens" } };
    }
    if (typeof code === "string" && REQUEST_FAULTS.has(code)) {
      return { message: error.message, ...position, extensions: { ...fieldOf(error), code: "BAD_USER_INPUT" } };
    }
  }
  log.error({ err: thrown, requestId }, "unexpected error");
  return internalError(requestId);
}

/** What a client learns of a defect. */
export function internalError(requestId: string): GraphQLFormattedError {
  return {
    message: "Something went wrong here. The operator finds it in the log under this request id.",
    extensions: { code: "INTERNAL", requestId },
  };
}

/** HTTP status for a response that carries no data, by its first error. */
export function statusOf(errors: readonly GraphQLFormattedError[]): number {
  const code = errors[0]?.extensions?.code as ErrorCode | undefined;
  return (code && ERROR_STATUS[code]) ?? 500;
}

function positionOf(error: GraphQLError): Pick<GraphQLFormattedError, "locations" | "path"> {
  return { ...(error.locations && { locations: error.locations }), ...(error.path && { path: error.path }) };
}

function fieldOf(error: GraphQLError): { field?: unknown } {
  return error.extensions.field === undefined ? {} : { field: error.extensions.field };
}
