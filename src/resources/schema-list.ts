import type { GraphQLResolveInfo } from "graphql";
import { Args, ArgsType, type ClassType, Ctx, Directive, FieldResolver, Info, Int, Root } from "type-graphql";
import { Action } from "../access/grant";
import { DEFAULT_PAGE, LARGEST_PAGE } from "../connection/page-args";
import type { RequestContext } from "../context";
import { readList } from "./read-list";
import type { PageRequest } from "./read-page";
import type { ListTypes, Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import { declareMembers, type Member, namedClass, optional } from "./schema-declare";
import { guard } from "./schema-guard";
import type { ToMany } from "./to-many";

/** The arguments of a list of a resource's records. */
export function pageMembers(types: () => ListTypes): Member[] {
  return [
    optional("first", () => Int, `Records at most: 1 to ${LARGEST_PAGE}, ${DEFAULT_PAGE} when omitted.`),
    optional("after", () => String, "Cursor to list after, from a page of the same `sort`."),
    optional("filter", () => types().filter, "Which records to list; all when omitted."),
    optional("search", () => types().search, "Words to look for, beside the filter."),
    optional("sort", () => [types().sort], "Keys of the order, the most important first; at most 5."),
  ];
}

/**
 * Adds a relation to many to the resolver class of a resource, under a permission of its own.
 *
 * What `@FieldResolver() @Directive() name(@Root() record, @Args() args, …)` does: the one kind of field that has a resolver.
 */
export function addList(made: new () => object, source: Pick<Resource, "name" | "typeName">, list: ToMany): void {
  const { name, description } = list;
  const needs = guard(source.name, Action.READ, name);
  const args = namedClass(`${source.typeName}_${name}Args`);
  declareMembers(
    args,
    pageMembers(() => resourceNamed(list.target).listTypes).map((arg) => ({ guard: needs, ...arg })),
  );
  ArgsType()(args);

  const prototype = made.prototype as Record<string, unknown>;
  const method = `${name}Of`;
  const handler = (record: { id: string }, given: PageRequest, ctx: RequestContext, info: GraphQLResolveInfo) =>
    readList(ctx, list, record.id, given, info);
  prototype[method] = handler;
  const returns = (): ClassType => resourceNamed(list.target).listTypes.connection;
  FieldResolver(returns, { name, nullable: true, description })(prototype, method, { value: handler });
  Directive(needs)(prototype, method, { value: handler });
  Root()(prototype, method, 0);
  Args(() => args)(prototype, method, 1);
  Ctx()(prototype, method, 2);
  Info()(prototype, method, 3);
}
