import type { GraphQLRequestContext, GraphQLResponse } from "@apollo/server";
import type { GraphQLFormattedError } from "graphql";
import { ERROR_STATUS, type ErrorCode } from "../kernel/service-error";
import { ANONYMOUS, INVALID } from "../usage/usage-recorder";
import type { Outcome } from "../usage/usage-tally";
import type { OperationOutcome, RequestState } from "./request-state";

/** The answer, as far as its outcome shows in it. */
interface Answered {
  readonly response: Pick<GraphQLResponse, "body"> | Pick<GraphQLRequestContext<RequestState>["response"], "body">;
}

const DENIALS: ReadonlySet<unknown> = new Set<ErrorCode>([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "FORBIDDEN_FIELD",
  "OUT_OF_SCOPE",
  "RATE_LIMITED",
]);

/** Notes how an operation was answered, and counts it for the key that it came with, if any; both in memory. */
export function recordUse({
  contextValue,
  response,
  operation,
  operationName,
}: Pick<GraphQLRequestContext<RequestState>, "contextValue" | "operation" | "operationName"> & Answered): void {
  const { principal, usage, origin } = contextValue;
  if (response.body?.kind !== "single") return;
  const { errors } = response.body.singleResult;
  contextValue.counted.outcome = {
    kind: kindOf(operation),
    code: errors?.[0] === undefined ? "OK" : codeOf(errors[0]),
  };
  if (principal.kind !== "API_KEY") return;
  const name = operation ? (operationName ?? ANONYMOUS) : INVALID;
  usage.called(principal.apiKey.id, name, outcomeOf(errors), origin);
}

function kindOf(operation: GraphQLRequestContext<RequestState>["operation"]): OperationOutcome["kind"] {
  if (!operation) return "unreadable";
  return operation.operation === "mutation" ? "mutation" : "query";
}

function codeOf({ extensions }: GraphQLFormattedError): ErrorCode {
  const code = extensions?.code as ErrorCode;
  return Object.hasOwn(ERROR_STATUS, code) ? code : "INTERNAL";
}

/** What became of a request that was answered with these errors. A denial tells more than the errors beside it. */
export function outcomeOf(errors: readonly Pick<GraphQLFormattedError, "extensions">[] | undefined): Outcome {
  if (errors === undefined || errors.length === 0) return "ALLOWED";
  return errors.some(({ extensions }) => DENIALS.has(extensions?.code)) ? "DENIED" : "FAILED";
}
