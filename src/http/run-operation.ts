import {
  type DocumentNode,
  execute,
  type GraphQLError,
  type GraphQLFormattedError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { decide } from "../access/decide";
import { explainInvalidDocument, explainInvalidVariables } from "../access/explain-invalid";
import { bindPlan } from "../access/plan";
import { rowRuleFor } from "../access/row-rule";
import type { RequestContext } from "../context";
import { formatError } from "./format-error";
import { refusalErrors } from "./refusal";
import type { Authenticated } from "./request-state";

/** An operation that did not run, or not to its end; its errors are what a client would read. */
export class OperationFailed extends Error {
  override readonly name = "OperationFailed";

  constructor(readonly errors: readonly GraphQLFormattedError[]) {
    super(errors.map(({ message }) => message).join("\n"));
  }
}

/** One operation to run in this process. */
export interface OperationInProcess {
  readonly schema: GraphQLSchema;
  /** Give the same node again for the same text: what is compiled hangs on it. It holds one operation. */
  readonly document: DocumentNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/**
 * Runs one operation as `who`, in this process, and returns its data: measured, validated, planned and decided like a request's,
 * and with the same row rules. `base` is the context of whoever runs the command; nothing of what it may do is lent to `who`.
 *
 * @throws OperationFailed when it is refused as a whole, and when any part of it fails: there is no partial answer.
 */
export async function runOperation(
  base: RequestContext,
  who: Authenticated,
  { schema, document, variables }: OperationInProcess,
): Promise<Readonly<Record<string, unknown>>> {
  const visible = (): GraphQLSchema => base.visibleSchema(who.scope);
  const compiled = base.compiler.compile(document);
  if (compiled.kind === "too-costly") {
    throw new OperationFailed([{ message: compiled.message, extensions: { code: "QUERY_TOO_COSTLY" } }]);
  }
  if (compiled.kind === "invalid") throw badInput(explainInvalidDocument(visible(), document));
  const operation = operationOf(document);
  const bound = bindPlan(compiled.planFor(operation), variables);
  const decision = decide(bound, who.scope, who.ownerScope);
  if (!decision.allowed) throw new OperationFailed(refusalErrors(decision.refusals, who));
  if (bound.invalidVariables !== null) throw badInput(explainInvalidVariables(visible(), operation, variables));

  const contextValue: RequestContext = {
    ...base,
    ...who,
    rowRule: (resource, action) => rowRuleFor(base.index, bound, who.scope, resource, action),
  };
  const { data, errors } = await execute({ schema, document, variableValues: variables, contextValue });
  if (errors) throw new OperationFailed(errors.map((error) => formatError(error, base.origin.requestId, base.log)));
  if (data == null) throw new Error("an operation without errors has no data");
  return data;
}

function operationOf(document: DocumentNode): OperationDefinitionNode {
  const operation = document.definitions.find((definition) => definition.kind === Kind.OPERATION_DEFINITION);
  if (operation === undefined) throw new Error("a document to run in this process has one operation");
  return operation;
}

function badInput(errors: readonly GraphQLError[]): OperationFailed {
  return new OperationFailed(errors.map(({ message }) => ({ message, extensions: { code: "BAD_USER_INPUT" } })));
}
