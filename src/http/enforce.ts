import type {
  ApolloServerPlugin,
  GraphQLRequest,
  GraphQLRequestContext,
  GraphQLResponse,
  HTTPGraphQLHead,
} from "@apollo/server";
import {
  type DocumentNode,
  GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  validate,
} from "graphql";
import { decide } from "../access/decide";
import { explainInvalidDocument, explainInvalidVariables } from "../access/explain-invalid";
import { bindPlan, costOf } from "../access/plan";
import type { RefusalTrail } from "../audit/refusal-trail";
import { takeTurn } from "../kernel/turns";
import { type AskedFor, noteRefusedChange, noteRefusedOperation } from "./audit-refusals";
import { asksForCost, type CostReport, reportCost } from "./cost-report";
import { formatError, statusOf } from "./format-error";
import { LEFT_OUT, writeLargeAnswer } from "./large-answer";
import { maskedRun } from "./masked-run";
import { recordUse } from "./record-use";
import { refusalErrors } from "./refusal";
import type { RequestState, Verdict } from "./request-state";
import { refuse, runOnSchema } from "./run-on-schema";
import { typesInTurns } from "./types-in-turns";

/**
 * What clients read of errors under way. Apollo Server formats without knowing the request, so the plugin, which knows it, leaves
 * the result here for Apollo's `formatError`.
 */
export type FormattedErrors = WeakMap<object, GraphQLFormattedError>;

/** An operation that is to be decided, as far as deciding needs to know it. */
export type Operation = Pick<GraphQLRequestContext<RequestState>, "contextValue" | "document" | "operation"> & {
  readonly request: Pick<GraphQLRequest, "variables" | "operationName" | "http">;
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
          // Whoever has no credentials shall not push out what those who have them ask.
          if (operation.contextValue.principal.kind !== "NOBODY") noteParsed(operation.source, operation.document);
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
          const { response, errors, contextValue } = operation;
          tellCost(response.body, contextValue.costReport);
          if (response.body.kind !== "single") return;
          const { singleResult } = response.body;
          onePerPlace(singleResult);
          if (errors && singleResult.data == null) tellStatus(response.http, singleResult.errors ?? []);
          contextValue.large.pieces = await writeLargeAnswer(singleResult);
          // It is sent in place of what Apollo Server would write.
          if (contextValue.large.pieces !== null) response.body.singleResult = LEFT_OUT;
        },
      };
    },
  };
}

function tellCost(body: GraphQLResponse["body"], cost: CostReport | null): void {
  if (cost === null || body.kind !== "single") return;
  body.singleResult.extensions = { ...body.singleResult.extensions, cost };
}

function tellStatus(http: HTTPGraphQLHead, errors: readonly GraphQLFormattedError[]): void {
  http.status = httpStatus(http.status, errors);
  const wait = errors[0]?.extensions?.retryAfterSeconds;
  if (typeof wait === "number") http.headers.set("retry-after", String(wait));
}

/** A list within records fails for each of them alike: one error tells as much as five hundred. */
export function onePerPlace(result: { errors?: readonly GraphQLFormattedError[] }): void {
  if (result.errors === undefined || result.errors.length < 2) return;
  const first = new Map<string, GraphQLFormattedError>();
  for (const error of result.errors) {
    const place = error.path?.filter((key) => typeof key === "string");
    const known = JSON.stringify([error.message, place ?? null, error.path ? null : error.extensions]);
    if (!first.has(known)) first.set(known, error);
  }
  result.errors = [...first.values()];
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

/** The answer of an operation that is refused, or runs on another schema than the full one; null lets execution go on. */
export async function enforce(operation: Operation, trail: RefusalTrail): Promise<GraphQLResponse | null> {
  const { contextValue: state, document, request } = operation;
  if (document === undefined) throw new Error("Apollo Server asked for a response before it had a document");
  const { limits } = state.policy;
  const variables = request.variables ?? {};
  const visible = (): GraphQLSchema => state.visibleSchema(state.scope);

  const compiled = state.compiler.compile(document, limits);
  const reportsCost = asksForCost(request.http);
  if (reportsCost) state.costReport = reportCost(compiled.measured, limits, null);
  if (compiled.kind === "too-costly") {
    return refuse([{ message: compiled.message, extensions: { code: "QUERY_TOO_COSTLY", limit: compiled.limit } }]);
  }
  if (compiled.kind === "invalid") return refuse(explained(explainInvalidDocument(visible(), document)));
  if (operation.operation == null) {
    return refuse(explained([new GraphQLError(unresolved(request.operationName))]));
  }

  const bound = bindPlan(compiled.planFor(operation.operation), variables);
  const decision = decide(bound, state.scope, state.ownerScope);
  const denials = decision.allowed ? [] : refusalErrors(decision.refusals, state);
  const masked = decision.allowed ? null : maskedRun(operation.operation, compiled, bound, variables, state);
  state.counted.decision = verdictOf(decision.allowed, masked !== null);
  const running = masked?.bound ?? bound;
  const cost = costOf(running.plan, variables);
  if (reportsCost) state.costReport = reportCost(compiled.measured, limits, cost);
  if (!decision.allowed && masked === null) {
    noteRefusedOperation(trail, state, asked(operation.operation, request), decision.refusals, codeOf(denials));
    return refuse(denials);
  }
  if (bound.invalidVariables !== null) {
    return refuse(explained(explainInvalidVariables(visible(), operation.operation, variables)));
  }
  if (cost > limits.cost) return refuse([tooCostly(cost, limits.cost)]);

  state.bound = running;
  if (masked !== null) return runOnSchema(masked.schema, operation, denials);
  return running.plan.introspects ? introspect(visible(), operation) : null;
}

function verdictOf(isAllowed: boolean, isMasked: boolean): Verdict {
  if (isAllowed) return "allowed";
  return isMasked ? "masked" : "denied";
}

function tooCostly(cost: number, limit: number): GraphQLFormattedError {
  const message = `The operation costs ${cost}; at most ${limit} is allowed: ask for smaller pages or fewer relations.`;
  return { message, extensions: { code: "QUERY_TOO_COSTLY", limit: "cost", cost, allowed: limit } };
}

function unresolved(operationName: string | undefined): string {
  return operationName
    ? `Unknown operation named "${operationName}".`
    : "Name the operation to run: the document has several.";
}

/**
 * Runs an operation that asks for `__schema` or `__type` on the schema as its principal sees it. It is validated again there: a type
 * condition can be valid in the full schema only, and execution would pass over it in silence. Others are answered in between.
 */
async function introspect(schema: GraphQLSchema, operation: Operation): Promise<GraphQLResponse> {
  const turn = (): Promise<void> => takeTurn(operation.contextValue);
  await turn();
  const invalid = validate(schema, operation.document as DocumentNode);
  if (invalid.length > 0) return refuse(explained(invalid));
  await turn();
  return runOnSchema(typesInTurns(schema, turn), operation);
}

function explained(errors: readonly GraphQLError[]): GraphQLFormattedError[] {
  return errors.map((error) => {
    const { message, locations, extensions } = error.toJSON();
    return { message, ...(locations && { locations }), extensions: { ...extensions, code: "BAD_USER_INPUT" } };
  });
}
