import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { ApiSetType } from "../api-sets/api-set.type";
import { GrantType } from "../authorities/grant.type";
import { connectionType } from "../connection/connection-type";
import { UserType } from "../users/user.type";
import { ApiKeySecretType } from "./api-key-secret.type";
import { ApiKeyStatus } from "./api-key-status";
import { OnDenied } from "./on-denied";
import { OperationLimitsType } from "./operation-limits.type";

/** Who may list keys: those who have their own, and those who look after everyone's. */
export const API_KEY_READERS = '@authority(anyOf: ["MANAGE_USER_API_KEY", "VIEW_ALL_API_KEYS"])';

/** `User` itself is open to whoever is handed one, so the way there must not be open to the key itself. */
const OWNER_READERS = '@authority(anyOf: ["MANAGE_USER_API_KEY", "REVOKE_ANY_API_KEY", "VIEW_ALL_API_KEYS"])';

/**
 * Output shape of the `ApiKey` entity, which is its source. Open to any principal, since a key may look at itself through
 * `viewer`; which other keys anybody reaches is decided where they are read.
 */
@ObjectType("ApiKey", { description: "A named credential of one user. Its token is shown once, when it is generated." })
@Directive("@authenticated")
export class ApiKeyType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => UserType, { description: "Whose key it is: it never does more than this user may." })
  @Directive(OWNER_READERS)
  owner!: UserType;

  @Field(() => ApiKeyStatus)
  status!: ApiKeyStatus;

  @Field(() => String, { nullable: true, description: "What its token begins with; null when its value was supplied." })
  tokenPrefix!: string | null;

  @Field(() => String, { description: 'The `apollographql-client-name` a request must carry, or "Any".' })
  application!: string;

  @Field(() => String, { description: 'The `x-device-id` a request must carry, or "Any".' })
  deviceId!: string;

  @Field(() => [String], { nullable: true, description: "Addresses and CIDR ranges it works from; null = any." })
  allowedIps!: string[] | null;

  @Field(() => Int, {
    nullable: true,
    description: "How often it may be used in a minute; null = as often as it likes.",
  })
  callsPerMinute!: number | null;

  @Field(() => OnDenied)
  onDenied!: OnDenied;

  @Field(() => OperationLimitsType, { description: "What one operation of it may ask for." })
  limits!: OperationLimitsType;

  @Field(() => [ApiSetType], { description: "The API sets it is bound to, by name." })
  apiSets!: ApiSetType[];

  @Field(() => [GrantType], { description: "Its own grants, beside those of its API sets." })
  grants!: GrantType[];

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, { nullable: true, description: "It stops at this instant; null = never." })
  expiresAt!: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true })
  revokedAt!: Date | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When a request last got in with it, whatever came of the operation; up to a second late.",
  })
  lastUsedAt!: Date | null;

  @Field(() => String, { nullable: true, description: "The address of that request." })
  lastUsedIp!: string | null;

  @Field(() => String, { nullable: true, description: "The `apollographql-client-name` of that request." })
  lastUsedClient!: string | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When a secret that a rotation had ended was last tried, to the minute: somebody still has it.",
  })
  @Directive(OWNER_READERS)
  retiredSecretUsedAt!: Date | null;

  @Field(() => [ApiKeySecretType], { description: "Its secrets by their dates, newest first; the last 20." })
  @Directive(OWNER_READERS)
  secrets!: ApiKeySecretType[];

  @Field(() => Int, { description: "Moves with every edit; give it to updateApiKey to notice edits by others." })
  version!: number;
}

/** A page of API keys. */
export const ApiKeyConnection = connectionType("ApiKey", () => ApiKeyType, API_KEY_READERS);

/** The only reply that ever holds a token. */
@ObjectType("GeneratedApiKey", { description: "A key with its new token. Keep it: nothing shows it again." })
@Directive('@authority(anyOf: ["MANAGE_USER_API_KEY"])')
export class GeneratedApiKeyType {
  @Field(() => ApiKeyType)
  apiKey!: ApiKeyType;

  @Field(() => String, { description: "Send it as `Authorization: Bearer TOKEN` or `X-API-Key: TOKEN`." })
  token!: string;

  @Field(() => [String], {
    description:
      "`ALL_FIELDS: employee`: a grant on employee names no fields, so it covers them all. `ENDED_EARLY: PENDING` (or GRACE): " +
      "an earlier secret, not used yet (or in its grace period), stopped at once. `WEAK_VALUE: …`: a supplied value that is easy to guess.",
  })
  warnings!: string[];
}

/** Answer of `revokeAllApiKeys`. */
@ObjectType("RevokeAllPayload", { description: "What revoking all keys came to." })
@Directive('@authority(anyOf: ["REVOKE_ALL_API_KEYS"])')
export class RevokeAllPayloadType {
  @Field(() => Int, { description: "Keys that this call revoked; those revoked before are not counted." })
  count!: number;
}
