import {
  Arg,
  Args,
  ArgsType,
  Ctx,
  Directive,
  Field,
  FieldResolver,
  ID,
  Int,
  Mutation,
  Query,
  Resolver,
  Root,
} from "type-graphql";
import type { ConnectionInTurns } from "../connection/connection";
import { IdArgs, PageArgs } from "../connection/page-args";
import type { RequestContext } from "../context";
import type { Role } from "../roles/role.entity";
import { RoleType } from "../roles/role.type";
import { createUser } from "./create-user";
import { setUserRoles } from "./set-user-roles";
import { setUserStatus } from "./set-user-status";
import { updateUser } from "./update-user";
import { User } from "./user.entity";
import { CreateUserInput, UpdateUserInput, UserFilterInput, UserSortInput } from "./user.input";
import { findUser, listUsers } from "./user.queries";
import { UserConnection, UserType, VIEW_USERS } from "./user.type";
import { userRolesLoader } from "./user-loaders";
import { UserStatus } from "./user-status";

const MANAGE = '@authority(anyOf: ["MANAGE_USERS"])';

@ArgsType()
class UserListArgs extends PageArgs {
  @Field(() => UserFilterInput, { nullable: true })
  filter?: UserFilterInput | null;

  @Field(() => [UserSortInput], { nullable: true })
  sort?: UserSortInput[] | null;
}

/** Users over GraphQL; the rules are in the commands. */
@Resolver(() => UserType)
export class UserResolver {
  @Query(() => UserConnection)
  @Directive(VIEW_USERS)
  users(@Ctx() ctx: RequestContext, @Args(() => UserListArgs) request: UserListArgs): Promise<ConnectionInTurns<User>> {
    return listUsers(ctx, request);
  }

  @Query(() => UserType, { nullable: true, description: "Null when there is no such user." })
  @Directive(VIEW_USERS)
  user(@Ctx() ctx: RequestContext, @Args(() => IdArgs) { id }: IdArgs): Promise<User | null> {
    return findUser(ctx, id);
  }

  @Mutation(() => UserType, { description: "Makes a user. Roles need ASSIGN_ROLES as well." })
  @Directive(MANAGE)
  createUser(@Ctx() ctx: RequestContext, @Arg("input", () => CreateUserInput) input: CreateUserInput): Promise<User> {
    return createUser(ctx, input);
  }

  @Mutation(() => UserType, { description: "Edits a user who does not rank above oneself." })
  @Directive(MANAGE)
  updateUser(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("input", () => UpdateUserInput) input: UpdateUserInput,
  ): Promise<User> {
    return updateUser(ctx, id, input);
  }

  @Mutation(() => UserType, { description: "Disables, locks or enables a user; effective on the next request." })
  @Directive(MANAGE)
  setUserStatus(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("status", () => UserStatus) status: UserStatus,
  ): Promise<User> {
    return setUserStatus(ctx, id, status);
  }

  @Mutation(() => UserType, { description: "Makes these the user's roles; effective on the next request." })
  @Directive('@authority(anyOf: ["ASSIGN_ROLES"])')
  setUserRoles(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("roleIds", () => [ID]) roleIds: string[],
  ): Promise<User> {
    return setUserRoles(ctx, id, roleIds);
  }

  @FieldResolver(() => [RoleType])
  async roles(@Root() user: User, @Ctx() ctx: RequestContext): Promise<readonly Role[]> {
    return (await userRolesLoader(ctx).load(user.id)).assigned;
  }

  @FieldResolver(() => Int)
  async level(@Root() user: User, @Ctx() ctx: RequestContext): Promise<number> {
    return (await userRolesLoader(ctx).load(user.id)).level;
  }
}
