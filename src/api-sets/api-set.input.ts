import { ArgsType, Directive, Field, InputType, Int } from "type-graphql";
import { GrantInput } from "../authorities/grant.input";
import type { SortInput } from "../connection/orders-of";
import { PageArgs } from "../connection/page-args";
import { SortDirection } from "../connection/sort-direction";
import { API_SET_READERS } from "./api-set.type";

/** Columns that a list of API sets can be sorted by, with the entity property compared. */
export const API_SET_ORDERS = { name: "nameKey", createdAt: "createdAt", updatedAt: "updatedAt" } as const;

/** Judged by create-api-set.ts and update-api-set.ts. */
@InputType("ApiSetInput", { description: "An API set as a whole." })
@Directive('@authority(anyOf: ["MANAGE_API_SETS"])')
export class ApiSetInput {
  @Field(() => String, { description: "1 to 120 characters, unique whatever its case." })
  name!: string;

  @Field(() => String, {
    nullable: true,
    description: "At most 1,000 characters. An update leaves it alone when omitted.",
  })
  description?: string | null;

  @Field(() => [GrantInput], { description: "At least one, each within what you hold yourself." })
  grants!: GrantInput[];

  @Field(() => Int, {
    nullable: true,
    description: "For updates: the version you have seen. CONFLICT when it is stale.",
  })
  version?: number | null;
}

/** Narrows a list of API sets. */
@InputType("ApiSetFilter", { description: "Which API sets to list." })
@Directive(API_SET_READERS)
export class ApiSetFilter {
  @Field(() => String, { nullable: true, description: "Part of the name, in any case." })
  search?: string | null;
}

/** One column to sort API sets by. */
@InputType("ApiSetSort", { description: "Exactly one field." })
@Directive(API_SET_READERS)
export class ApiSetSort implements SortInput<keyof typeof API_SET_ORDERS> {
  @Field(() => SortDirection, { nullable: true })
  name?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  createdAt?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  updatedAt?: SortDirection | null;
}

/** Arguments of `apiSets`. */
@ArgsType()
export class ApiSetsArgs extends PageArgs {
  @Field(() => ApiSetFilter, { nullable: true })
  filter?: ApiSetFilter | null;

  @Field(() => [ApiSetSort], { nullable: true, description: "By name when omitted." })
  sort?: ApiSetSort[] | null;
}
