import type { GraphQLSchema, OperationDefinitionNode } from "graphql";
import type { ReadyDocument } from "../access/compile-document";
import { decide } from "../access/decide";
import { type BoundPlan, bindPlan } from "../access/plan";
import type { RequestState } from "./request-state";

/** How a query runs of which a part is denied and comes back null. */
export interface MaskedRun {
  readonly schema: GraphQLSchema;
  /** What is really read: decides the rows. */
  readonly bound: BoundPlan;
}

/**
 * How an operation that was denied as `bound` can run without what is denied; null where it is refused as a whole. That is so for every
 * principal but keys with `onDenied: NULL`, for mutations, for what also introspects, and where something denied remains that
 * cannot be null: an argument, a filter, a sort, a field that never is.
 *
 * What remains is decided like any operation, so nothing runs masked that would not be allowed by itself.
 */
export function maskedRun(
  operation: OperationDefinitionNode,
  compiled: ReadyDocument,
  bound: BoundPlan,
  variables: unknown,
  { policy, maskOf, scope, ownerScope }: RequestState,
): MaskedRun | null {
  if (!policy.nullsDenied || operation.operation !== "query" || bound.plan.introspects) return null;
  const mask = maskOf(scope);
  const rest = bindPlan(compiled.planFor(operation, mask), variables);
  return decide(rest, scope, ownerScope).allowed ? { schema: mask.schema, bound: rest } : null;
}
