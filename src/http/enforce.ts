import {
  type ApolloServerPlugin,
  type GraphQLRequest,
  type GraphQLRequestContext,
  type GraphQLResponse,
  HeaderMap,
} from "@apollo/server";
import {
  type DocumentNode,
  execute,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  validate,
} from "graphql";
import { decide } from "../access/decide";
import { explainInvalidDocument, explainInvalidVariables } from "../access/explain-invalid";
import { bindPlan } from "../access/plan";
import type { RefusalTrail } from "../audit/refusal-trail";
import { type AskedFor, noteRefusedChange, noteRefusedOperation } from "./audit-refusals";
import { formatError, statusOf } from "./format-error";
import { recordUse } from "./record-use";
import { refusalErrors } from "./refusal";
import type { RequestState } from "./request-state";

/**
 * What clients read of errors under way. Apollo Server formats without knowing the request, so the plugin, which knows it, leaves
 * the result here for Apollo's `formatError`.
 */
export type FormattedErrors = WeakMap<object, GraphQLFormattedError>;

/** An operation that is to be decided, as far as deciding needs to know it. */
export type Operation = Pick<GraphQLRequestContext<RequestState>, "contextValue" | "document" | "operation"> & {
  readonly request: Pick<GraphQLRequest, "variables" | "operationName">;
};

/**
 * Decides every operation once, after it is parsed and before any resolver runs, and answers the refused ones.
 *
 * This plugin also validates, in place of Apollo Server, because what a client may read of a validation error depends on its
 * scope: an invalid document is explained by the schema as this principal sees it, so no other name leaks. It is the only
 * plugin that answers (hooks of several would run side by side).
 */
export function enforcePlugin(
  formatted: FormattedErrors,
  trail: RefusalTrail,
  noteParsed: (text: string | undefined, document: DocumentNode) => void,
): ApolloServerPlugin<RequestState> {
  return {
    async requestDidStart() {
      return {
        async responseForOperation(operation) {
          noteParsed(operation.source, operation.document);
          return enforce(operation, trail);
        },
        async didEncounterErrors({ errors, contextValue, operation, request }) {
          for (const error of errors) {
            formatted.set(error, formatError(error, contextValue.origin.requestId, contextValue.log));
            if (operation) noteRefusedChange(trail, contextValue, asked(operation, request), error);
          }
        },
        async willSendResponse(operation) {
          recordUse(operation);
          const { response, errors } = operation;
          if (response.body.kind !== "single" || !errors || response.body.singleResult.data != null) return;
          const formattedErrors = response.body.singleResult.errors ?? [];
          response.http.status = httpStatus(response.http.status, formattedErrors);
          const wait = formattedErrors[0]?.extensions?.retryAfterSeconds;
          if (typeof wait === "number") response.http.headers.set("retry-after", String(wait));
        },
      };
    },
  };
}

/** Apollo's own 405 for mutations by GET stands; every other status follows from the code. */
function httpStatus(chosen: number | undefined, errors: readonly GraphQLFormattedError[]): number {
  return chosen === 405 ? chosen : statusOf(errors);
}

function asked(operation: OperationDefinitionNode, { variables }: Operation["request"]): AskedFor {
  return { operation, variables: variables ?? {} };
}

function codeOf([first]: readonly GraphQLFormattedError[]): string {
  return String(first?.extensions?.["code"]);
}

/** The answer of a refused or introspecting operation; null lets execution go on. */
export async function enforce(operation: Operation, trail: RefusalTrail): Promise<GraphQLResponse | null> {
  const { contextValue: state, document, request } = operation;
  if (document === undefined) throw new Error("Apollo Server asked for a response before it had a document");
  const visible = (): GraphQLSchema => state.visibleSchema(state.scope);

  const compiled = state.compiler.compile(document);
  if (compiled.kind === "too-costly") {
    return refuse([{ message: compiled.message, extensions: { code: "QUERY_TOO_COSTLY", limit: compiled.limit } }]);
  }
  if (compiled.kind === "invalid") return refuse(explained(explainInvalidDocument(visible(), document)));
  if (operation.operation == null) {
    return refuse(explained([new GraphQLError(unresolved(request.operationName))]));
  }

  const bound = bindPlan(compiled.planFor(operation.operation), request.variables ?? {});
  const decision = decide(bound, state.scope, state.ownerScope);
  state.counted.decision = decision.allowed ? "allowed" : "denied";
  if (!decision.allowed) {
    const errors = refusalErrors(decision.refusals, state);
    noteRefusedOperation(trail, state, asked(operation.operation, request), decision.refusals, codeOf(errors));
    return refuse(errors);
  }
  if (bound.invalidVariables !== null) {
    return refuse(explained(explainInvalidVariables(visible(), operation.operation, request.variables ?? {})));
  }

  state.bound = bound;
  return bound.plan.introspects ? introspect(visible(), operation, state) : null;
}

function unresolved(operationName: string | undefined): string {
  return operationName
    ? `Unknown operation named "${operationName}".`
    : "Name the operation to run: the document has several.";
}

/**
 * Runs an operation that asks for `__schema` or `__type` on the schema as its principal sees it. It is validated again there: a type
 * condition can be valid in the full schema only, and execution would pass over it in silence.
 */
async function introspect(schema: GraphQLSchema, operation: Operation, state: RequestState): Promise<GraphQLResponse> {
  const document = operation.document as DocumentNode;
  const invalid = validate(schema, document);
  if (invalid.length > 0) return refuse(explained(invalid));
  const result = await execute({
    schema,
    document,
    variableValues: operation.request.variables,
    operationName: operation.request.operationName,
    contextValue: state,
  });
  if (!result.errors) return single(200, { data: result.data });
  const errors = result.errors.map((error) => formatError(error, state.origin.requestId, state.log));
  return single(result.data == null ? statusOf(errors) : 200, { data: result.data, errors });
}

function explained(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
  return errors.map((error) => {
    const { message, locations, extensions } = error.toJSON();
    return { message, ...(locations && { locations }), extensions: { ...extensions, code: "BAD_USER_INPUT" } };
  });
}

function refuse(errors: readonly GraphQLFormattedError[]): GraphQLResponse {
  return single(statusOf(errors), { errors });
}

function single(
  status: number,
  singleResult: { data?: Record<string, unknown> | null | undefined; errors?: readonly GraphQLFormattedError[] },
): GraphQLResponse {
  return { http: { status, headers: new HeaderMap() }, body: { kind: "single", singleResult } };
}
