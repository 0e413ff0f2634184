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
import { createRole } from "./create-role";
import { deleteRole } from "./delete-role";
import { Role } from "./role.entity";
import { RoleFilterInput, RoleInput, RoleSortInput } from "./role.input";
import { findRole, listRoles } from "./role.queries";
import { RoleConnection, RoleType } from "./role.type";
import { roleLoaders } from "./role-loaders";
import { updateRole } from "./update-role";

const VIEW = '@authority(anyOf: ["ASSIGN_ROLES", "MANAGE_ROLES", "VIEW_ROLES"])';
const MANAGE = '@authority(anyOf: ["MANAGE_ROLES"])';

@ArgsType()
class RoleListArgs extends PageArgs {
  @Field(() => RoleFilterInput, { nullable: true })
  filter?: RoleFilterInput | null;

  @Field(() => [RoleSortInput], { nullable: true })
  sort?: RoleSortInput[] | null;
}

@ArgsType()
class DeleteRoleArgs extends IdArgs {
  @Field(() => ID, { nullable: true, description: "Given to its holders, and inherited by the roles that inherit it." })
  replacementId?: string | null;
}

/** Roles over GraphQL; the rules are in the commands. */
@Resolver(() => RoleType)
export class RoleResolver {
  @Query(() => RoleConnection)
  @Directive(VIEW)
  roles(@Ctx() ctx: RequestContext, @Args(() => RoleListArgs) request: RoleListArgs): Promise<ConnectionInTurns<Role>> {
    return listRoles(ctx, request);
  }

  @Query(() => RoleType, { nullable: true, description: "Null when there is no such role." })
  @Directive(VIEW)
  role(@Ctx() ctx: RequestContext, @Args(() => IdArgs) { id }: IdArgs): Promise<Role | null> {
    return findRole(ctx, id);
  }

  @Mutation(() => RoleType, { description: "Makes a role out of what one holds oneself." })
  @Directive(MANAGE)
  createRole(@Ctx() ctx: RequestContext, @Arg("input", () => RoleInput) input: RoleInput): Promise<Role> {
    return createRole(ctx, input);
  }

  @Mutation(() => RoleType, {
    description: "Edits a role; effective for its holders and their keys on the next request.",
  })
  @Directive(MANAGE)
  updateRole(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("input", () => RoleInput) input: RoleInput,
  ): Promise<Role> {
    return updateRole(ctx, id, input);
  }

  @Mutation(() => Boolean, {
    description: "Deletes a role that is not in use, or puts another in its place wherever it is and then deletes it.",
  })
  @Directive(MANAGE)
  async deleteRole(@Ctx() ctx: RequestContext, @Args(() => DeleteRoleArgs) args: DeleteRoleArgs): Promise<boolean> {
    await deleteRole(ctx, args.id, args.replacementId);
    return true;
  }

  @FieldResolver(() => RoleType)
  inherits(@Root() role: Role, @Ctx() ctx: RequestContext): Promise<Role | null> | null {
    return role.inheritsId === null ? null : roleLoaders(ctx).byId.load(role.inheritsId);
  }

  @FieldResolver(() => Boolean)
  isBuiltIn(@Root() role: Role): boolean {
    return role.key !== null;
  }

  @FieldResolver(() => Int)
  userCount(@Root() role: Role, @Ctx() ctx: RequestContext): Promise<number> {
    return roleLoaders(ctx).userCount.load(role.id);
  }
}
