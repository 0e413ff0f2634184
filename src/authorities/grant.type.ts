import { Directive, Field, ID, ObjectType } from "type-graphql";
import type { Action, Grant, RowScope } from "../access/grant";
import { ActionEnum } from "./action-enum";

/** Output shape of a stored `RowScope`; the stored object itself is the source. */
@ObjectType("RowScope", { description: "The records that a grant reaches: those that ANY of the parts names." })
@Directive("@authenticated")
export class RowScopeType implements RowScope {
  @Field(() => [ID], { nullable: true, description: "Records of these departments." })
  departmentIds?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Records of people at these locations." })
  locations?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Records of these employees." })
  employeeIds?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "The own record of the user who signs in or owns the key." })
  self?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Everybody who reports to that user, directly or further down.",
  })
  reports?: boolean | null;
}

/** Output shape of a stored `Grant`; the stored object itself is the source. */
@ObjectType("Grant", { description: "A permission on one resource." })
@Directive("@authenticated")
export class GrantType implements Grant {
  @Field(() => String)
  resource!: string;

  @Field(() => [ActionEnum])
  actions!: Action[];

  @Field(() => [String], {
    nullable: true,
    description: "Fields that it covers; null means ALL, also fields that are added later.",
  })
  fields!: string[] | null;

  @Field(() => RowScopeType, { nullable: true, description: "Records that it reaches; null means every record." })
  rows!: RowScopeType | null;
}
