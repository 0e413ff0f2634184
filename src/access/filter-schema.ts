import {
  type GraphQLFieldConfigMap,
  type GraphQLInputFieldConfigMap,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInterfaceType,
  GraphQLList,
  type GraphQLNamedType,
  GraphQLNonNull,
  GraphQLObjectType,
  type GraphQLOutputType,
  GraphQLSchema,
  type GraphQLType,
  GraphQLUnionType,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isListType,
  isNonNullType,
  isObjectType,
  isSpecifiedDirective,
  isUnionType,
} from "graphql";
import type { CacheMeter } from "../kernel/cache-meter";
import { RecentMap } from "../kernel/recent-map";
import type { AccessIndex } from "./access-index";
import type { Scope } from "./scope";
import { VisibleSchema } from "./visible-schema";

/**
 * The schema as `scope` sees it: only fields, arguments, input fields and types that it may use and reach from a root, and no
 * directive but the standard ones. Introspection and explanations run on it, so no other name can leak. Executable: resolvers
 * and type resolution are those of `schema`. Definition nodes are left out, as they hold the whole definition.
 */
export function filterSchema(schema: GraphQLSchema, index: AccessIndex, scope: Scope): GraphQLSchema {
  return new SchemaFilter(schema, new VisibleSchema(schema, index, scope)).build();
}

/** `filterSchema`, keeping the `max` schemas that were used last, one per fingerprint. */
export function filteredSchemas(
  schema: GraphQLSchema,
  index: AccessIndex,
  max: number,
): ((scope: Scope) => GraphQLSchema) & { readonly meter: CacheMeter } {
  const kept = new RecentMap<string, GraphQLSchema>(max, "visible_schemas");
  const schemaOf = (scope: Scope): GraphQLSchema =>
    kept.take(scope.fingerprint, () => filterSchema(schema, index, scope));
  return Object.assign(schemaOf, { meter: kept.meter });
}

const UNDEFINED_NODES = { astNode: undefined, extensionASTNodes: [] };

class SchemaFilter {
  private readonly built = new Map<GraphQLNamedType, GraphQLNamedType>();

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly visible: VisibleSchema,
  ) {}

  build(): GraphQLSchema {
    return new GraphQLSchema({
      ...this.schema.toConfig(),
      ...UNDEFINED_NODES,
      query: this.root(this.schema.getQueryType()),
      mutation: this.root(this.schema.getMutationType()),
      subscription: this.root(this.schema.getSubscriptionType()),
      types: this.implementations(),
      directives: this.schema.getDirectives().filter((directive) => isSpecifiedDirective(directive)),
      // A scope without any query has a query type without fields, which is no valid schema but answers introspection.
      assumeValid: true,
    });
  }

  private root(type: GraphQLObjectType | null | undefined): GraphQLObjectType | null {
    return type && this.visible.hasType(type) ? (this.named(type) as GraphQLObjectType) : null;
  }

  /** Visible types behind an interface that a root reaches; nothing else leads to some of them. */
  private implementations(): GraphQLNamedType[] {
    const found = new Set<GraphQLNamedType>();
    const seen = new Set<GraphQLNamedType>();
    const roots = [this.schema.getQueryType(), this.schema.getMutationType(), this.schema.getSubscriptionType()];
    const queue: GraphQLNamedType[] = roots.filter(
      (type) => type != null && this.visible.hasType(type),
    ) as GraphQLObjectType[];
    for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
      if (seen.has(type)) continue;
      seen.add(type);
      if (isInterfaceType(type)) {
        const possible = this.schema.getPossibleTypes(type).filter((candidate) => this.visible.hasMember(candidate));
        for (const candidate of possible) found.add(this.named(candidate));
        queue.push(...possible);
      }
      queue.push(...this.neighbours(type));
    }
    return [...found];
  }

  private neighbours(type: GraphQLNamedType): GraphQLNamedType[] {
    if (isUnionType(type)) return type.getTypes().filter((member) => this.visible.hasMember(member));
    if (!isObjectType(type) && !isInterfaceType(type)) return [];
    const fields = Object.values(type.getFields()).filter((field) => this.visible.hasField(type, field.name));
    const interfaces = this.interfacesOf(type);
    return [...fields.map((field) => getNamedType(field.type)), ...interfaces];
  }

  private named(type: GraphQLNamedType): GraphQLNamedType {
    const known = this.built.get(type);
    if (known !== undefined) return known;
    const built = this.rebuild(type);
    this.built.set(type, built);
    return built;
  }

  /** The same type with less in it; scalars and enums have nothing to leave out. */
  private rebuild(type: GraphQLNamedType): GraphQLNamedType {
    if (isObjectType(type)) {
      const interfaces = () => this.interfaces(type);
      return new GraphQLObjectType({
        ...type.toConfig(),
        ...UNDEFINED_NODES,
        interfaces,
        fields: () => this.fields(type),
      });
    }
    if (isInterfaceType(type)) {
      const interfaces = () => this.interfaces(type);
      return new GraphQLInterfaceType({
        ...type.toConfig(),
        ...UNDEFINED_NODES,
        interfaces,
        fields: () => this.fields(type),
      });
    }
    if (isUnionType(type)) {
      const members = type.getTypes().filter((member) => this.visible.hasMember(member));
      const types = () => members.map((member) => this.named(member) as GraphQLObjectType);
      return new GraphQLUnionType({ ...type.toConfig(), ...UNDEFINED_NODES, types });
    }
    if (isInputObjectType(type)) {
      return new GraphQLInputObjectType({
        ...type.toConfig(),
        ...UNDEFINED_NODES,
        fields: () => this.inputFields(type),
      });
    }
    return type;
  }

  private interfaces(type: GraphQLObjectType | GraphQLInterfaceType): GraphQLInterfaceType[] {
    return this.interfacesOf(type).map((candidate) => this.named(candidate) as GraphQLInterfaceType);
  }

  private interfacesOf(type: GraphQLObjectType | GraphQLInterfaceType): GraphQLInterfaceType[] {
    if (isObjectType(type) && !this.visible.hasMember(type)) return [];
    return type.getInterfaces().filter((candidate) => this.visible.hasType(candidate));
  }

  private fields(type: GraphQLObjectType | GraphQLInterfaceType): GraphQLFieldConfigMap<unknown, unknown> {
    const fields = Object.entries(type.toConfig().fields).filter(([name]) => this.visible.hasField(type, name));
    return Object.fromEntries(
      fields.map(([name, config]) => {
        const args = Object.entries(config.args ?? {})
          .filter(([argument]) => this.visible.hasArgument(type, name, argument))
          .map(([argument, arg]) => [argument, { ...arg, type: this.input(arg.type), astNode: undefined }]);
        const output = this.wrap(config.type) as GraphQLOutputType;
        return [name, { ...config, type: output, args: Object.fromEntries(args), astNode: undefined }];
      }),
    );
  }

  private inputFields(type: GraphQLInputObjectType): GraphQLInputFieldConfigMap {
    const fields = Object.entries(type.toConfig().fields).filter(([name]) => this.visible.hasField(type, name));
    return Object.fromEntries(
      fields.map(([name, config]) => [name, { ...config, type: this.input(config.type), astNode: undefined }]),
    );
  }

  private input(type: GraphQLInputType): GraphQLInputType {
    return this.wrap(type) as GraphQLInputType;
  }

  private wrap(type: GraphQLType): GraphQLType {
    if (isNonNullType(type)) return new GraphQLNonNull(this.wrap(type.ofType) as GraphQLNamedType);
    if (isListType(type)) return new GraphQLList(this.wrap(type.ofType));
    return this.named(type);
  }
}
