import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, InputType, Int } from "type-graphql";
import { SortDirection } from "../connection/sort-direction";
import { UserKind } from "./user-kind";
import { UserStatus } from "./user-status";

/** Judged by `createUser`; the password is hashed before anything is stored and goes nowhere else. */
@InputType("CreateUserInput", { description: "A new user." })
@Directive("@authenticated")
export class CreateUserInput {
  @Field(() => UserKind, { description: "Stays for the life of the account." })
  kind!: UserKind;

  @Field(() => String)
  firstName!: string;

  @Field(() => String)
  lastName!: string;

  @Field(() => String, { description: "Unique whatever its case; plus-addressed emails are distinct." })
  email!: string;

  @Field(() => [ID], { nullable: true, description: "Needs ASSIGN_ROLES as well; each within what one holds oneself." })
  roleIds?: string[] | null;

  @Field(() => String, { nullable: true, description: "12 to 200 characters; without it the user cannot sign in." })
  password?: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "From then on the account is as good as disabled; null = never.",
  })
  expiresAt?: Date | null;

  @Field(() => ID, { nullable: true, description: "The user's employee record, which SELF and REPORTS start from." })
  employeeId?: string | null;
}

/** What is given replaces what is stored, what is left out stays; null clears `expiresAt` and `employeeId` only. */
@InputType("UpdateUserInput", { description: "Changes to a user; fields that are left out stay as they are." })
@Directive("@authenticated")
export class UpdateUserInput {
  @Field(() => String, { nullable: true })
  firstName?: string | null;

  @Field(() => String, { nullable: true })
  lastName?: string | null;

  @Field(() => String, { nullable: true })
  email?: string | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Null = never. Nobody changes their own." })
  expiresAt?: Date | null;

  @Field(() => ID, { nullable: true, description: "Null takes the link away." })
  employeeId?: string | null;

  @Field(() => Int, { nullable: true, description: "The version that was read: CONFLICT when it is no longer that." })
  version?: number | null;
}

/** Narrows `users`; the search compares keys of name and email. */
@InputType("UserFilter", { description: "Which users to list; parts that are given must all hold." })
@Directive("@authenticated")
export class UserFilterInput {
  @Field(() => String, { nullable: true, description: "Part of the name or email, whatever its case." })
  search?: string | null;

  @Field(() => UserKind, { nullable: true })
  kind?: UserKind | null;

  @Field(() => UserStatus, { nullable: true })
  status?: UserStatus | null;

  @Field(() => ID, { nullable: true, description: "Users whom this role is assigned to directly." })
  roleId?: string | null;
}

/** One element of `sort`: exactly one column is given, see `ordersOf`. */
@InputType("UserSort", { description: "One column to sort users by." })
@Directive("@authenticated")
export class UserSortInput {
  @Field(() => SortDirection, { nullable: true })
  firstName?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  lastName?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  email?: SortDirection | null;

  @Field(() => SortDirection, { nullable: true })
  createdAt?: SortDirection | null;
}
