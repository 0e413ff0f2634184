import {
  type GraphQLField,
  type GraphQLFieldConfigMap,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  type GraphQLType,
  GraphQLUnionType,
  getNullableType,
  isInterfaceType,
  isIntrospectionType,
  isListType,
  isNonNullType,
  isObjectType,
  isUnionType,
} from "graphql";

const giveNull = (): null => null;

/** Whether a field of a masked schema is hidden: null, so that nothing needs to be read for it. */
export function isMasked(field: GraphQLField<unknown, unknown>): boolean {
  return field.resolve === giveNull;
}

/**
 * `schema` for running queries, with a constant null in place of each field that `hides` names. Everything else is executed as in
 * `schema`, by the same resolvers. Hidden fields take no arguments here, so what is passed to them is not even looked at.
 */
export function maskSchema(schema: GraphQLSchema, hides: (typeName: string, field: string) => boolean): GraphQLSchema {
  return new SchemaMask(schema, hides).build();
}

class SchemaMask {
  private readonly built = new Map<GraphQLNamedType, GraphQLNamedType>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly hides: (typeName: string, field: string) => boolean,
  ) {}

  build(): GraphQLSchema {
    const { schema } = this;
    const query = schema.getQueryType();
    const others = [schema.getMutationType(), schema.getSubscriptionType()];
    const types = Object.values(schema.getTypeMap()).filter(
      (type) => !isIntrospectionType(type) && !others.some((root) => root === type),
    );
    return new GraphQLSchema({
      query: query && (this.named(query) as GraphQLObjectType),
      types: types.map((type) => this.named(type)),
      directives: schema.getDirectives(),
      assumeValid: true,
    });
  }

  private named(type: GraphQLNamedType): GraphQLNamedType {
    const known = this.built.get(type);
    if (known !== undefined) return known;
    const built = this.rebuild(type);
    this.built.set(type, built);
    return built;
  }

  private rebuild(type: GraphQLNamedType): GraphQLNamedType {
    if (isObjectType(type)) {
      return new GraphQLObjectType({
        ...type.toConfig(),
        interfaces: () => type.getInterfaces().map((each) => this.named(each) as GraphQLInterfaceType),
        fields: () => this.fields(type),
      });
    }
    if (isInterfaceType(type)) {
      return new GraphQLInterfaceType({
        ...type.toConfig(),
        interfaces: () => type.getInterfaces().map((each) => this.named(each) as GraphQLInterfaceType),
        fields: () => this.fields(type),
      });
    }
    if (isUnionType(type)) {
      const types = () => type.getTypes().map((member) => this.named(member) as GraphQLObjectType);
      return new GraphQLUnionType({ ...type.toConfig(), types });
    }
    return type;
  }

  private fields(type: GraphQLObjectType | GraphQLInterfaceType): GraphQLFieldConfigMap<unknown, unknown> {
    return Object.fromEntries(
      Object.entries(type.toConfig().fields).map(([name, config]) => {
        const output = this.wrap(config.type) as GraphQLOutputType;
        const isHidden = this.hides(type.name, name);
        return [
          name,
          isHidden
            ? { ...config, type: getNullableType(output), args: {}, resolve: giveNull }
            : { ...config, type: output },
        ];
      }),
    );
  }

  private wrap(type: GraphQLType): GraphQLType {
    if (isNonNullType(type)) return new GraphQLNonNull(this.wrap(type.ofType) as GraphQLNamedType);
    if (isListType(type)) return new GraphQLList(this.wrap(type.ofType));
    return this.named(type);
  }
}
