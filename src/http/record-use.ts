import type { GraphQLRequestContext } from "@apollo/server";
import type { GraphQLFormattedError } from "graphql";
import type { ErrorCode } from "../kernel/service-error";
import { ANONYMOUS, INVALID } from "../usage/usage-recorder";
import type { Outcome } from "../usage/usage-tally";
import type { RequestState } from "./request-state";

const DENIALS: ReadonlySet<unknown> = new Set<ErrorCode>([
  "UNAUTHENTICATED",
  "FORBIDDEN",
  "FORBIDDEN_FIELD",
  "OUT_OF_SCOPE",
  "RATE_LIMITED",
]);

/** Counts an answered operation for the key that it came with, in memory. Requests without a key are not counted. */
export function recordUse({
  contextValue,
  response,
  operation,
  operationName,
}: GraphQLRequestContext<RequestState>): void {
  const { principal, usage, origin } = contextValue;
  if (principal.kind !== "API_KEY" || response.body?.kind !== "single") return;
  const name = operation ? (operationName ?? ANONYMOUS) : INVALID;
  usage.called(principal.apiKey.id, name, outcomeOf(response.body.singleResult.errors), origin);
}

/** What became of a request that was answered with these errors. A denial tells more than the errors beside it. */
export function outcomeOf(errors: readonly Pick<GraphQLFormattedError, "extensions">[] | undefined): Outcome {
  if (errors === undefined || errors.length === 0) return "ALLOWED";
  return errors.some(({ extensions }) => DENIALS.has(extensions?.code)) ? "DENIED" : "FAILED";
}
