import { GraphQLDateTime } from "graphql-scalars";
import { Directive, Field, ID, Int, ObjectType } from "type-graphql";
import { GrantType } from "../authorities/grant.type";
import { connectionType } from "../connection/connection-type";

/** Who may see API sets: those who make them, those who pick them for keys, and those who look at everyone's keys. */
export const API_SET_READERS = '@authority(anyOf: ["MANAGE_API_SETS", "MANAGE_USER_API_KEY", "VIEW_ALL_API_KEYS"])';

/** Output shape of the `ApiSet` entity, which is its source; `keyCount` is resolved by api-keys, the floor that knows keys. */
@ObjectType("ApiSet", { description: "A named bundle of grants that API keys are bound to." })
@Directive(API_SET_READERS)
export class ApiSetType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  name!: string;

  @Field(() => String, { nullable: true })
  description!: string | null;

  @Field(() => [GrantType], { description: "What a bound key may do, as far as its owner may." })
  grants!: GrantType[];

  @Field(() => Int, { description: "Moves with every edit; give it to updateApiSet to notice edits by others." })
  version!: number;

  @Field(() => GraphQLDateTime)
  createdAt!: Date;

  @Field(() => GraphQLDateTime)
  updatedAt!: Date;
}

/** A page of API sets. */
export const ApiSetConnection = connectionType("ApiSet", () => ApiSetType, API_SET_READERS);
