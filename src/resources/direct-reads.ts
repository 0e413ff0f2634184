import type { GraphQLFieldResolver } from "graphql";
import type { RequestContext } from "../context";
import { readList } from "./read-list";
import type { PageRequest } from "./read-page";
import type { Resource } from "./resource";
import { type OperationArgs, queriesOf } from "./schema-resolver";

/** A read of records as a resolver of graphql-js's form. */
export type DirectRead = GraphQLFieldResolver<unknown, RequestContext>;

/**
 * What the resolvers of a resource's queries and relations to many call, by coordinate, without type-graphql around it: it finds
 * metadata anew and makes class instances of the arguments for every call, which reads have no use for.
 */
export function directReads(resource: Resource): ReadonlyMap<string, DirectRead> {
  const reads = new Map<string, DirectRead>();
  for (const { name, run } of queriesOf(resource)) {
    reads.set(`Query.${name}`, (_root, args, ctx, info) => run(resource, args as OperationArgs, ctx, info));
  }
  for (const list of resource.lists) {
    reads.set(`${resource.typeName}.${list.name}`, (record, args, ctx, info) =>
      readList(ctx, list, (record as { id: string }).id, args as PageRequest, info),
    );
  }
  return reads;
}

/** Names of the types whose values the reads make as plain data: records, and the edges of their lists. */
export function plainTypes({ typeName }: Resource): readonly string[] {
  return [typeName, `${typeName}Edge`];
}
