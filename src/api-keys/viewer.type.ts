import { Directive, Field, ID, Int, ObjectType, registerEnumType } from "type-graphql";
import { GrantType } from "../authorities/grant.type";
import { ApiKeyType } from "./api-key.type";

/** What a request proves its sender to be. */
export enum ViewerKind {
  USER = "USER",
  API_KEY = "API_KEY",
}

registerEnumType(ViewerKind, {
  name: "ViewerKind",
  description: "What a request proves its sender to be.",
  valuesConfig: {
    USER: { description: "A signed-in user." },
    API_KEY: { description: "One of a user's API keys." },
  },
});

/**
 * The user behind a request, as far as any of its keys may know it: another type than `User`, whose fields need VIEW_USERS. The
 * source is the entity `User`.
 */
@ObjectType("ViewerUser", { description: "The user who signed in or owns the key." })
@Directive("@authenticated")
export class ViewerUserType {
  @Field(() => ID)
  id!: string;

  @Field(() => String)
  firstName!: string;

  @Field(() => String)
  lastName!: string;

  @Field(() => String)
  email!: string;

  @Field(() => Int, {
    nullable: true,
    description: "Highest level of the user's roles, inherited ones included; null for a key, which has no rank.",
  })
  level!: number | null;
}

/** Who is asking and what that may do; every field is resolved from the request's context. */
@ObjectType("Viewer", { description: "Who is asking, and what that may do." })
@Directive("@authenticated")
export class ViewerType {
  @Field(() => ViewerKind)
  kind!: ViewerKind;

  @Field(() => ViewerUserType)
  user!: ViewerUserType;

  @Field(() => ApiKeyType, { nullable: true, description: "The key that was used; null for a signed-in user." })
  apiKey!: ApiKeyType | null;

  @Field(() => [String], { description: "Authorities held, in alphabetical order; a key has none, whoever owns it." })
  authorities!: string[];

  @Field(() => [GrantType], { description: "What may be done now, after roles, key and owner are taken together." })
  grants!: GrantType[];
}
