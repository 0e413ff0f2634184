import { Arg, Args, Ctx, Directive, ID, Mutation, Query, Resolver } from "type-graphql";
import type { ConnectionInTurns } from "../connection/connection";
import { IdArgs } from "../connection/page-args";
import type { RequestContext } from "../context";
import type { ApiSet } from "./api-set.entity";
import { ApiSetInput, ApiSetsArgs } from "./api-set.input";
import { findApiSet, listApiSets } from "./api-set.queries";
import { API_SET_READERS, ApiSetConnection, ApiSetType } from "./api-set.type";
import { createApiSet } from "./create-api-set";
import { updateApiSet } from "./update-api-set";

const MANAGE = '@authority(anyOf: ["MANAGE_API_SETS"])';

/** API sets. Their deletion and `keyCount` are in api-keys/api-set-use.resolver.ts, since both ask which keys are bound. */
@Resolver(() => ApiSetType)
export class ApiSetResolver {
  @Query(() => ApiSetConnection, { description: "The API sets there are; keys are bound to any of them." })
  @Directive(API_SET_READERS)
  apiSets(@Ctx() ctx: RequestContext, @Args(() => ApiSetsArgs) args: ApiSetsArgs): Promise<ConnectionInTurns<ApiSet>> {
    return listApiSets(ctx, args);
  }

  @Query(() => ApiSetType, { nullable: true, description: "One API set; null when there is none of this id." })
  @Directive(API_SET_READERS)
  apiSet(@Ctx() ctx: RequestContext, @Args(() => IdArgs) { id }: IdArgs): Promise<ApiSet | null> {
    return findApiSet(ctx.store.reader.manager, id);
  }

  @Mutation(() => ApiSetType, { description: "Makes an API set of grants that you hold yourself." })
  @Directive(MANAGE)
  createApiSet(@Ctx() ctx: RequestContext, @Arg("input", () => ApiSetInput) input: ApiSetInput): Promise<ApiSet> {
    return createApiSet(ctx, input);
  }

  @Mutation(() => ApiSetType, { description: "Replaces an API set, for every bound key from its next request on." })
  @Directive(MANAGE)
  updateApiSet(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("input", () => ApiSetInput) input: ApiSetInput,
  ): Promise<ApiSet> {
    return updateApiSet(ctx, id, input);
  }
}
