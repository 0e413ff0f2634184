import { Directive, Field, ID, InputType } from "type-graphql";
import type { Action, Grant, RowScope } from "../access/grant";
import { ActionEnum } from "./action-enum";

/** Which records a grant reaches; parts are alternatives. Judged by `requireGrantable`, which refuses one that names nothing. */
@InputType("RowScopeInput", { description: "Limits a grant to records that ANY of the parts names." })
@Directive("@authenticated")
export class RowScopeInput implements RowScope {
  @Field(() => [ID], { nullable: true, description: "Records of these departments, and of all below them." })
  departmentIds?: string[] | null;

  @Field(() => [String], { nullable: true, description: "Records of people at these locations." })
  locations?: string[] | null;

  @Field(() => [ID], { nullable: true, description: "Records of these employees." })
  employeeIds?: string[] | null;

  @Field(() => Boolean, { nullable: true, description: "The own record of the user who signs in or owns the key." })
  self?: boolean | null;

  @Field(() => Boolean, {
    nullable: true,
    description: "Everybody who reports to that user, directly or further down.",
  })
  reports?: boolean | null;
}

/** One permission as a client gives it; becomes a `Grant` by `requireGrantable` only. */
@InputType("GrantInput", { description: "A permission on one resource. Omitted or null `fields` mean ALL fields." })
@Directive("@authenticated")
export class GrantInput implements Omit<Grant, "fields" | "rows"> {
  @Field(() => String, { description: "Name of a resource, as `resources` lists them." })
  resource!: string;

  @Field(() => [ActionEnum], { description: "At least one." })
  actions!: Action[];

  @Field(() => [String], {
    nullable: true,
    description: "Fields of the resource; omitted or null means ALL, also later ones.",
  })
  fields?: string[] | null;

  @Field(() => RowScopeInput, { nullable: true, description: "Omitted or null means every record." })
  rows?: RowScopeInput | null;
}
