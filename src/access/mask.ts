import {
  type GraphQLField,
  type GraphQLNamedType,
  type GraphQLObjectType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  isIntrospectionType,
  isNonNullType,
  isObjectType,
} from "graphql";
import { hasBit } from "../kernel/bitset";
import type { CacheMeter } from "../kernel/cache-meter";
import { RecentMap } from "../kernel/recent-map";
import { type AccessIndex, FREE } from "./access-index";
import { maskSchema } from "./mask-schema";
import type { Scope } from "./scope";

/** What queries run as for a scope whose denied fields are null instead of refused. */
export interface Mask {
  /** Equal for masks of equal scopes. */
  readonly fingerprint: string;
  /** The full schema, in which every hidden field is null and runs nothing. */
  readonly schema: GraphQLSchema;
  /** Whether the field of this object type is hidden. What is not hidden and denied all the same cannot be null: it refuses. */
  hides(typeName: string, field: string): boolean;
}

/**
 * The mask of a scope. A field is hidden when it may be null and is denied, or leads to nothing but what is denied: an employee's
 * `department` where no department may be read at all, since its `id` could not be null. Fields of the query type may always be
 * null, so that one list that is denied does not take the others with it: the scope's own schema has no such field.
 */
export function maskOf(schema: GraphQLSchema, index: AccessIndex, scope: Scope): Mask {
  const hidden = new HiddenFields(schema, index, scope).find();
  const hides = (typeName: string, field: string): boolean => hidden.has(`${typeName}.${field}`);
  return Object.freeze({ fingerprint: scope.fingerprint, schema: maskSchema(schema, hides), hides });
}

/** `maskOf`, keeping the `max` masks that were used last. */
export function masksPerScope(
  schema: GraphQLSchema,
  index: AccessIndex,
  max: number,
): ((scope: Scope) => Mask) & { readonly meter: CacheMeter } {
  const kept = new RecentMap<string, Mask>(max, "masks");
  const mask = (scope: Scope): Mask => kept.take(scope.fingerprint, () => maskOf(schema, index, scope));
  return Object.assign(mask, { meter: kept.meter });
}

class HiddenFields {
  /** Object types of which every field is denied or leads to another such type. */
  private readonly hollow = new Set<GraphQLNamedType>();
  private readonly types: readonly GraphQLObjectType[];

  constructor(
    private readonly schema: GraphQLSchema,
    private readonly index: AccessIndex,
    private readonly scope: Scope,
  ) {
    this.types = Object.values(schema.getTypeMap())
      .filter((type) => isObjectType(type))
      .filter((type) => !isIntrospectionType(type));
  }

  find(): ReadonlySet<string> {
    for (let before = -1; before < this.hollow.size; ) {
      before = this.hollow.size;
      for (const type of this.types) {
        if (Object.values(type.getFields()).every((field) => this.isClosed(type, field))) this.hollow.add(type);
      }
    }
    const isNullable = (type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean =>
      !isNonNullType(field.type) || type === this.schema.getQueryType();
    return new Set(
      this.types.flatMap((type) =>
        Object.values(type.getFields())
          .filter((field) => isNullable(type, field) && this.isClosed(type, field))
          .map((field) => `${type.name}.${field.name}`),
      ),
    );
  }

  private isClosed(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): boolean {
    const bit = this.index.requirementOf(`${type.name}.${field.name}`);
    return (bit !== FREE && !hasBit(this.scope.bits, bit)) || this.isHollow(getNamedType(field.type));
  }

  private isHollow(type: GraphQLNamedType): boolean {
    if (!isAbstractType(type)) return this.hollow.has(type);
    const possible = this.schema.getPossibleTypes(type);
    return possible.length > 0 && possible.every((candidate) => this.hollow.has(candidate));
  }
}
