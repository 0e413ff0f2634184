import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { GrantType } from "../authorities/grant.type";
import { connectionType } from "../connection/connection-type";

/** Who may read what roles give; what they are called is told to everyone who may see a user. */
const GUARD = '@authority(anyOf: ["ASSIGN_ROLES", "MANAGE_ROLES", "VIEW_ROLES"])';

/**
 * Output shape of the entity `Role`, which is the source as it stands; fields that are computed have a method in
 * `RoleResolver`. Id, name and rank are public as part of a user, and users are reached only through guarded fields.
 */
@ObjectType("Role", { description: "What a user may do: authorities and grants." })
@Directive(GUARD)
export class RoleType {
  @Field(() => ID)
  @Directive("@public")
  id!: string;

  @Field(() => String)
  @Directive("@public")
  name!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => Int, { description: "Rank: one administers only users whose highest level is not above one's own." })
  @Directive("@public")
  level!: number;

  @Field(() => RoleType, { nullable: true, description: "Role whose authorities and grants come in addition." })
  inherits!: RoleType | null;

  @Field(() => [String], { description: "Own authorities, without the inherited ones." })
  authorities!: string[];

  @Field(() => [GrantType], { description: "Own grants, without the inherited ones." })
  grants!: GrantType[];

  @Field(() => Boolean, { description: "Built-in roles can be inherited and assigned, but not changed or deleted." })
  @Directive("@public")
  isBuiltIn!: boolean;

  @Field(() => Int, { description: "Users whom the role is assigned to directly." })
  userCount!: number;

  @Field(() => Int, { description: "Moves with every edit." })
  version!: number;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;
}

/** Guarded like the list itself, so that no other field can hand out roles by the page. */
export const RoleConnection = connectionType("Role", () => RoleType, GUARD);
