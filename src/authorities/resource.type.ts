import { Directive, Field, ObjectType } from "type-graphql";
import type { Action } from "../access/grant";
import { ActionEnum } from "./action-enum";

/** A field as grants may name it. */
@ObjectType("ResourceField", {
  description: "A field of a resource, with the actions that are granted on it by itself.",
})
@Directive("@authenticated")
export class ResourceFieldType {
  @Field(() => String)
  name!: string;

  @Field(() => [ActionEnum], { description: "Of CREATE, READ and UPDATE; other actions are on the record as a whole." })
  actions!: readonly Action[];
}

/** A resource as grants may name it. */
@ObjectType("Resource", { description: "A kind of protected record." })
@Directive("@authenticated")
export class ResourceType {
  @Field(() => String)
  name!: string;

  @Field(() => [ActionEnum])
  actions!: readonly Action[];

  @Field(() => [ResourceFieldType])
  fields!: readonly ResourceFieldType[];
}
