import {
  type GraphQLInputType,
  type GraphQLNamedInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from "graphql";
import type { Choices } from "./choices";

/** A variable that a document declares. */
export interface DeclaredVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly spelling: string;
  readonly hasDefault: boolean;
}

/** Writes literals of a type; `variable` may put a variable in any place instead. */
export function randomLiteral(
  choices: Choices,
  type: GraphQLInputType,
  depth: number,
  variable: (type: GraphQLInputType) => string | null,
): string {
  const chosen = variable(type);
  if (chosen !== null) return chosen;
  if (!isNonNullType(type) && choices.chance(8)) return "null";
  const nullable: GraphQLInputType = getNullableType(type);
  const inner = (part: GraphQLInputType) => randomLiteral(choices, part, depth - 1, variable);
  if (isListType(nullable)) {
    if (choices.chance(25)) return inner(nullable.ofType);
    return `[${Array.from({ length: choices.below(3) }, () => inner(nullable.ofType)).join(", ")}]`;
  }
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    if (nullable.isOneOf) {
      const field = choices.of(fields);
      return `{ ${field.name}: "x" }`;
    }
    const named = fields.filter((field) => isRequiredInputField(field) || (depth > 0 && choices.chance(40)));
    return `{ ${named.map((field) => `${field.name}: ${inner(field.type)}`).join(", ")} }`;
  }
  if (isEnumType(nullable)) return choices.of(nullable.getValues()).name;
  return JSON.stringify(leafValue(choices, nullable as GraphQLNamedInputType));
}

/** A JSON value of a type; with `mistakes` percent per place it does not fit. */
export function randomValue(choices: Choices, type: GraphQLInputType, depth: number, mistakes: number): unknown {
  if (choices.chance(mistakes))
    return choices.of<unknown>([null, "wrong", 1.5, true, [], {}, [{}], { wrong: 1 }, [null]]);
  if (!isNonNullType(type) && choices.chance(10)) return null;
  const nullable: GraphQLInputType = getNullableType(type);
  if (isListType(nullable)) {
    if (choices.chance(25)) return randomValue(choices, nullable.ofType, depth - 1, mistakes);
    return Array.from({ length: choices.below(3) }, () => randomValue(choices, nullable.ofType, depth - 1, mistakes));
  }
  if (isInputObjectType(nullable)) {
    const fields = Object.values(nullable.getFields());
    if (nullable.isOneOf) return { [choices.of(fields).name]: "x" };
    const named = fields.filter(
      (field) => (isRequiredInputField(field) && !choices.chance(mistakes)) || (depth > 0 && choices.chance(40)),
    );
    const entries = named.map((field) => [field.name, randomValue(choices, field.type, depth - 1, mistakes)]);
    if (choices.chance(mistakes)) entries.push(["salarie", 1]);
    return Object.fromEntries(entries);
  }
  if (isEnumType(nullable)) return choices.of(nullable.getValues()).name;
  return leafValue(choices, nullable as GraphQLNamedInputType);
}

/** Raw variables for declared ones: now and then absent, now and then wrong. */
export function randomVariables(
  choices: Choices,
  declared: readonly DeclaredVariable[],
  mistakes: number,
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const { name, type, hasDefault } of declared) {
    const mayBeAbsent = hasDefault || !isNonNullType(type) || choices.chance(mistakes);
    if (mayBeAbsent && choices.chance(35)) continue;
    values[name] = randomValue(choices, type, 3, mistakes);
  }
  return values;
}

function leafValue(choices: Choices, type: GraphQLNamedInputType): unknown {
  switch (type.name) {
    case "Boolean":
      return choices.of([true, false]);
    case "Int":
      return choices.of([1, 2]);
    case "Float":
      return choices.of([1.5, 2]);
    default:
      return choices.of(["x", "y"]);
  }
}
