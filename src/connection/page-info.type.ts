import { Directive, Field, ObjectType } from "type-graphql";

/** Relay's PageInfo (https://relay.dev/graphql/connections.htm). Lists page forwards, so `hasPreviousPage` tells whether `after` was given. */
@ObjectType("PageInfo", { description: "Where a page of a list begins and ends.", simpleResolvers: true })
@Directive("@authenticated")
export class PageInfoType {
  @Field(() => Boolean, { description: "Whether rows follow this page." })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: "Whether this page was asked for with `after`." })
  hasPreviousPage!: boolean;

  @Field(() => String, { nullable: true, description: "Cursor of the first row; null for an empty page." })
  startCursor!: string | null;

  @Field(() => String, { nullable: true, description: "Cursor of the last row: pass it as `after` for the next page." })
  endCursor!: string | null;
}
