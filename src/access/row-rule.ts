import { hasBit } from "../kernel/bitset";
import type { AccessIndex } from "./access-index";
import type { Action } from "./grant";
import type { BoundPlan } from "./plan";
import { NO_ROWS, withoutRepeats } from "./row-set";
import type { RowRule, Scope } from "./scope";

const NOTHING: RowRule = Object.freeze([NO_ROWS]);

/**
 * The rows of `resource` that the operation may touch with `action`: where every field of the resource that it asks for with
 * that action, be it to show, filter or sort, is granted.
 *
 * This is exact by the cell: the fields of one row may be granted by different grants, as long as each is granted on that row.
 * Where the operation asks for no guarded field (only `id`, a count, a delete), the rows are those of any grant of the action. A
 * permission that the scope does not hold reaches no row, so that asking for too much can never widen the answer.
 */
export function rowRuleFor(
  index: AccessIndex,
  bound: BoundPlan,
  scope: Scope,
  resource: string,
  action: Action,
): RowRule {
  const bits = index.bitsOf(resource, action);
  if (bits === undefined) return NOTHING;
  const fields = [...bits.fields.values()].filter((bit) => hasBit(bound.needed, bit));
  // The rule of the resource as a whole is wider than that of any of its fields, so beside one it adds nothing.
  const needed = fields.length > 0 ? fields : [bits.whole];
  if (needed.some((bit) => !hasBit(scope.bits, bit))) return NOTHING;
  return withoutRepeats(needed.flatMap((bit) => scope.rows.get(bit) ?? []));
}
