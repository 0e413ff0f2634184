import { Ctx, FieldResolver, Resolver, Root } from "type-graphql";
import type { Limits } from "../access/limits";
import type { ApiSet } from "../api-sets/api-set.entity";
import type { RequestContext } from "../context";
import type { User } from "../users/user.entity";
import type { ApiKey } from "./api-key.entity";
import { ApiKeyType } from "./api-key.type";
import { apiKeyLoaders } from "./api-key-loaders";
import type { ApiKeySecret } from "./api-key-secret.entity";
import { type ApiKeyStatus, statusAt } from "./api-key-status";
import { limitsOf } from "./key-limits";
import { ANY } from "./key-settings";

/** The fields of `ApiKey` that are not columns of the entity. */
@Resolver(() => ApiKeyType)
export class ApiKeyFieldsResolver {
  @FieldResolver()
  owner(@Root() key: ApiKey, @Ctx() ctx: RequestContext): Promise<User | null> {
    return apiKeyLoaders(ctx).owner.load(key.ownerId);
  }

  @FieldResolver()
  status(@Root() key: ApiKey, @Ctx() ctx: RequestContext): ApiKeyStatus {
    return statusAt(key, ctx.clock.now());
  }

  @FieldResolver()
  tokenPrefix(@Root() key: ApiKey): string | null {
    return key.hasSuppliedValue ? null : `lk_live_${key.id}`;
  }

  @FieldResolver()
  application(@Root() key: ApiKey): string {
    return key.application ?? ANY;
  }

  @FieldResolver()
  deviceId(@Root() key: ApiKey): string {
    return key.deviceId ?? ANY;
  }

  @FieldResolver()
  limits(@Root() key: ApiKey): Limits {
    return limitsOf(key.limits);
  }

  @FieldResolver()
  secrets(@Root() key: ApiKey, @Ctx() ctx: RequestContext): Promise<ApiKeySecret[]> {
    return apiKeyLoaders(ctx).secrets.load(key.id);
  }

  @FieldResolver()
  apiSets(@Root() key: ApiKey, @Ctx() ctx: RequestContext): Promise<ApiSet[]> {
    return apiKeyLoaders(ctx).apiSets.load(key.id);
  }
}
