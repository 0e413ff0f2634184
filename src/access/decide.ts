import { covers, hasBit } from "../kernel/bitset";
import type { AccessIndex } from "./access-index";
import type { Action } from "./grant";
import { type BoundPlan, touchedBy } from "./plan";
import type { Scope } from "./scope";

/** One coordinate that the operation asks for and may not have. */
export interface Refusal {
  /** `Type.field`, `Type.field(arg:)` or `Input.field`, as the operation selects it. */
  readonly coordinate: string;
  /** E.g. `employee.salary:READ`, `authority:MANAGE_USERS` or `authenticated`. */
  readonly permission: string;
  readonly kind: "FIELD" | "AUTHORITY" | "AUTHENTICATED";
  /** With kind FIELD. */
  readonly action?: Action;
  /** With kind FIELD. */
  readonly resource?: string;
  /** With kind AUTHORITY: any one of these would do. */
  readonly authorities?: readonly string[];
  /** OWNER when the owner of the key lacks it too, so that no change to the key would help; in a session, OWNER is its user. */
  readonly deniedBy: "KEY" | "OWNER";
}

/** What becomes of a whole operation. */
export type Decision = { readonly allowed: true } | { readonly allowed: false; readonly refusals: readonly Refusal[] };

const ALLOWED: Decision = Object.freeze({ allowed: true });

/**
 * Decides whether `scope` covers everything that the bound plan needs.
 *
 * One uncovered coordinate denies the whole operation, so a partial answer is never taken for a full one. Every refused
 * coordinate is named, not just the first, so a caller mends its query or its grants in one round trip. `ownerScope` is the scope
 * of the key's owner, or `scope` itself for a session; it only tells who lacks the permission.
 */
export function decide(bound: BoundPlan, scope: Scope, ownerScope: Scope): Decision {
  return covers(scope.bits, bound.needed) ? ALLOWED : refuse(bound, scope, ownerScope);
}

function refuse(bound: BoundPlan, scope: Scope, ownerScope: Scope): Decision {
  const { index } = bound.plan;
  const refusals = touchedBy(bound)
    .filter(({ bit }) => !hasBit(scope.bits, bit))
    .map(({ coordinate, bit }): Refusal => {
      const deniedBy = hasBit(ownerScope.bits, bit) ? "KEY" : "OWNER";
      return { coordinate, permission: index.permissionOf(bit), ...detailsOf(index, bit), deniedBy };
    });
  return { allowed: false, refusals };
}

function detailsOf(index: AccessIndex, bit: number): Pick<Refusal, "kind" | "action" | "resource" | "authorities"> {
  const permission = index.permission(bit);
  switch (permission.kind) {
    case "AUTHENTICATED":
      return { kind: "AUTHENTICATED" };
    case "AUTHORITY":
      return { kind: "AUTHORITY", authorities: permission.anyOf };
    case "FIELD":
      return { kind: "FIELD", action: permission.action, resource: permission.resource };
  }
}
