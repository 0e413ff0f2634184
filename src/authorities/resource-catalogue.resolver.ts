import { Ctx, Directive, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../context";
import { ResourceType } from "./resource.type";
import { visibleResources } from "./visible-resources";

/** The catalogue that grants are composed from, derived from the schema's directives. */
@Resolver()
export class ResourceCatalogueResolver {
  @Query(() => [ResourceType], { description: "What grants can name: resources with their actions and fields." })
  @Directive("@authenticated")
  resources(@Ctx() ctx: RequestContext): ResourceType[] {
    return visibleResources(ctx.index, ctx.scope);
  }
}
