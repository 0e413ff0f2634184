import {
  type GraphQLArgument,
  type GraphQLField,
  type GraphQLInputField,
  type GraphQLInputObjectType,
  type GraphQLInterfaceType,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInterfaceType,
  isIntrospectionType,
  isObjectType,
  isRequiredArgument,
  isRequiredInputField,
  isUnionType,
} from "graphql";
import { hasBit } from "../kernel/bitset";
import { type AccessIndex, FREE } from "./access-index";
import { payloadOnlyTypes } from "./payload-id";
import type { Scope } from "./scope";

type WithFields = GraphQLObjectType | GraphQLInterfaceType;

/**
 * Which coordinates and types of a schema a scope may use, consistent in itself: what remains is again a valid schema.
 *
 * Starts from what the scope's bits allow and takes away, until nothing changes, what has lost its point: an argument or input
 * field whose type is gone, an input type that lacks a required field, a field that lacks a required argument or whose type is
 * gone, an interface field that some implementation lacks (a selection through the interface
 * would need it there too), a type
 * without fields or members. A type of which the scope reads nothing is left with its `id` where a mutation returns it.
 */
export class VisibleSchema {
  private readonly hidden = new Set<string>();
  private readonly payloads: ReadonlyMap<GraphQLNamedType, ReadonlySet<string>>;
  private hasChanged = false;

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly index: AccessIndex,
    private readonly scope: Scope,
  ) {
    this.payloads = payloadOnlyTypes(schema, index, scope);
    const types = Object.values(schema.getTypeMap()).filter((type) => !isIntrospectionType(type));
    do {
      this.hasChanged = false;
      for (const type of types) this.reduce(type);
    } while (this.hasChanged);
  }

  /** The query type stays without a field, since a schema needs one; `__typename` and introspection remain. */
  hasType(type: GraphQLNamedType): boolean {
    return !this.hidden.has(type.name) || type === this.schema.getQueryType();
  }

  /** Whether the type is visible as one of those behind an interface or union, where nothing but reading leads. */
  hasMember(type: GraphQLObjectType): boolean {
    return this.hasType(type) && !this.payloads.has(type);
  }

  hasField(type: WithFields | GraphQLInputObjectType, field: string): boolean {
    return !this.hidden.has(`${type.name}.${field}`);
  }

  hasArgument(type: WithFields, field: string, argument: string): boolean {
    return !this.hidden.has(`${type.name}.${field}(${argument}:)`);
  }

  private reduce(type: GraphQLNamedType): void {
    if (isObjectType(type) || isInterfaceType(type)) {
      const fields = Object.values(type.getFields());
      for (const field of fields) this.reduceField(type, field);
      this.hideUnless(
        type.name,
        fields.some((field) => this.hasField(type, field.name)),
      );
    } else if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields());
      for (const field of fields) this.hideUnless(`${type.name}.${field.name}`, this.isInputUsable(type, field));
      const isWhole = fields.every((field) => !isRequiredInputField(field) || this.hasField(type, field.name));
      this.hideUnless(type.name, isWhole && fields.some((field) => this.hasField(type, field.name)));
    } else if (isUnionType(type)) {
      this.hideUnless(
        type.name,
        type.getTypes().some((member) => this.hasMember(member)),
      );
    }
  }

  private reduceField(type: WithFields, field: GraphQLField<unknown, unknown>): void {
    const coordinate = `${type.name}.${field.name}`;
    for (const argument of field.args) {
      this.hideUnless(`${coordinate}(${argument.name}:)`, this.isArgumentUsable(type, field.name, argument));
    }
    const isUsable =
      this.isOpen(type, field.name) &&
      this.leadsSomewhere(type, field) &&
      field.args.every((arg) => !isRequiredArgument(arg) || this.hasArgument(type, field.name, arg.name)) &&
      this.implementations(type).every((one) => !this.payloads.has(one) && this.hasField(one, field.name));
    this.hideUnless(coordinate, isUsable);
  }

  private isOpen(type: WithFields, field: string): boolean {
    const mutations = field === "id" ? this.payloads.get(type) : undefined;
    const mutation = this.schema.getMutationType();
    if (mutations === undefined || !mutation) return this.isHeld(`${type.name}.${field}`);
    return [...mutations].some((name) => this.hasField(mutation, name));
  }

  private leadsSomewhere(type: WithFields, field: GraphQLField<unknown, unknown>): boolean {
    const result = getNamedType(field.type);
    const mutations = this.payloads.get(result);
    const isPayload = mutations === undefined || (type === this.schema.getMutationType() && mutations.has(field.name));
    return isPayload && this.hasType(result);
  }

  private isArgumentUsable(type: WithFields, field: string, argument: GraphQLArgument): boolean {
    return (
      this.isHeld(`${type.name}.${field}(${argument.name}:)`) &&
      this.hasType(getNamedType(argument.type)) &&
      this.implementations(type).every((implementation) => this.hasArgument(implementation, field, argument.name))
    );
  }

  private isInputUsable(type: GraphQLInputObjectType, field: GraphQLInputField): boolean {
    return this.isHeld(`${type.name}.${field.name}`) && this.hasType(getNamedType(field.type));
  }

  private implementations(type: WithFields): readonly WithFields[] {
    if (!isInterfaceType(type)) return [];
    const { objects, interfaces } = this.schema.getImplementations(type);
    return [...objects, ...interfaces];
  }

  private isHeld(coordinate: string): boolean {
    const bit = this.index.requirementOf(coordinate);
    return bit === FREE || hasBit(this.scope.bits, bit);
  }

  private hideUnless(name: string, isUsable: boolean): void {
    if (isUsable || this.hidden.has(name)) return;
    this.hidden.add(name);
    this.hasChanged = true;
  }
}
