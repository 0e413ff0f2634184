import { GraphQLDateTime } from "graphql-scalars";
import { ArgsType, Directive, Field, Int, ObjectType } from "type-graphql";

/** Output shape of the `ApiKeyUsage` entity, which is its source. Open to whoever sees the key. */
@ObjectType("ApiKeyUsage", { description: "What an API key did in one hour under one operation name." })
@Directive("@authenticated")
export class ApiKeyUsageType {
  @Field(() => GraphQLDateTime, { description: "When the hour began." })
  hour!: Date;

  @Field(() => String, {
    description:
      "As the document names the operation, at most 120 characters. `(anonymous)`: it does not; `(invalid)`: there is none to run; " +
      "`(other)`: one name too many for the hour; `(refused)`: turned away before the operation was looked at, because of the " +
      "key's state, its limits, or where the request came from.",
  })
  operationName!: string;

  @Field(() => Int, { description: "All requests, whatever came of them." })
  calls!: number;

  @Field(() => Int, { description: "Those that were refused: a permission was lacking, or see `(refused)`." })
  denials!: number;

  @Field(() => Int, { description: "Those that were answered with another error." })
  errors!: number;
}

/** Arguments of `ApiKey.usage`. */
@ArgsType()
export class UsageArgs {
  @Field(() => GraphQLDateTime, { nullable: true, description: "Hours that end after this instant." })
  from?: Date | null;

  @Field(() => GraphQLDateTime, { nullable: true, description: "Hours that begin before this instant." })
  to?: Date | null;
}
