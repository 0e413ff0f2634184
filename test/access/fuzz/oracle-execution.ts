import {
  buildSchema,
  type DocumentNode,
  type ExecutionResult,
  execute,
  type GraphQLFieldResolver,
  type GraphQLInputType,
  GraphQLList,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isListType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type ValueNode,
  validateSchema,
  visit,
} from "graphql";

type Raw = Readonly<Record<string, unknown>>;

/** What really happened when the operation ran. */
export interface Observation {
  /** Coordinates whose resolver ran, and arguments and input fields whose values it was given by the request. */
  readonly touched: ReadonlySet<string>;
  /** Coordinates that the document and its variables name where it runs, literal `@skip` and `@include` ignored. */
  readonly selected: ReadonlySet<string>;
  /** Errors of execution, which there are only for variables that do not fit. */
  readonly errors: readonly string[];
}

/**
 * Learns what an operation touches by running it on a schema where every resolver writes down that it ran, and every place of an
 * abstract type is a list with one value of each possible type.
 */
export class OracleExecution {
  private readonly schema: GraphQLSchema;

  constructor(sdl: string) {
    this.schema = buildSchema(sdl);
    // Checked before it is bent: lists in the place of abstract types do not agree with their interfaces.
    if (validateSchema(this.schema).length > 0) throw new Error("The test schema is not valid");
    for (const type of Object.values(this.schema.getTypeMap())) {
      if (!("getFields" in type) || isInputObjectType(type) || type.name.startsWith("__")) continue;
      for (const field of Object.values(type.getFields())) {
        if (isAbstractType(getNullableType(field.type))) field.type = new GraphQLList(field.type);
      }
    }
  }

  observe(document: DocumentNode, operationName: string, variableValues: Raw): Observation {
    const selected = new Set<string>();
    const run = (node: DocumentNode, fieldResolver: GraphQLFieldResolver<unknown, unknown>) =>
      execute({ schema: this.schema, document: node, operationName, variableValues, fieldResolver }) as ExecutionResult;
    const { touched, errors: firstErrors } = this.touch(this.schema, document, operationName, variableValues);
    const second = run(withoutLiteralConditions(document), (_source, _args, _context, info) => {
      const coordinate = `${info.parentType.name}.${info.fieldName}`;
      if (!comesWithMutation(info)) selected.add(coordinate);
      for (const { name, value } of info.fieldNodes.flatMap((node) => node.arguments ?? [])) {
        selected.add(`${coordinate}(${name.value}:)`);
        const argument = info.parentType.getFields()[info.fieldName]?.args.find((arg) => arg.name === name.value);
        if (argument) this.recordValue(selected, argument.type, value, info.operation, variableValues);
      }
      return this.someValue(info.returnType);
    });
    const errors = [...firstErrors, ...(second.errors ?? []).map((error) => error.message)];
    return { touched, selected, errors };
  }

  /** What is touched on the schema that `mask` makes of the one where every resolver writes down that it ran. */
  touchMasked(
    mask: (schema: GraphQLSchema) => GraphQLSchema,
    document: DocumentNode,
    operationName: string,
    variableValues: Raw,
  ): Pick<Observation, "touched" | "errors"> {
    return this.touch(mask(this.schema), document, operationName, variableValues);
  }

  private touch(
    schema: GraphQLSchema,
    document: DocumentNode,
    operationName: string,
    variableValues: Raw,
  ): Pick<Observation, "touched" | "errors"> {
    const touched = new Set<string>();
    const fieldResolver: GraphQLFieldResolver<unknown, unknown> = (_source, args, _context, info) => {
      if (!comesWithMutation(info)) touched.add(`${info.parentType.name}.${info.fieldName}`);
      recordArguments(touched, info.parentType, info.fieldName, args);
      return this.someValue(info.returnType);
    };
    const result = execute({ schema, document, operationName, variableValues, fieldResolver }) as ExecutionResult;
    return { touched, errors: (result.errors ?? []).map((error) => error.message) };
  }

