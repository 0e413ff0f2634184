import { unwrapResolverError } from "@apollo/server/errors";
import { type GraphQLError, Kind, type OperationDefinitionNode } from "graphql";
import type { Refusal } from "../access/decide";
import type { RefusalTrail, RefusedChange } from "../audit/refusal-trail";
import { type ErrorCode, ServiceError } from "../kernel/service-error";
import { targetFinder } from "./refused-target";
import type { RequestState } from "./request-state";

/** What a client asked for, as far as a refusal of it is recorded. */
export interface AskedFor {
  readonly operation: OperationDefinitionNode;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** Refused coordinates that one row names. */
const MOST_NAMED = 20;
/** Refusals of who asks, whatever the state of things; others, such as a name that is taken, are everyday mistakes. */
const REFUSALS: ReadonlySet<ErrorCode> = new Set(["FORBIDDEN", "FORBIDDEN_FIELD", "OUT_OF_SCOPE"]);

/** Notes a mutation that was refused before it ran: names what was asked for and lacked, never a value. */
export function noteRefusedOperation(
  trail: RefusalTrail,
  state: RequestState,
  asked: AskedFor,
  refusals: readonly Refusal[],
  code: string,
): void {
  if (asked.operation.operation !== "mutation") return;
  const [first] = asked.operation.selectionSet.selections;
  const findTarget = first?.kind === Kind.FIELD ? targetFinder(state, first, asked, code) : undefined;
  noteRefusedRequest(trail, state, refusals, code, findTarget);
}

/** Notes any request that was refused before it ran: names what it asked for and lacked. */
export function noteRefusedRequest(
  trail: RefusalTrail,
  state: RequestState,
  refusals: readonly Refusal[],
  code: string,
  findTarget?: RefusedChange["findTarget"],
): void {
  const refused = refusals.slice(0, MOST_NAMED).map(({ coordinate, permission, deniedBy }) => ({
    coordinate,
    missing: permission,
    deniedBy,
  }));
  const more = refusals.length - refused.length;
  const after = { code, refused, ...(more > 0 && { more }) };
  trail.note(state, { code, entry: { action: "request.refused", severity: "WARNING", after }, findTarget });
}

/** Notes a change that a guard refused while it ran, if `error` is such a refusal. Its transaction is rolled back by now. */
export function noteRefusedChange(
  trail: RefusalTrail,
  state: RequestState,
  asked: AskedFor,
  error: GraphQLError,
): void {
  const field = error.nodes?.find((node) => node.kind === Kind.FIELD);
  if (asked.operation.operation !== "mutation" || field === undefined) return;
  const thrown = unwrapResolverError(error);
  const code = thrown instanceof ServiceError ? thrown.code : "";
  noteRefusal(trail, state, field.name.value, thrown, targetFinder(state, field, asked, code));
}

/** Notes `thrown` if it is a guard's refusal of the change that is called `change`. */
export function noteRefusal(
  trail: RefusalTrail,
  state: RequestState,
  change: string,
  thrown: unknown,
  findTarget?: RefusedChange["findTarget"],
): void {
  if (!(thrown instanceof ServiceError) || !isRefusal(thrown, state)) return;
  const { code, details } = thrown;
  // Names of the schema and of permissions; other details may repeat what the client gave.
  const { reason, field: input, authorities, missing } = details;
  const named = Array.isArray(missing) ? missing.slice(0, MOST_NAMED) : missing;
  trail.note(state, {
    code,
    entry: {
      action: "change.refused",
      severity: "WARNING",
      after: { code, mutation: change, reason, input, authorities, missing: named },
    },
    findTarget,
  });
}

/**
 * Ids that a signed-in person may not see are answered NOT_FOUND, so trying them is a refusal as well; a key that meets a record
 * that is gone is everyday life.
 */
function isRefusal({ code, details }: ServiceError, { principal }: RequestState): boolean {
  if (REFUSALS.has(code)) return true;
  if (code === "CONFLICT") return details["reason"] !== undefined;
  return code === "NOT_FOUND" && principal.kind === "USER";
}
