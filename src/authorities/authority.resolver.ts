import { Directive, Query, Resolver } from "type-graphql";
import { AuthorityType } from "./authority.type";
import { AUTHORITY_CATALOGUE } from "./authority-catalogue";

/** The catalogue of authorities; the same for everybody, since the names are public in DESIGN and docs. */
@Resolver()
export class AuthorityResolver {
  @Query(() => [AuthorityType], { description: "Every authority there is, by area." })
  @Directive("@authenticated")
  authorities(): readonly AuthorityType[] {
    return AUTHORITY_CATALOGUE;
  }
}
