import { type GraphQLRequest, type GraphQLRequestContext, type GraphQLResponse, HeaderMap } from "@apollo/server";
import { type DocumentNode, execute, type GraphQLFormattedError, type GraphQLSchema } from "graphql";
import { formatError, statusOf } from "./format-error";
import type { RequestState } from "./request-state";

/**
 * Runs an allowed operation on another schema than the one Apollo Server has: the principal's own for introspection, or a masked
 * one. `denials` come before the errors of running it; beside data they do not change the status, which is 200 then.
 */
export async function runOnSchema(
  schema: GraphQLSchema,
  operation: Pick<GraphQLRequestContext<RequestState>, "contextValue" | "document"> & {
    readonly request: Pick<GraphQLRequest, "variables" | "operationName">;
  },
  denials: readonly GraphQLFormattedError[] = [],
): Promise<GraphQLResponse> {
  const { contextValue: state, request } = operation;
  const result = await execute({
    schema,
    document: operation.document as DocumentNode,
    variableValues: request.variables,
    operationName: request.operationName,
    contextValue: state,
  });
  const failures = (result.errors ?? []).map((error) => formatError(error, state.origin.requestId, state.log));
  const errors = [...denials, ...failures];
  const status = result.data == null ? statusOf(failures) : 200;
  return single(status, { data: result.data, ...(errors.length > 0 && { errors }) });
}

/** A response with nothing but errors, under the status of the first. */
export function refuse(errors: readonly GraphQLFormattedError[]): GraphQLResponse {
  return single(statusOf(errors), { errors });
}

function single(
  status: number,
  singleResult: { data?: Record<string, unknown> | null | undefined; errors?: readonly GraphQLFormattedError[] },
): GraphQLResponse {
  return { http: { status, headers: new HeaderMap() }, body: { kind: "single", singleResult } };
}
