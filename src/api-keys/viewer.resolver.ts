import { Ctx, Directive, FieldResolver, Int, Query, Resolver, Root } from "type-graphql";
import type { RowSet } from "../access/scope";
import { GrantType, RowScopeType } from "../authorities/grant.type";
import type { PrincipalUser, RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import type { User } from "../users/user.entity";
import type { ApiKey } from "./api-key.entity";
import { findApiKey } from "./api-key.queries";
import { apiKeyLoaders } from "./api-key-loaders";
import { type EffectiveGrant, effectiveGrants } from "./effective-grants";
import { ViewerKind, ViewerType, ViewerUserType } from "./viewer.type";

/** `viewer`: each field is read only when it is asked for. */
@Resolver(() => ViewerType)
export class ViewerResolver {
  @Query(() => ViewerType, { description: "Who is asking, and what that may do." })
  @Directive("@authenticated")
  viewer(): object {
    return {};
  }

  @FieldResolver(() => ViewerKind)
  kind(@Ctx() ctx: RequestContext): ViewerKind {
    return ctx.principal.kind === "API_KEY" ? ViewerKind.API_KEY : ViewerKind.USER;
  }

  @FieldResolver()
  user(@Ctx() ctx: RequestContext): Promise<User | null> {
    return apiKeyLoaders(ctx).owner.load(userOf(ctx).id);
  }

  @FieldResolver()
  apiKey(@Ctx() ctx: RequestContext): Promise<ApiKey | null> | null {
    return ctx.principal.kind === "API_KEY" ? findApiKey(ctx.store.reader.manager, ctx.principal.apiKey.id) : null;
  }

  @FieldResolver()
  authorities(@Ctx() ctx: RequestContext): string[] {
    return [...ctx.scope.authorities].sort();
  }

  @FieldResolver()
  grants(@Ctx() ctx: RequestContext): EffectiveGrant[] {
    return effectiveGrants(ctx.index, ctx.scope);
  }
}

/** What of the user comes from the principal. */
@Resolver(() => ViewerUserType)
export class ViewerUserResolver {
  @FieldResolver(() => Int, { nullable: true })
  level(@Ctx() { principal }: RequestContext): number | null {
    return principal.kind === "USER" ? principal.user.level : null;
  }
}

/** Adds to `Grant` what only a grant as it works out can have. */
@Resolver(() => GrantType)
export class EffectiveGrantResolver {
  @FieldResolver(() => [RowScopeType], {
    description: "Further row scopes that a record must be in too; none for grants as they are stored.",
  })
  @Directive("@authenticated")
  alsoWithin(@Root() grant: GrantType & Partial<EffectiveGrant>): readonly RowSet[] {
    return grant.alsoWithin ?? [];
  }
}

/** The user of a session or key; the schema's guard lets nobody else come here. */
function userOf({ principal }: RequestContext): PrincipalUser {
  if (principal.kind === "USER" || principal.kind === "API_KEY") return principal.user;
  throw new ServiceError("UNAUTHENTICATED", "Sign in or send an API key.");
}
