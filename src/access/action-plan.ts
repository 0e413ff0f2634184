import { addBit, emptyBitset } from "../kernel/bitset";
import type { AccessIndex } from "./access-index";
import { ALWAYS } from "./condition";
import type { OperationPlan } from "./plan";

/**
 * The plan of something that is done without a GraphQL document: it needs exactly these coordinates of the schema, e.g.
 * `Document.contentPath` for a download. Bound and decided like any other plan. Throws on a coordinate that the schema does not
 * guard.
 */
export function planOf(index: AccessIndex, coordinates: readonly string[]): OperationPlan {
  const always = emptyBitset(index.size);
  const needs = coordinates.map((coordinate) => {
    const bit = index.requirementOf(coordinate);
    if (bit < 0) throw new Error(`${coordinate} needs nothing, so it cannot be decided on`);
    addBit(always, bit);
    return { coordinate, bit, when: [ALWAYS] };
  });
  return {
    index,
    needs,
    always,
    conditional: [],
    variables: [],
    cost: { fields: [], fixed: 0 },
    isSteady: true,
    introspects: false,
  };
}
