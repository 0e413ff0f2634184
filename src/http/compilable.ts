import { type GraphQLSchema, isObjectType } from "graphql";
import type { RequestContext } from "../context";
import type { Compilable } from "../execute/compile-query";
import { directReads, plainTypes } from "../resources/direct-reads";
import type { Resource } from "../resources/resource";

/** Fields beside those of the resources that the fast path reads, by the schema's own resolvers. */
const SMALL_READS = [
  ["Query", "viewer"],
  ["Viewer", "kind"],
] as const;

/** What queries can be compiled for: the records of `resources`, their lists and relations. */
export function compilableOf(schema: GraphQLSchema, resources: readonly Resource[]): Compilable<RequestContext> {
  const reads = new Map(resources.flatMap((resource) => [...directReads(resource)]));
  for (const [typeName, fieldName] of SMALL_READS) {
    const type = schema.getType(typeName);
    const resolve = isObjectType(type) ? type.getFields()[fieldName]?.resolve : undefined;
    if (resolve === undefined) throw new Error(`The schema has no resolver of ${typeName}.${fieldName}`);
    reads.set(`${typeName}.${fieldName}`, resolve);
  }
  return { schema, reads, records: new Set(["PageInfo", ...resources.flatMap(plainTypes)]) };
}
