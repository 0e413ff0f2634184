import { type FieldNode, type OperationDefinitionNode, parse } from "graphql";
import { ALWAYS, anyHolds, both, conditionKey, conditionOf, orWhen } from "../../src/access/condition";

function condition(directives: string) {
  const [operation] = parse(`query ($a: Boolean!, $b: Boolean!) { x ${directives} }`).definitions;
  return conditionOf(((operation as OperationDefinitionNode).selectionSet.selections[0] as FieldNode).directives);
}

describe("conditions", () => {
  it("answer as the example says", () => {
    expect(anyHolds([[{ variable: "pay", wanted: true }]], () => false)).toBe(false);
  });

  it.each([
    ["@include(if: $a)", "a"],
    ["@skip(if: $a)", "!a"],
    ["@skip(if: $b) @include(if: $a)", "!b&a"],
    ["@skip(if: true)", ""],
    ["@include(if: false)", ""],
    ["@include(if: false) @skip(if: $a)", "!a"],
  ])("%s tests %j", (directives, key) => {
    expect(conditionKey(both(ALWAYS, condition(directives)))).toBe(key);
  });

  it("combine to one spelling whatever the order", () => {
    const [a, b] = [condition("@include(if: $a)"), condition("@skip(if: $b)")];
    expect(conditionKey(both(a, b))).toBe(conditionKey(both(b, both(a, a))));
    expect(both(a, ALWAYS)).toBe(a);
  });

  it("are dropped from alternatives where one is always", () => {
    const a = condition("@include(if: $a)");
    expect(orWhen(orWhen([], a), a)).toEqual([a]);
    expect(orWhen([a], ALWAYS)).toEqual([ALWAYS]);
    expect(orWhen([ALWAYS], a)).toEqual([ALWAYS]);
  });

  it("hold where a value is no boolean, so that what cannot be decided counts as selected", () => {
    for (const value of [undefined, null, "false", 0]) {
      expect(anyHolds([condition("@include(if: $a)")], () => value)).toBe(true);
      expect(anyHolds([condition("@skip(if: $a)")], () => value)).toBe(true);
    }
    expect(anyHolds([], () => true)).toBe(false);
  });
});
