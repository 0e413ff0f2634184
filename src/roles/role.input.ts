import { Directive, Field, ID, InputType, Int } from "type-graphql";
import { GrantInput } from "../authorities/grant.input";
import { SortDirection } from "../connection/sort-direction";

/**
 * Content of a role. On update, whatever is given replaces what is stored and whatever is left out stays; null clears
 * `description` and `inheritsId` and counts as left out elsewhere.
 */
@InputType("RoleInput", { description: "A role. On update, fields that are left out stay as they are." })
@Directive("@authenticated")
export class RoleInput {
  @Field(() => String, { description: "Unique whatever its case, 1 to 120 characters." })
  name!: string;

  @Field(() => String, { nullable: true, description: "At most 1,000 characters." })
  description?: string | null;

  @Field(() => Int, {
    nullable: true,
    description: "Rank, 0 to 100, at most one's own; 0 for a new role when omitted.",
  })
  level?: number | null;

  @Field(() => ID, { nullable: true, description: "Role whose authorities and grants come in addition." })
  inheritsId?: string | null;

  @Field(() => [String], { nullable: true, description: "Names from `authorities`." })
  authorities?: string[] | null;

  @Field(() => [GrantInput], { nullable: true })
  grants?: GrantInput[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "On update, the version that was read: CONFLICT when it is no longer that.",
  })
  version?: number | null;
}

/** Narrows `roles`; the search compares name keys. */
@InputType("RoleFilter", { description: "Which roles to list; parts that are given must all hold." })
@Directive("@authenticated")
export class RoleFilterInput {
  @Field(() => String, { nullable: true, description: "Part of the name, whatever its case." })
  search?: string | null;
}

/** One element of `sort`: exactly one column is given, see `ordersOf`. */
@InputType("RoleSort", { description: "One column to sort roles by." })
@Directive("@authenticated")
export class RoleSortInput {
  @Field(() => SortDirection, { nullable: true })
  name?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  level?: SortDirection | null;
}
