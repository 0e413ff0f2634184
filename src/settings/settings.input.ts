import { Directive, Field, InputType, Int } from "type-graphql";
import { SETTINGS_MANAGERS } from "./settings.type";

/** Judged by update-settings.ts: what is omitted or null stays. */
@InputType("UpdateSettingsInput", { description: "What to change of the account's settings: omitted fields stay." })
@Directive(SETTINGS_MANAGERS)
export class UpdateSettingsInput {
  @Field(() => Int, { nullable: true, description: "1 up to the maximum lifetime." })
  apiKeyDefaultLifetimeDays?: number | null;

  @Field(() => Int, {
    nullable: true,
    description: "The default lifetime up to 3,660. Keys that expire later already keep their expiry.",
  })
  apiKeyMaximumLifetimeDays?: number | null;

  @Field(() => Boolean, { nullable: true, description: "Keys that never expire already stay as they are." })
  apiKeysMayNeverExpire?: boolean | null;

  @Field(() => Int, { nullable: true, description: "The version you have seen. CONFLICT when it is stale." })
  version?: number | null;
}
