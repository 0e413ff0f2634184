import { GraphQLID, type GraphQLLeafType, GraphQLString } from "graphql";
import { NOT_HERE } from "./query-run";

/** A value that a resolver gave, as it stands in the answer; throws where graphql-js would make an error. */
export type Complete = (value: unknown) => unknown;

/** What stands for null where the schema allows none. */
export function requireValue(value: unknown): unknown {
  if (value === null || value === undefined) throw NOT_HERE;
  return value;
}

/** Completes scalars and enums by their own `serialize`, so that there is one meaning of each. */
export function compileLeaf(type: GraphQLLeafType): Complete {
  return (value) => {
    if (value === null || value === undefined) return null;
    if (value instanceof Error) throw NOT_HERE;
    return requireValue(type.serialize(value));
  };
}

/** Whether strings of this type stand in the answer as they are (graphql-js, `GraphQLString.serialize` and `GraphQLID.serialize`). */
export function takesStrings(type: GraphQLLeafType): boolean {
  return type === GraphQLString || type === GraphQLID;
}
