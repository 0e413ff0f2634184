import { Directive, Field, ObjectType } from "type-graphql";

/** An entry of the authority catalogue, which is the source as it stands. */
@ObjectType("Authority", { description: "One administrative capability that a role can give." })
@Directive("@authenticated")
export class AuthorityType {
  @Field(() => String, { description: "What roles name it by, e.g. MANAGE_USER_API_KEY." })
  name!: string;

  @Field(() => String, { description: "What it is about: keys, users, roles, API sets or the account." })
  area!: string;

  @Field(() => String, { description: "What its holder may do." })
  description!: string;
}
