import { Arg, Ctx, Directive, Mutation, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../context";
import type { AccountSettings } from "./account-settings.entity";
import { readAccountSettings } from "./account-settings.queries";
import { UpdateSettingsInput } from "./settings.input";
import { API_KEY_POLICY_READERS, SETTINGS_MANAGERS, SettingsType } from "./settings.type";
import { updateSettings } from "./update-settings";

/** The account's settings over GraphQL. */
@Resolver()
export class SettingsResolver {
  @Query(() => SettingsType, { description: "The account's settings." })
  @Directive(API_KEY_POLICY_READERS)
  settings(@Ctx() ctx: RequestContext): Promise<AccountSettings> {
    return readAccountSettings(ctx.store.reader.manager);
  }

  @Mutation(() => SettingsType, { description: "Changes the account's settings; no key's expiry moves by it." })
  @Directive(SETTINGS_MANAGERS)
  updateSettings(
    @Ctx() ctx: RequestContext,
    @Arg("input", () => UpdateSettingsInput) input: UpdateSettingsInput,
  ): Promise<AccountSettings> {
    return updateSettings(ctx, input);
  }
}
