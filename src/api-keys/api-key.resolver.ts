import { Arg, Args, Ctx, Directive, ID, Int, Mutation, Query, Resolver } from "type-graphql";
import { GrantType } from "../authorities/grant.type";
import type { ConnectionInTurns } from "../connection/connection";
import { IdArgs } from "../connection/page-args";
import type { RequestContext } from "../context";
import { notFound } from "../kernel/service-error";
import type { ApiKey } from "./api-key.entity";
import { GenerateApiKeyInput, UpdateApiKeyInput } from "./api-key.input";
import { findVisibleApiKey, listApiKeys } from "./api-key.queries";
import {
  API_KEY_READERS,
  ApiKeyConnection,
  ApiKeyType,
  GeneratedApiKeyType,
  RevokeAllPayloadType,
} from "./api-key.type";
import { ApiKeysArgs } from "./api-key-list.input";
import { type EffectiveGrant, effectiveGrants } from "./effective-grants";
import { type GeneratedApiKey, generateApiKey } from "./generate-api-key";
import { revokeAllApiKeys } from "./revoke-all-api-keys";
import { revokeApiKey } from "./revoke-api-key";
import { rotateApiKey } from "./rotate-api-key";
import { setApiKeyEnabled } from "./set-api-key-enabled";
import { updateApiKey } from "./update-api-key";
import { loadKeyAccess } from "./verify-key";

const MANAGE_OWN = '@authority(anyOf: ["MANAGE_USER_API_KEY"])';
const STOP = '@authority(anyOf: ["MANAGE_USER_API_KEY", "REVOKE_ANY_API_KEY"])';

/** API keys over GraphQL; the rules are in the commands, one file each. */
@Resolver()
export class ApiKeyResolver {
  @Query(() => ApiKeyConnection, { description: "Your own keys; everyone's with VIEW_ALL_API_KEYS." })
  @Directive(API_KEY_READERS)
  apiKeys(@Ctx() ctx: RequestContext, @Args(() => ApiKeysArgs) args: ApiKeysArgs): Promise<ConnectionInTurns<ApiKey>> {
    return listApiKeys(ctx, args);
  }

  @Query(() => ApiKeyType, { nullable: true, description: "One key; null when there is none that you may see." })
  @Directive(API_KEY_READERS)
  apiKey(@Ctx() ctx: RequestContext, @Args(() => IdArgs) { id }: IdArgs): Promise<ApiKey | null> {
    return findVisibleApiKey(ctx, id);
  }

  @Query(() => [GrantType], {
    description:
      "What a key may do now, within what its owner may; whether the key is expired or disabled is not asked.",
  })
  @Directive("@authenticated")
  async effectiveAccess(@Ctx() ctx: RequestContext, @Arg("apiKeyId", () => ID) id: string): Promise<EffectiveGrant[]> {
    const key = await findVisibleApiKey(ctx, id);
    if (key === null) throw notFound("API key");
    const { scope } = await loadKeyAccess(ctx.store.reader.manager, ctx.index, key);
    return effectiveGrants(ctx.index, scope);
  }

  @Mutation(() => GeneratedApiKeyType, { description: "Generates a key. This reply alone holds its token." })
  @Directive(MANAGE_OWN)
  generateApiKey(
    @Ctx() ctx: RequestContext,
    @Arg("input", () => GenerateApiKeyInput) input: GenerateApiKeyInput,
  ): Promise<GeneratedApiKey> {
    return generateApiKey(ctx, input);
  }

  @Mutation(() => ApiKeyType, { description: "Changes a key, all but its secret, from its next request on." })
  @Directive(MANAGE_OWN)
  updateApiKey(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("input", () => UpdateApiKeyInput) input: UpdateApiKeyInput,
  ): Promise<ApiKey> {
    return updateApiKey(ctx, id, input);
  }

  @Mutation(() => GeneratedApiKeyType, {
    description:
      "Gives a key a new token. The old one works until the new one is first used, and `graceSeconds` longer.",
  })
  @Directive(MANAGE_OWN)
  rotateApiKey(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("graceSeconds", () => Int, { nullable: true, defaultValue: 0, description: "At most 30 days." })
    graceSeconds: number | null,
  ): Promise<GeneratedApiKey> {
    return rotateApiKey(ctx, id, graceSeconds ?? 0);
  }

  @Mutation(() => ApiKeyType, { description: "Stops a key until it is enabled again, or the reverse." })
  @Directive(STOP)
  setApiKeyEnabled(
    @Ctx() ctx: RequestContext,
    @Arg("id", () => ID) id: string,
    @Arg("enabled", () => Boolean) enabled: boolean,
  ): Promise<ApiKey> {
    return setApiKeyEnabled(ctx, id, enabled);
  }

  @Mutation(() => ApiKeyType, { description: "Ends a key for ever, from its next request on." })
  @Directive(STOP)
  revokeApiKey(@Ctx() ctx: RequestContext, @Arg("id", () => ID) id: string): Promise<ApiKey> {
    return revokeApiKey(ctx, id);
  }

  @Mutation(() => RevokeAllPayloadType, {
    description: 'Ends every key of every user for ever; `confirm` is "REVOKE ALL".',
  })
  @Directive('@authority(anyOf: ["REVOKE_ALL_API_KEYS"])')
  revokeAllApiKeys(
    @Ctx() ctx: RequestContext,
    @Arg("confirm", () => String) confirm: string,
  ): Promise<{ readonly count: number }> {
    return revokeAllApiKeys(ctx, confirm);
  }
}
