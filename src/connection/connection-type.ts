import { type ClassType, Directive, Field, Int, ObjectType } from "type-graphql";
import { PageInfoType } from "./page-info.type";

/**
 * Makes the GraphQL types `<name>Connection` and `<name>Edge` of a list.
 *
 * `guard` is the directive that every field of both carries, e.g. `@access(resource: "employee")`, so that a connection is
 * never weaker than the list it belongs to.
 */
export function connectionType(name: string, node: () => ClassType, guard: string): ClassType {
  @ObjectType(`${name}Edge`, { description: `One ${name} of a list, with its cursor.`, simpleResolvers: true })
  class Edge {
    @Field(node as () => ClassType<object>)
    @Directive(guard)
    node!: object;

    @Field(() => String, { description: "Opaque: pass it as `after` to list what follows." })
    @Directive(guard)
    cursor!: string;
  }

  @ObjectType(`${name}Connection`, { description: `A page of a list of ${name}.`, simpleResolvers: true })
  class Connection {
    @Field(() => [node() as ClassType<object>])
    @Directive(guard)
    nodes!: object[];

    @Field(() => [Edge])
    @Directive(guard)
    edges!: Edge[];

    @Field(() => PageInfoType)
    @Directive(guard)
    pageInfo!: PageInfoType;

    @Field(() => Int, { description: "Rows of the whole list under the same filter; counted only when asked for." })
    @Directive(guard)
    totalCount!: number;
  }
  return Connection;
}
