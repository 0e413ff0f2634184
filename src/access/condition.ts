import { type DirectiveNode, Kind, type VariableNode } from "graphql";

/** One `@include(if: $variable)` (wanted true) or `@skip(if: $variable)` (wanted false). */
export interface Test {
  readonly variable: string;
  readonly wanted: boolean;
}

/** Tests that must all pass for a selection to run; empty = always. Sorted and without duplicates. */
export type Condition = readonly Test[];

/** Alternatives: one of them must hold. A selection that is reached on several paths has several. */
export type Conditions = readonly Condition[];

export const ALWAYS: Condition = Object.freeze([]);

/** One spelling per condition. */
export function conditionKey(condition: Condition): string {
  return condition.map(spell).join("&");
}

/** The condition under which both hold. */
export function both(outer: Condition, inner: Condition): Condition {
  if (inner.length === 0) return outer;
  const tests = new Map([...outer, ...inner].map((test) => [spell(test), test]));
  return [...tests.keys()].sort().map((key) => tests.get(key) as Test);
}

function spell(test: Test): string {
  return `${test.wanted ? "" : "!"}${test.variable}`;
}

/** What `@skip` and `@include` of one selection test. A literal one tests nothing: what it hides counts as selected. */
export function conditionOf(directives: readonly DirectiveNode[] | undefined): Condition {
  return flagsOf(directives).map(({ variable, wanted }) => ({ variable: variable.name.value, wanted }));
}

/** The variables that stand in `@skip` and `@include` of one selection. */
export function flagsOf(
  directives: readonly DirectiveNode[] | undefined,
): { readonly variable: VariableNode; readonly wanted: boolean }[] {
  return (directives ?? []).flatMap((use) => {
    const name = use.name.value;
    const value = use.arguments?.find((argument) => argument.name.value === "if")?.value;
    if ((name !== "skip" && name !== "include") || value?.kind !== Kind.VARIABLE) return [];
    return [{ variable: value, wanted: name === "include" }];
  });
}

/**
 * Whether one of `conditions` holds. `flag` gives a variable's value; anything but a boolean lets a test pass, so that what
 * cannot be decided counts as selected.
 *
 * @example
 * anyHolds([[{ variable: "pay", wanted: true }]], () => false); // false
 */
export function anyHolds(conditions: Conditions, flag: (variable: string) => unknown): boolean {
  return conditions.some((condition) => condition.every((test) => flag(test.variable) !== !test.wanted));
}

/** Adds an alternative, keeping each once, and only `ALWAYS` where that is one of them. */
export function orWhen(conditions: Conditions, added: Condition): Conditions {
  if (conditions.some((condition) => condition.length === 0)) return conditions;
  if (added.length === 0) return [ALWAYS];
  const key = conditionKey(added);
  return conditions.some((condition) => conditionKey(condition) === key) ? conditions : [...conditions, added];
}
