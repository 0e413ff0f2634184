import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, Int, ObjectType } from "type-graphql";

/** Who may change settings, and see all of them. */
export const SETTINGS_MANAGERS = '@authority(anyOf: ["MANAGE_SETTINGS"])';

/** Whoever makes keys has to know how long they may live. */
export const API_KEY_POLICY_READERS = '@authority(anyOf: ["MANAGE_SETTINGS", "MANAGE_USER_API_KEY"])';

/** Output shape of the entity `AccountSettings`, which is its source. */
@ObjectType("Settings", { description: "What administrators set for the whole account." })
@Directive(SETTINGS_MANAGERS)
export class SettingsType {
  @Field(() => Int, { description: "Days that an API key lives for which no expiry is given." })
  @Directive(API_KEY_POLICY_READERS)
  apiKeyDefaultLifetimeDays!: number;

  @Field(() => Int, { description: "Days from now on that the expiry of an API key may be set to at most." })
  @Directive(API_KEY_POLICY_READERS)
  apiKeyMaximumLifetimeDays!: number;

  @Field(() => Boolean, { description: "Whether API keys may be made that never expire." })
  @Directive(API_KEY_POLICY_READERS)
  apiKeysMayNeverExpire!: boolean;

  @Field(() => Int, { description: "Moves with every edit; give it to updateSettings to notice edits by others." })
  version!: number;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Null until the first edit." })
  updatedAt!: Date | null;
}
