import {
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isIntrospectionType,
  isObjectType,
} from "graphql";
import { hasBit } from "../kernel/bitset";
import { type AccessIndex, FREE } from "./access-index";
import { Action } from "./grant";
import type { Scope } from "./scope";

/**
 * The resource whose records a mutation changes under a grant; null for any other root field. The `id` of the record comes with the
 * mutation's own permission: it was sent by the client, or is that of what the client just made.
 */
export function changedResource(index: AccessIndex, coordinate: string): string | null {
  const bit = index.requirementOf(coordinate);
  const permission = bit === FREE ? null : index.permission(bit);
  return permission?.kind === "FIELD" && permission.action !== Action.READ ? permission.resource : null;
}

/** Whether the field is the `id` of records of `resource`, which any READ grant on it opens. */
export function isIdOf(index: AccessIndex, resource: string | null, typeName: string, field: string): boolean {
  if (field !== "id" || resource === null) return false;
  const bit = index.requirementOf(`${typeName}.${field}`);
  const permission = bit === FREE ? null : index.permission(bit);
  if (permission?.kind !== "FIELD" || permission.field !== null) return false;
  return permission.resource === resource && permission.action === Action.READ;
}

/**
 * Types of which the scope reads nothing, but changes records: there they are an `id` and nothing else, as what these mutations
 * return and nowhere else. By type, the names of the mutations.
 */
export function payloadOnlyTypes(
  schema: GraphQLSchema,
  index: AccessIndex,
  scope: Scope,
): ReadonlyMap<GraphQLObjectType, ReadonlySet<string>> {
  const mutation = schema.getMutationType();
  const found = new Map<GraphQLObjectType, ReadonlySet<string>>();
  if (!mutation) return found;
  const isHeld = (coordinate: string): boolean => {
    const bit = index.requirementOf(coordinate);
    return bit === FREE || hasBit(scope.bits, bit);
  };
  const leadsTo = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean => {
    const coordinate = `${mutation.name}.${field.name}`;
    const resource = changedResource(index, coordinate);
    return getNamedType(field.type) === type && isHeld(coordinate) && isIdOf(index, resource, type.name, "id");
  };
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || isIntrospectionType(type) || type.getFields()["id"] === undefined) continue;
    if (Object.keys(type.getFields()).some((field) => isHeld(`${type.name}.${field}`))) continue;
    const names = Object.values(mutation.getFields()).filter((field) => leadsTo(type, field));
    if (names.length > 0) found.set(type, new Set(names.map(({ name }) => name)));
  }
  return found;
}
