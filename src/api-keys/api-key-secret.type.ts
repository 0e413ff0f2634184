import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ObjectType, registerEnumType } from "type-graphql";

/** `SecretState` for the schema. */
export enum ApiKeySecretState {
  PENDING = "PENDING",
  ACTIVE = "ACTIVE",
  GRACE = "GRACE",
  RETIRED = "RETIRED",
}

registerEnumType(ApiKeySecretState, {
  name: "ApiKeySecretState",
  description: "Where a secret of an API key stands in a rotation.",
  valuesConfig: {
    PENDING: { description: "New, and not used yet: its first use makes it the active one." },
    ACTIVE: { description: "The key's present secret." },
    GRACE: { description: "Replaced; it still works until `expiresAt`." },
    RETIRED: { description: "Replaced or cancelled; its use raises an alert." },
  },
});

/** What may be known of a secret: when it lived, never what it is. The source is the entity, its state as of now. */
@ObjectType("ApiKeySecret", { description: "One secret of an API key, by its dates only: nothing shows it again." })
@Directive("@authenticated")
export class ApiKeySecretType {
  @Field(() => ApiKeySecretState)
  state!: ApiKeySecretState;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description:
      "When its first use ended the old one's time or began its grace period; null for a key's first secret.",
  })
  firstUsedAt!: Date | null;

  @Field(() => GraphQLDateTime, {
    nullable: true,
    description: "When it stops or stopped working, where that is before the key itself does.",
  })
  expiresAt!: Date | null;
}
