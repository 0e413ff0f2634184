import { type ASTNode, type DocumentNode, GraphQLError, Kind, visit } from "graphql";

/** What graphql-js says where something is missing: the node is then what it is missing from, and the message alone has the name. */
const MISSING_INPUT = /^Field "\w+\.(\w+)" of required type "[^"]+" was not provided\./;
const MISSING_ARGUMENT = /^Field "\w+" argument "(\w+)" of type "[^"]+" is required, but it was not provided\./;

/**
 * The same errors, with the place in `extensions.field` of those that are about a literal in an argument, e.g.
 * `filter.salary.gt` or `input.tags[1]`, also where it is missing: as it is for variables, so that a form finds its field either way.
 */
export function namingInputs(document: DocumentNode, errors: readonly GraphQLError[]): readonly GraphQLError[] {
  const wanted = new Set(errors.flatMap(({ nodes }) => nodes?.[0] ?? []));
  const places = placesOf(document, wanted);
  return errors.map((error) => {
    const field = placeOf(error, places);
    if (field === undefined) return error;
    const { nodes, source, positions, path, originalError, extensions } = error;
    return new GraphQLError(error.message, {
      nodes: nodes ?? null,
      source: source ?? null,
      positions: positions ?? null,
      path: path ?? null,
      originalError: originalError ?? null,
      extensions: { ...extensions, field },
    });
  });
}

function placeOf({ message, nodes }: GraphQLError, places: ReadonlyMap<ASTNode, string>): string | undefined {
  const place = nodes?.[0] && places.get(nodes[0]);
  if (place === undefined) return MISSING_ARGUMENT.exec(message)?.[1];
  const missing = MISSING_INPUT.exec(message)?.[1];
  return missing === undefined ? place : `${place}.${missing}`;
}

function placesOf(document: DocumentNode, wanted: ReadonlySet<ASTNode>): ReadonlyMap<ASTNode, string> {
  const places = new Map<ASTNode, string>();
  visit(document, {
    enter(node, key, parent, _path, ancestors) {
      if (!wanted.has(node)) return;
      // What graphql-js calls ancestors ends above the parent.
      const around = [...ancestors, parent ?? []].flatMap((each) => (Array.isArray(each) ? [] : [each as ASTNode]));
      const field = spell([...around, node], key);
      if (field !== null) places.set(node, field);
    },
  });
  return places;
}

/** From the argument down; null for what is in none. */
function spell(way: readonly ASTNode[], key: string | number | undefined): string | null {
  let field: string | null = null;
  for (const [at, node] of way.entries()) {
    if (node.kind === Kind.ARGUMENT) field = node.name.value;
    else if (field === null) continue;
    else if (node.kind === Kind.OBJECT_FIELD) field += `.${node.name.value}`;
    else if (node.kind === Kind.LIST) {
      const inner = way[at + 1];
      const place = inner === undefined ? -1 : node.values.indexOf(inner as (typeof node.values)[number]);
      if (place >= 0) field += `[${inner === way.at(-1) && typeof key === "number" ? key : place}]`;
    }
  }
  return field;
}
