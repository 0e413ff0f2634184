import type { HTTPGraphQLRequest } from "@apollo/server";
import type { Limits, Measured } from "../access/limits";

/** Asks for `extensions.cost` in the answer, refused or not; any value but an empty one does. */
export const COST_HEADER = "x-latchkey-cost";

/** What was asked for of a limit and what the limit is; null where it cannot be told. */
interface Against {
  readonly requested: number | null;
  readonly limit: number;
}

/** `extensions.cost`: how far an operation is from its limits. */
export interface CostReport extends Against {
  readonly depth: Against;
  readonly aliases: Against;
  readonly rootFields: Against;
  readonly selections: Against;
}

/** Whether the client wants to be told. */
export function asksForCost(http: HTTPGraphQLRequest | undefined): boolean {
  return Boolean(http?.headers.get(COST_HEADER));
}

/** The report; `requested` is the operation's cost, null for a document that was refused before it had a plan. */
export function reportCost(measured: Measured, limits: Limits, requested: number | null): CostReport {
  // Fragments that double each other count to infinity, which JSON does not have.
  const against = (name: "depth" | "aliases" | "rootFields" | "selections"): Against => ({
    requested: Number.isFinite(measured[name]) ? measured[name] : null,
    limit: limits[name],
  });
  return {
    requested,
    limit: limits.cost,
    depth: against("depth"),
    aliases: against("aliases"),
    rootFields: against("rootFields"),
    selections: against("selections"),
  };
}
