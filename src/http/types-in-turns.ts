import type { GraphQLNamedType, GraphQLSchema } from "graphql";

/** Types that are described at once: a millisecond or two with the largest selection that a document may have. */
const TYPES_AT_ONCE = 10;

/**
 * `schema` for one execution that introspects: graphql-js gets its types in turns, as promises, since it describes all that are there in one
 * turn of the event loop, as often as a document asks for them under aliases. `takeTurn` resolves when the execution may go on.
 * A document has been validated against `schema` before: so has the schema itself, which it could not be afterwards.
 */
export function typesInTurns(schema: GraphQLSchema, takeTurn: () => Promise<void>): GraphQLSchema {
  // What `__schema { types }` resolves to.
  const getTypeMap = (): Record<string, Promise<GraphQLNamedType>> => {
    let turn = Promise.resolve();
    const types = Object.entries(schema.getTypeMap());
    return Object.fromEntries(
      types.map(([name, type], at) => {
        if (at % TYPES_AT_ONCE === 0) turn = takeTurn();
        return [name, turn.then(() => type)];
      }),
    );
  };
  // graphql-js asks its own map for single types, as those that fragments are on.
  const getType = (name: string): GraphQLNamedType | undefined => schema.getType(name);
  return Object.create(schema, { getTypeMap: { value: getTypeMap }, getType: { value: getType } }) as GraphQLSchema;
}
