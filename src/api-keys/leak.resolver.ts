import { Arg, Ctx, Directive, Mutation, Resolver } from "type-graphql";
import type { RequestContext } from "../context";
import { reportLeakedApiKey } from "./report-leaked-api-key";

/** Reports of leaked tokens, open to everybody: secret scanners and whoever finds one have no account here. */
@Resolver()
export class LeakResolver {
  @Mutation(() => Boolean, {
    description:
      "Reports a token that was found where it should not be. A live API key is revoked; a session or " +
      "password reset ends. Always true, so that nothing is learnt from the answer.",
  })
  @Directive("@public")
  async reportLeakedApiKey(@Ctx() ctx: RequestContext, @Arg("token", () => String) token: string): Promise<boolean> {
    await reportLeakedApiKey(ctx, token);
    return true;
  }
}
