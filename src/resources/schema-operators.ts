import { GraphQLDateTime } from "graphql-scalars";
import { type ClassType, Float, ID, Int } from "type-graphql";
import { DateScalar } from "./date.scalar";
import type { Choices, FieldKind, FieldKindName } from "./field";
import { inputType, type Member } from "./schema-declare";

/** Most values that one `in` takes. */
export const MOST_IN_VALUES = 500;

/** What each operator compares, for the schema. */
const MEANING = {
  eq: "Equal; null means without a value.",
  ne: "Not equal, records without a value included; null means with a value.",
  in: `Equal to one of these, at most ${MOST_IN_VALUES}.`,
  lt: "Less than.",
  lte: "Less than or equal.",
  gt: "Greater than.",
  gte: "Greater than or equal.",
  contains: "Has this anywhere in it.",
  startsWith: "Begins with this.",
  isNull: "Without a value (true) or with one (false).",
} as const;

export type Operator = keyof typeof MEANING;

const EQUALITY: readonly Operator[] = ["eq", "ne", "in", "isNull"];
const ORDER: readonly Operator[] = ["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"];
const TEXT: readonly Operator[] = ["eq", "ne", "in", "lt", "lte", "gt", "gte", "contains", "startsWith", "isNull"];

function operators(name: string, description: string, type: Member["type"], names: readonly Operator[]): ClassType {
  const typeOf = (operator: Operator): Member["type"] => {
    if (operator === "isNull") return () => Boolean;
    return operator === "in" ? () => [type()] : type;
  };
  const members = names.map((operator) => ({
    name: operator,
    type: typeOf(operator),
    nullable: true,
    description: MEANING[operator],
  }));
  return inputType(name, `${description} Several conditions must all hold.`, "@public", members);
}

/** Conditions on an id; the only ones a relation's id takes. */
export const IdFilter = operators("IDFilter", "Conditions on an id.", () => ID, EQUALITY);

const StringFilter = operators(
  "StringFilter",
  "Conditions on text, compared byte for byte in UTF-8: upper and lower case differ, and A–Z come before a–z.",
  () => String,
  TEXT,
);
const DateFilter = operators("DateFilter", "Conditions on a day.", () => DateScalar, ORDER);
const DateTimeFilter = operators("DateTimeFilter", "Conditions on a moment.", () => GraphQLDateTime, ORDER);
const FloatFilter = operators("FloatFilter", "Conditions on a number.", () => Float, ORDER);
const IntFilter = operators("IntFilter", "Conditions on a whole number.", () => Int, ORDER);

/** How GraphQL shows a field (a relation: its id), and the conditions that filters take on it. */
export interface FieldTypes {
  readonly type: Member["type"];
  readonly filter: ClassType;
}

const KIND_TYPES: Readonly<Record<Exclude<FieldKindName, "choice">, FieldTypes>> = {
  text: { type: () => String, filter: StringFilter },
  date: { type: () => DateScalar, filter: DateFilter },
  instant: { type: () => GraphQLDateTime, filter: DateTimeFilter },
  money: { type: () => Float, filter: FloatFilter },
  integer: { type: () => Int, filter: IntFilter },
  toOne: { type: () => ID, filter: IdFilter },
};

const choiceTypes = new Map<string, FieldTypes>();

/** The types of a field; those of a `choice` are made of its enum, once. */
export function typesOf({ kind, choices }: Pick<FieldKind, "kind" | "choices">): FieldTypes {
  if (kind !== "choice") return KIND_TYPES[kind];
  if (choices === undefined) throw new Error("a choice needs its choices");
  const known = choiceTypes.get(choices.name) ?? typesOfChoices(choices);
  choiceTypes.set(choices.name, known);
  return known;
}

function typesOfChoices({ name, values }: Choices): FieldTypes {
  const type = (): object => values;
  return { type, filter: operators(`${name}Filter`, `Conditions on a ${name}.`, type, EQUALITY) };
}
