import { GraphQLJSONObject } from "graphql-scalars";
import { Args, ArgsType, Ctx, Directive, Field, ID, Query, Resolver } from "type-graphql";
import type { RequestContext } from "../context";
import { AccessExplanationType } from "./access-explanation.type";
import { type AccessExplanation, explainAccess } from "./explain-access";

/** The operation to explain, as it would be sent. */
@ArgsType()
class ExplainAccessArgs {
  @Field(() => ID)
  apiKeyId!: string;

  @Field(() => String, { description: "The GraphQL document, of at most 20,000 characters." })
  query!: string;

  @Field(() => GraphQLJSONObject, { nullable: true, description: "The variables: what they name counts as well." })
  variables?: Record<string, unknown> | null;

  @Field(() => String, { nullable: true, description: "Which operation of the document, where there are several." })
  operationName?: string | null;
}

/** `explainAccess`: why an operation is or would be refused. */
@Resolver()
export class AccessExplanationResolver {
  @Query(() => AccessExplanationType, {
    description:
      "What would become of an operation sent with this key: each place granted or missing, who lacks it, and which API sets " +
      "would add it. Runs nothing. A key may ask about itself. Once per operation.",
  })
  @Directive("@authenticated")
  explainAccess(
    @Ctx() ctx: RequestContext,
    @Args(() => ExplainAccessArgs) args: ExplainAccessArgs,
  ): Promise<AccessExplanation> {
    return explainAccess(ctx, args.apiKeyId, args);
  }
}
