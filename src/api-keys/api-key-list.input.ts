import { ArgsType, Directive, Field, ID, InputType, Int } from "type-graphql";
import type { SortInput } from "../connection/orders-of";
import { PageArgs } from "../connection/page-args";
import { SortDirection } from "../connection/sort-direction";
import { API_KEY_READERS } from "./api-key.type";
import { ApiKeyStatus } from "./api-key-status";

/** Columns that a list of keys can be sorted by, with the entity property compared. */
export const API_KEY_ORDERS = { name: "nameKey", createdAt: "createdAt" } as const;

/** Narrows a list of keys; what one may not see is left out whatever the filter says. */
@InputType("ApiKeyFilter", { description: "Which keys to list; parts that are given must all hold." })
@Directive(API_KEY_READERS)
export class ApiKeyFilter {
  @Field(() => ID, { nullable: true })
  ownerId?: string | null;

  @Field(() => ApiKeyStatus, { nullable: true })
  status?: ApiKeyStatus | null;

  @Field(() => String, { nullable: true, description: "Part of the name or of the owner's email, in any case." })
  search?: string | null;

  @Field(() => Int, {
    nullable: true,
    description:
      "Neither revoked nor expired, and not used for so many days, 1 to 3,650; those that were never used count from their creation.",
  })
  unusedForDays?: number | null;
}

/** One column to sort keys by. */
@InputType("ApiKeySort", { description: "Exactly one field." })
@Directive(API_KEY_READERS)
export class ApiKeySort implements SortInput<keyof typeof API_KEY_ORDERS> {
  @Field(() => SortDirection, { nullable: true })
  name?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  createdAt?: SortDirection | null;
}

/** Arguments of `apiKeys`. */
@ArgsType()
export class ApiKeysArgs extends PageArgs {
  @Field(() => ApiKeyFilter, { nullable: true })
  filter?: ApiKeyFilter | null;

  @Field(() => [ApiKeySort], { nullable: true, description: "Newest first when omitted." })
  sort?: ApiKeySort[] | null;
}
