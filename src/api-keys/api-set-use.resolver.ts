import { Arg, Ctx, Directive, FieldResolver, ID, Int, Mutation, Resolver, Root } from "type-graphql";
import type { ApiSet } from "../api-sets/api-set.entity";
import { API_SET_READERS, ApiSetType } from "../api-sets/api-set.type";
import type { RequestContext } from "../context";
import { apiKeyLoaders } from "./api-key-loaders";
import { deleteApiSet } from "./delete-api-set";

/** What of API sets asks which keys are bound to them; keys know sets, never the reverse. */
@Resolver(() => ApiSetType)
export class ApiSetUseResolver {
  @FieldResolver(() => Int, { description: "Live keys bound to it: neither revoked nor expired." })
  @Directive(API_SET_READERS)
  keyCount(@Root() set: ApiSet, @Ctx() ctx: RequestContext): Promise<number> {
    return apiKeyLoaders(ctx).keyCount.load(set.id);
  }

  @Mutation(() => Boolean, { description: "Deletes an API set that no live key is bound to." })
  @Directive('@authority(anyOf: ["MANAGE_API_SETS"])')
  async deleteApiSet(@Ctx() ctx: RequestContext, @Arg("id", () => ID) id: string): Promise<boolean> {
    await deleteApiSet(ctx, id);
    return true;
  }
}
