import { Directive, Field, InputType, Int, ObjectType } from "type-graphql";

const COST =
  "Records that one operation may ask for: 1 for each record, first × (1 + what is asked of each) for a list, added up; 5 × for a " +
  "list without `first`, 1 for a count.";
const ROWS = "Rows that its lists may really read: first × (1 + relations) for each record that has one.";
const DEPTH = "Levels of nested fields.";
const ALIASES = "Renamed fields of one document.";
const ROOT_FIELDS = "Fields at the root of one operation.";
const SELECTIONS = "Fields and fragments of one document, fragments expanded.";

/** Judged by key-limits.ts. */
@InputType("OperationLimitsInput", {
  description:
    "Limits of a key's operations. What is omitted or null is the limit of everybody. Raising one above that needs MANAGE_SETTINGS.",
})
@Directive('@authority(anyOf: ["MANAGE_USER_API_KEY"])')
export class OperationLimitsInput {
  @Field(() => Int, { nullable: true, description: `${COST} 1 to 10,000,000; usually 300,000.` })
  cost?: number | null;

  @Field(() => Int, { nullable: true, description: `${ROWS} 1 to 100,000; usually 20,000.` })
  rows?: number | null;

  @Field(() => Int, { nullable: true, description: `${DEPTH} 1 to 24; usually 12.` })
  depth?: number | null;

  @Field(() => Int, { nullable: true, description: `${ALIASES} 1 to 500; usually 100.` })
  aliases?: number | null;

  @Field(() => Int, { nullable: true, description: `${ROOT_FIELDS} 1 to 100; usually 20.` })
  rootFields?: number | null;

  @Field(() => Int, { nullable: true, description: `${SELECTIONS} 1 to 2,000; usually 500.` })
  selections?: number | null;
}

/** `OperationLimits`: what http/enforce holds a key's operations to. */
@ObjectType("OperationLimits", {
  description: "What one operation of a key may ask for; beyond it the answer is QUERY_TOO_COSTLY and nothing is read.",
  simpleResolvers: true,
})
@Directive("@authenticated")
export class OperationLimitsType {
  @Field(() => Int, { description: COST })
  cost!: number;

  @Field(() => Int, { description: ROWS })
  rows!: number;

  @Field(() => Int, { description: DEPTH })
  depth!: number;

  @Field(() => Int, { description: ALIASES })
  aliases!: number;

  @Field(() => Int, { description: ROOT_FIELDS })
  rootFields!: number;

  @Field(() => Int, { description: SELECTIONS })
  selections!: number;
}
