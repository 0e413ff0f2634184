import type { FieldNode, GraphQLObjectType, GraphQLResolveInfo } from "graphql";
import { getNamedType, isObjectType } from "graphql";
import { collectSubfields } from "graphql/execution/collectFields";
import type { FieldKindName } from "./field";
import { fieldNamed, type Resource } from "./resource";
import { resourceNamed } from "./resource-map";

/** Records whose answer is what a database would write of them as JSON: members in their order, each by its own name. */
export interface TextShape {
  readonly typeName: string;
  readonly members: readonly TextMember[];
  /** Equal for equal shapes; never empty, so that a record of no members is not as one that has no shape. */
  readonly key: string;
}

interface TextMember {
  /** Of a field of the resource, `id` or `__typename`. */
  readonly name: string;
  /** Of the record that a relation leads to; null for a value. */
  readonly inner: TextShape | null;
}

/** Kinds whose values stand in the answer as they are stored, as strings; GraphQL serialises the others, or checks them. */
const AS_STORED: ReadonlySet<FieldKindName> = new Set(["text", "date"]);

/** How records of `resource` are selected by `nodes`; null where something is read or written otherwise, e.g. under an alias. */
export function textShape(
  info: GraphQLResolveInfo,
  resource: Resource,
  type: GraphQLObjectType,
  nodes: readonly FieldNode[],
): TextShape | null {
  const members: TextMember[] = [];
  for (const [key, found] of collectSubfields(info.schema, info.fragments, info.variableValues, type, nodes)) {
    const { value: name } = (found[0] as FieldNode).name;
    const member = name === key ? memberOf(info, resource, type, name, found) : null;
    if (member === null) return null;
    members.push(member);
  }
  const written = members.map(({ name, inner }) => (inner === null ? name : `${name}${inner.key}`));
  return { typeName: type.name, members, key: `{${written.join()}}` };
}

function memberOf(
  info: GraphQLResolveInfo,
  resource: Resource,
  type: GraphQLObjectType,
  name: string,
  nodes: readonly FieldNode[],
): TextMember | null {
  if (name === "id" || name === "__typename") return { name, inner: null };
  const field = fieldNamed(resource, name);
  if (field === undefined) return null;
  if (field.target === null) return AS_STORED.has(field.kind) ? { name, inner: null } : null;
  const output = getNamedType(type.getFields()[name]?.type);
  if (!isObjectType(output)) return null;
  const inner = textShape(info, resourceNamed(field.target), output, nodes);
  return inner && { name, inner };
}
