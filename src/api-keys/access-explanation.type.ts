import { Directive, Field, ObjectType, registerEnumType } from "type-graphql";
import { ApiSetType } from "../api-sets/api-set.type";

/** Who would have to be given a permission that is missing. */
export enum LackedBy {
  KEY = "KEY",
  OWNER = "OWNER",
}

registerEnumType(LackedBy, {
  name: "LackedBy",
  description: "Who lacks a permission.",
  valuesConfig: {
    KEY: { description: "The key: its sets and grants do not give it, though its owner holds it." },
    OWNER: { description: "The owner of the key: nothing given to the key would help." },
  },
});

/** `ExplainedCoordinate`: one place of the schema that the operation touches. */
@ObjectType("ExplainedCoordinate", {
  description: "A place in the schema that the operation touches, and whether the key may.",
  simpleResolvers: true,
})
@Directive("@authenticated")
export class ExplainedCoordinateType {
  @Field(() => String, { description: "A field, input field or mutation, as `Type.field`." })
  coordinate!: string;

  @Field(() => String, { description: "What it needs, as `resource.field:ACTION` or `authority:NAME`." })
  permission!: string;

  @Field(() => Boolean, { description: "Whether the key has that now." })
  granted!: boolean;

  @Field(() => LackedBy, { nullable: true, description: "Who lacks it; null when it is granted." })
  deniedBy!: LackedBy | null;

  @Field(() => [ApiSetType], {
    description:
      "API sets that would give it to the key, not bound to it yet, and none of which gives more than its owner holds; none when it is granted or the owner lacks it.",
  })
  @Directive('@authority(anyOf: ["MANAGE_API_SETS", "MANAGE_USER_API_KEY", "VIEW_ALL_API_KEYS"])')
  apiSets!: ApiSetType[];
}

/** `AccessExplanation`: what would become of an operation. */
@ObjectType("AccessExplanation", {
  description: "What would become of an operation sent with a key, place by place. Nothing is run.",
  simpleResolvers: true,
})
@Directive("@authenticated")
export class AccessExplanationType {
  @Field(() => Boolean, {
    description: "Whether every place is granted. Rows that the key does not reach would still be absent.",
  })
  allowed!: boolean;

  @Field(() => [ExplainedCoordinateType], { description: "Each guarded place once, in the order of the operation." })
  coordinates!: ExplainedCoordinateType[];
}
