import { Arg, Ctx, Directive, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../context";
import { changePassword } from "./change-password";
import { type SignedIn, signIn } from "./sign-in";
import { signOut } from "./sign-out";
import { SignInPayload } from "./user.type";

/** Signing in and out over GraphQL. */
@Resolver()
export class SessionResolver {
  /** The one query that needs nothing, so that the schema which nobody in particular sees is a valid one, with a query type. */
  @Query(() => String, { description: "What answers here: Latchkey." })
  @Directive("@public")
  serviceName(): string {
    return "Latchkey";
  }

  @Mutation(() => SignInPayload, { description: "Begins a session of twelve hours and sets its cookie." })
  @Directive("@public")
  signIn(
    @Ctx() ctx: RequestContext,
    @Arg("email", () => String) email: string,
    @Arg("password", () => String) password: string,
  ): Promise<SignedIn> {
    return signIn(ctx, email, password);
  }

  @Mutation(() => Boolean, { description: "Ends the session that the request came with." })
  @Directive("@authenticated")
  async signOut(@Ctx() ctx: RequestContext): Promise<boolean> {
    await signOut(ctx);
    return true;
  }

  @Mutation(() => Boolean, { description: "Replaces one's own password and ends one's other sessions." })
  @Directive("@authenticated")
  async changePassword(
    @Ctx() ctx: RequestContext,
    @Arg("current", () => String) current: string,
    @Arg("next", () => String) next: string,
  ): Promise<boolean> {
    await changePassword(ctx, current, next);
    return true;
  }
}
