import { GraphQLDateTime } from "graphql-scalars";
import { Arg, Args, ArgsType, Ctx, Directive, Field, ID, Mutation, ObjectType, Resolver } from "type-graphql";
import type { RequestContext } from "../context";
import { createPasswordReset, type OpenedReset } from "./create-password-reset";
import { resetPassword } from "./reset-password";

/** `PasswordReset`: the reply of createPasswordReset. */
@ObjectType("PasswordReset", {
  description: "An open password reset. This reply alone holds its token.",
  simpleResolvers: true,
})
@Directive('@authority(anyOf: ["MANAGE_USERS"])')
export class PasswordResetType {
  @Field(() => String, { description: "Works once: hand it to the user, who gives it to resetPassword." })
  token!: string;

  @Field(() => GraphQLDateTime)
  expiresAt!: Date;
}

@ArgsType()
class ResetPasswordArgs {
  @Field(() => String)
  token!: string;

  @Field(() => String, { description: "The new password, 12 to 200 characters." })
  next!: string;
}

/** Administrators' reset of a password: they open it, the user finishes it. */
@Resolver()
export class PasswordResetResolver {
  @Mutation(() => PasswordResetType, {
    description: "Opens a password reset for a user who holds nothing that you do not; an earlier one ends.",
  })
  @Directive('@authority(anyOf: ["MANAGE_USERS"])')
  createPasswordReset(@Ctx() ctx: RequestContext, @Arg("userId", () => ID) userId: string): Promise<OpenedReset> {
    return createPasswordReset(ctx, userId);
  }

  @Mutation(() => Boolean, { description: "Sets a new password by a reset token, and ends all sessions of the user." })
  @Directive("@public")
  async resetPassword(
    @Ctx() ctx: RequestContext,
    @Args(() => ResetPasswordArgs) { token, next }: ResetPasswordArgs,
  ): Promise<boolean> {
    await resetPassword(ctx, token, next);
    return true;
  }
}
