import {
  type DocumentNode,
  didYouMean,
  type GraphQLInputType,
  GraphQLError,
  type GraphQLSchema,
  isInputType,
  type OperationDefinitionNode,
  specifiedRules,
  typeFromAST,
  validate,
} from "graphql";
