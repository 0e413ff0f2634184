import { Args, Ctx, Directive, FieldResolver, Resolver, Root } from "type-graphql";
import type { ApiKey } from "../api-keys/api-key.entity";
import { ApiKeyType } from "../api-keys/api-key.type";
import type { RequestContext } from "../context";
import type { ApiKeyUsage } from "./api-key-usage.entity";
import { listUsage, MOST_ROWS } from "./api-key-usage.queries";
import { ApiKeyUsageType, UsageArgs } from "./api-key-usage.type";

/** Adds to `ApiKey` what it was used for. */
@Resolver(() => ApiKeyType)
export class ApiKeyUsageResolver {
  @FieldResolver(() => [ApiKeyUsageType], {
    description:
      `What it was used for by hour and operation, newest first, at most ${MOST_ROWS} rows (\`to\` reaches older ones); up to ` +
      "a second late. Kept for 400 days.",
  })
  @Directive("@authenticated")
  usage(
    @Root() key: ApiKey,
    @Ctx() ctx: RequestContext,
    @Args(() => UsageArgs) args: UsageArgs,
  ): Promise<ApiKeyUsage[]> {
    return listUsage(ctx, key.id, args);
  }
}