  /** Something that every part of `type` can be resolved from. */
  private someValue(type: GraphQLOutputType): unknown {
    const nullable = getNullableType(type);
    if (isListType(nullable)) {
      const named = getNamedType(nullable);
      if (isListType(getNullableType(nullable.ofType))) return [this.someValue(nullable.ofType)];
      const types = isAbstractType(named) ? this.schema.getPossibleTypes(named) : [named];
      return types.map((possible) => this.someValue(possible as GraphQLOutputType));
    }
    if (isCompositeType(nullable)) return { __typename: nullable.name };
    if (isEnumType(nullable)) return nullable.getValues()[0]?.value;
    return nullable.name === "Boolean" ? true : 1;
  }

  private recordValue(
    into: Set<string>,
    type: GraphQLInputType,
    value: ValueNode,
    operation: OperationDefinitionNode,
    raw: Raw,
  ): void {
    if (value.kind === Kind.VARIABLE) {
      const name = value.name.value;
      const definition = operation.variableDefinitions?.find((candidate) => candidate.variable.name.value === name);
      if (!definition) throw new Error(`No variable ${name}`);
      const declared = typeFromAST(this.schema, definition.type) as GraphQLInputType;
      if (Object.hasOwn(raw, name)) recordInput(into, declared, raw[name], () => false);
      else if (definition.defaultValue) this.recordValue(into, declared, definition.defaultValue, operation, raw);
      return;
    }
    const nullable: GraphQLInputType = getNullableType(type);
    if (isListType(nullable)) {
      const items = value.kind === Kind.LIST ? value.values : [value];
      for (const item of items) this.recordValue(into, nullable.ofType, item, operation, raw);
    } else if (isInputObjectType(nullable) && value.kind === Kind.OBJECT) {
      for (const field of value.fields) {
        into.add(`${nullable.name}.${field.name.value}`);
        const definition = nullable.getFields()[field.name.value];
        if (definition) this.recordValue(into, definition.type, field.value, operation, raw);
      }
    }
  }
}

/** The id of what a mutation under a grant returns itself; in the test schema such mutations return records of their own resource. */
function comesWithMutation({ schema, parentType, fieldName, path, operation }: GraphQLResolveInfo): boolean {
  const above = typeof path.prev?.key === "number" ? path.prev.prev : path.prev;
  if (operation.operation !== "mutation" || fieldName !== "id" || above === undefined || above.prev) return false;
  return Object.values(schema.getMutationType()?.getFields() ?? {}).some(
    ({ type, astNode }) =>
      getNamedType(type) === parentType && astNode?.directives?.some(({ name }) => name.value === "access"),
  );
}

function recordArguments(into: Set<string>, parent: GraphQLObjectType, field: string, args: Raw): void {
  for (const argument of parent.getFields()[field]?.args ?? []) {
    if (!Object.hasOwn(args, argument.name) || args[argument.name] === argument.defaultValue) continue;
    into.add(`${parent.name}.${field}(${argument.name}:)`);
    recordInput(into, argument.type, args[argument.name], (value, fallback) => value === fallback);
  }
}

/** Notes every field of input objects within `value` but those that `isDefault`. */
function recordInput(
  into: Set<string>,
  type: GraphQLInputType,
  value: unknown,
  isDefault: (value: unknown, fallback: unknown) => boolean,
): void {
  const nullable: GraphQLInputType = getNullableType(type);
  if (value === null || value === undefined) return;
  if (isListType(nullable)) {
    for (const item of Array.isArray(value) ? value : [value]) recordInput(into, nullable.ofType, item, isDefault);
  } else if (isInputObjectType(nullable) && typeof value === "object") {
    for (const field of Object.values(nullable.getFields())) {
      const inner = (value as Raw)[field.name];
      if (inner === undefined || isDefault(inner, field.defaultValue)) continue;
      into.add(`${nullable.name}.${field.name}`);
      recordInput(into, field.type, inner, isDefault);
    }
  }
}

function withoutLiteralConditions(document: DocumentNode): DocumentNode {
  return visit(document, {
    Directive: (node) => (node.arguments?.[0]?.value.kind === Kind.BOOLEAN ? null : undefined),
  });
}
