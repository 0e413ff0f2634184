import { type DocumentNode, GraphQLError, type GraphQLSchema, Kind, specifiedRules, validate } from "graphql";

/** Errors of one document that are worth telling; graphql-js stops there. */
const MAX_ERRORS = 20;

/**
 * Validates a document by the rules of the specification, and by the one that graphql-js leaves to execution: the schema must
 * have the kind of operation at all. Without it, graphql-js finds nothing wrong with whatever a mutation selects.
 */
export function validateDocument(
  schema: GraphQLSchema,
  document: DocumentNode,
  options: { readonly hideSuggestions?: boolean } = {},
): GraphQLError[] {
  const rootless = document.definitions.flatMap((node) =>
    node.kind === Kind.OPERATION_DEFINITION && !schema.getRootType(node.operation)
      ? [new GraphQLError(`There is no ${node.operation} to run.`, { nodes: node })]
      : [],
  );
  return [...rootless, ...validate(schema, document, specifiedRules, { maxErrors: MAX_ERRORS, ...options })].slice(
    0,
    MAX_ERRORS,
  );
}
