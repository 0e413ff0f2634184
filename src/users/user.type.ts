import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { connectionType } from "../connection/connection-type";
import { RoleType } from "../roles/role.type";
import { UserKind } from "./user-kind";
import { UserStatus } from "./user-status";

/** Who may list users. */
export const VIEW_USERS = '@authority(anyOf: ["MANAGE_USERS", "VIEW_USERS"])';

/**
 * Output shape of the entity `User`, which is the source as it stands; fields that are computed have a method in `UserResolver`.
 *
 * Public, because the reply to `signIn` has it before there is a principal. Every field that leads here is guarded, so whoever
 * is handed a user may read it.
 */
@ObjectType("User", { description: "A person or machine account." })
@Directive("@public")
export class UserType {
  @Field(() => ID)
  id!: string;

  @Field(() => UserKind)
  kind!: UserKind;

  @Field(() => UserStatus)
  status!: UserStatus;

  @Field(() => GraphQLDateTime, { nullable: true, description: "No sign-in by password before this instant." })
  @Directive(VIEW_USERS)
  lockedUntil!: Date | null;

  @Field(() => String)
  firstName!: string;

  @Field(() => String)
  lastName!: string;

  @Field(() => String, { description: "As given; compared whatever its case." })
  email!: string;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "From then on the account is as good as disabled; null = never.",
  })
  expiresAt!: Date | null;

  @Field(() => ID, { nullable: true, description: "The user's employee record, which SELF and REPORTS start from." })
  employeeId!: string | null;

  @Field(() => [RoleType], { description: "Roles assigned directly." })
  roles!: RoleType[];

  @Field(() => Int, { description: "Highest level of the roles, inherited ones included." })
  level!: number;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true })
  lastSignInAt!: Date | null;

  @Field(() => Int, { description: "Moves with every edit." })
  version!: number;
}

/** Guarded like the list itself, though a single user is public where a guarded field hands it out. */
export const UserConnection = connectionType("User", () => UserType, VIEW_USERS);

/** The only place where a session token is ever shown. */
@ObjectType("SignInPayload", { description: "A session that has begun." })
@Directive("@public")
export class SignInPayload {
  @Field(() => String, {
    description: "For `Authorization: Bearer`; shown this once. Browsers have the cookie instead.",
  })
  sessionToken!: string;

  @Field(() => UserType)
  user!: UserType;
}
