import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, InputType, Int } from "type-graphql";
import { GrantInput } from "../authorities/grant.input";
import { OnDenied } from "./on-denied";
import { OperationLimitsInput } from "./operation-limits.type";

const MANAGE_OWN = '@authority(anyOf: ["MANAGE_USER_API_KEY"])';

/** Judged by generate-api-key.ts. */
@InputType("GenerateApiKeyInput", { description: "A new key; it needs at least one API set or grant." })
@Directive(MANAGE_OWN)
export class GenerateApiKeyInput {
  @Field(() => String, { description: "1 to 120 characters, unique among the owner's live keys." })
  name!: string;

  @Field(() => String, { nullable: true, description: "At most 1,000 characters." })
  description?: string | null;

  @Field(() => [ID], { nullable: true, description: "API sets to bind it to; their later edits count for it." })
  apiSetIds?: string[] | null;

  @Field(() => [GrantInput], { nullable: true, description: "Grants for this key alone." })
  grants?: GrantInput[] | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "It stops at this instant. `settings` say how far away that may be, and when it stops if omitted.",
  })
  expiresAt?: Date | null;

  @Field(() => Boolean, { nullable: true, description: "Instead of an expiry, where `settings` allow it." })
  neverExpires?: boolean | null;

  @Field(() => String, { nullable: true, description: "The `apollographql-client-name` a request must carry." })
  application?: string | null;

  @Field(() => String, { nullable: true, description: "The `x-device-id` a request must carry." })
  deviceId?: string | null;

  @Field(() => [String], { nullable: true, description: "Addresses and CIDR ranges it works from; at most 50." })
  allowedIps?: string[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "How often it may be used in a minute, 1 to 100,000; as often as it likes when omitted.",
  })
  callsPerMinute?: number | null;

  @Field(() => OnDenied, { nullable: true, description: "ERROR when omitted." })
  onDenied?: OnDenied | null;

  @Field(() => OperationLimitsInput, {
    nullable: true,
    description: "What one operation of it may ask for; the limits of everybody when omitted.",
  })
  limits?: OperationLimitsInput | null;

  @Field(() => String, { nullable: true, description: "The token to use, a GUID at random; omit it to have one made." })
  value?: string | null;

  @Field(() => ID, { nullable: true, description: "A bot or non-employee to own it; needs MANAGE_BOT_API_KEYS." })
  forUserId?: string | null;
}

/** Judged by update-api-key.ts: what is omitted stays, null clears. */
@InputType("UpdateApiKeyInput", { description: "What to change of a key: omitted fields stay, null clears." })
@Directive(MANAGE_OWN)
export class UpdateApiKeyInput {
  @Field(() => String, { nullable: true, description: "1 to 120 characters, unique among the owner's live keys." })
  name?: string | null;

  @Field(() => String, { nullable: true })
  description?: string | null;

  @Field(() => [ID], { nullable: true, description: "The API sets it is bound to from now on." })
  apiSetIds?: string[] | null;

  @Field(() => [GrantInput], { nullable: true, description: "Its own grants from now on." })
  grants?: GrantInput[] | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "It stops at this instant. `settings` say how far away from now that may be.",
  })
  expiresAt?: Date | null;

  @Field(() => Boolean, { nullable: true, description: "Takes its expiry away, where `settings` allow it." })
  neverExpires?: boolean | null;

  @Field(() => String, { nullable: true })
  application?: string | null;

  @Field(() => String, { nullable: true })
  deviceId?: string | null;

  @Field(() => [String], { nullable: true })
  allowedIps?: string[] | null;

  @Field(() => Int, { nullable: true, description: "1 to 100,000; null = as often as it likes." })
  callsPerMinute?: number | null;

  @Field(() => OnDenied, { nullable: true })
  onDenied?: OnDenied | null;

  @Field(() => OperationLimitsInput, {
    nullable: true,
    description: "All limits of its own from now on; null = those of everybody.",
  })
  limits?: OperationLimitsInput | null;

  @Field(() => Int, { nullable: true, description: "The version you have seen. CONFLICT when it is stale." })
  version?: number | null;
}
