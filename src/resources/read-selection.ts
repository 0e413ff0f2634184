import {
  type FieldNode,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLResolveInfo,
  getNamedType,
  isObjectType,
} from "graphql";
import { collectSubfields } from "graphql/execution/collectFields";
import { isMasked } from "../access/mask-schema";
import type { RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";
import type { ResourceField } from "./field";
import { rememberPerField } from "./read-remember";
import { type TextShape, textShape } from "./read-text-shape";
import { fieldNamed, type Resource } from "./resource";
import { resourceNamed } from "./resource-map";

/** What an operation reads of one kind of record, and of the records it leads to. */
export interface Selection {
  /** GraphQL names of plain fields, sorted; names of their columns as well. */
  readonly columns: readonly string[];
  readonly relations: readonly Related[];
  /** Whether relations to many are selected, of which nothing but the record's id is read here. */
  readonly hasLists: boolean;
  /** Equal for equal selections of one resource. */
  readonly key: string;
}

/** A relation that is selected, and what is selected of the record it leads to. */
export interface Related {
  readonly field: ResourceField;
  readonly target: Resource;
  readonly selection: Selection;
}

/** What an operation reads of a connection. */
export interface PageSelection {
  readonly nodes: Selection;
  /** Whether any row is read at all; false where only `totalCount` is selected. */
  readonly hasRows: boolean;
  /**
   * Objects that are written for each row: records, and those they lead to, once for each alias; and one for every 500 characters
   * that fields written again under another alias may add.
   */
  readonly written: number;
  /** 1 where it matters whether more follows, so that one row more than the page is read; else 0. */
  readonly rowsBeyond: 0 | 1;
  /** Whether cursors are made, which takes the columns that the page is sorted by. */
  readonly hasCursors: boolean;
  /** How each record stands in the answer, where the database could write it; null where it could not, or where they differ. */
  readonly texts: TextShape | null;
}

/** Joins of one statement; MariaDB ends at 61, and nobody means more than a handful. */
const MOST_JOINS = 24;
/** Characters of values written again that count like one more row; what an employee's fields hold, say. */
const CHARACTERS_PER_ROW = 500;
/** Characters of a value of no length of its own: a number, a day, an instant. */
const CHARACTERS_PER_VALUE = 30;
const CURSORS: ReadonlySet<string> = new Set(["cursor", "startCursor", "endCursor"]);

const ofRecord = rememberPerField((info, resource) => {
  const draft = new Draft();
  draft.collect(info, resourceNamed(resource), objectTypeOf(info.returnType), info.fieldNodes);
  return draft.finish();
});

const ofPage = rememberPerField((info, resource): PageSelection => {
  const draft = new Draft();
  const addNodes = (part: Subfield): void =>
    draft.collect(info, resourceNamed(resource), objectTypeOf(part.type), part.nodes);
  const parts = subfields(info, objectTypeOf(info.returnType), info.fieldNodes);
  const lists = parts.filter(({ name }) => name === "nodes");
  const wrappers = parts.filter(({ name }) => name === "edges" || name === "pageInfo");
  const wrapped = wrappers.flatMap((part) => subfields(info, objectTypeOf(part.type), part.nodes));
  const records = [...lists, ...wrapped.filter(({ name }) => name === "node")];
  const edges = parts.filter(({ name }) => name === "edges").length;
  for (const part of records) addNodes(part);
  const objects = records.map((part) => objectsOf(info, resourceNamed(resource), part));
  const [only] = records.length === 1 ? records : [];
  return {
    nodes: draft.finish(),
    written: Math.max(
      objects.reduce((sum, each) => sum + each, 0),
      edges,
    ),
    hasRows: lists.length + wrappers.length > 0,
    rowsBeyond: wrapped.some(({ name }) => name === "hasNextPage") ? 1 : 0,
    hasCursors: wrapped.some(({ name }) => CURSORS.has(name)),
    texts: only ? textShape(info, resourceNamed(resource), objectTypeOf(only.type), only.nodes) : null,
  };
});

/** What the operation reads of the record that the running field returns. */
export function recordSelection(info: GraphQLResolveInfo, resource: Resource): Selection {
  return ofRecord(info, resource.name);
}

/** What the operation reads of the connection that the running field returns; `nodes` and `edges { node }` are read as one. */
export function pageSelection(info: GraphQLResolveInfo, resource: Resource): PageSelection {
  return ofPage(info, resource.name);
}

/** The shape of `selection` as texts, where the answer `takesJson` and the database writes what others would have to. */
export function textsIn({ store }: RequestContext, { texts }: PageSelection, takesJson: boolean): TextShape | null {
  return takesJson && store.dialect === "sqlite" ? texts : null;
}

/** Merges what several aliases of a relation select: default resolvers read by field name, and relations take no arguments. */
class Draft {
  private readonly columns = new Set<string>();
  private readonly relations = new Map<string, { field: ResourceField; target: Resource; draft: Draft }>();

  private hasLists = false;

  constructor(private readonly joins = { count: 0 }) {}

  collect(
    info: GraphQLResolveInfo,
    resource: Resource,
    type: GraphQLObjectType,
    fieldNodes: readonly FieldNode[],
  ): void {
    for (const { name, type: output, nodes } of subfields(info, type, fieldNodes)) {
      const field = fieldNamed(resource, name);
      // A relation to many is read by itself, for all records at once, from their ids.
      if (resource.lists.some((list) => list.name === name)) {
        this.columns.add("id");
        this.hasLists = true;
      } else if (field?.target == null) this.columns.add(name);
      else {
        const { target, draft } = this.relation(field, field.target);
        draft.collect(info, target, objectTypeOf(output), nodes);
      }
    }
  }

  private relation(field: ResourceField, target: string): { target: Resource; draft: Draft } {
    const known = this.relations.get(field.name);
    if (known) return known;
    this.joins.count += 1;
    if (this.joins.count > MOST_JOINS) {
      throw new ServiceError("QUERY_TOO_COSTLY", `One list or record may lead to at most ${MOST_JOINS} relations.`);
    }
    const added = { field, target: resourceNamed(target), draft: new Draft(this.joins) };
    this.relations.set(field.name, added);
    return added;
  }

  finish(): Selection {
    const columns = [...this.columns].sort();
    const relations = [...this.relations.values()]
      .map(({ field, target, draft }) => ({ field, target, selection: draft.finish() }))
      .sort((left, right) => (left.field.name < right.field.name ? -1 : 1));
    const nested = relations.map(({ field, selection }) => `${field.name}(${selection.key})`);
    return { columns, relations, hasLists: this.hasLists, key: [...columns, ...nested].join(",") };
  }
}

/** A record and those it leads to by relations to one, each as often as it has an alias, with what aliases of fields add. */
function objectsOf(
  info: GraphQLResolveInfo,
  resource: Resource,
  { type, nodes }: Pick<Subfield, "type" | "nodes">,
): number {
  const seen = new Set<string>();
  let objects = 1;
  let repeated = 0;
  for (const part of subfields(info, objectTypeOf(type), nodes)) {
    const field = fieldNamed(resource, part.name);
    if (field?.target != null) objects += objectsOf(info, resourceNamed(field.target), part);
    else if (seen.has(part.name)) repeated += part.name.length + (field?.maxLength ?? CHARACTERS_PER_VALUE);
    seen.add(part.name);
  }
  return objects + Math.floor(repeated / CHARACTERS_PER_ROW);
}

/** A field that is selected, with all of its nodes. */
interface Subfield {
  readonly name: string;
  readonly type: GraphQLOutputType;
  readonly nodes: readonly FieldNode[];
}

/**
 * Collects by graphql-js's own rules: fragments, aliases, @skip, @include. `__typename` is nothing to read, nor what a masked
 * schema hides.
 */
function subfields(
  info: GraphQLResolveInfo,
  type: GraphQLObjectType,
  fieldNodes: readonly FieldNode[],
): readonly Subfield[] {
  const collected = collectSubfields(info.schema, info.fragments, info.variableValues, type, fieldNodes);
  return [...collected.values()].flatMap((nodes) => {
    const name = (nodes[0] as FieldNode).name.value;
    const field = type.getFields()[name];
    return field === undefined || isMasked(field) ? [] : [{ name, type: field.type, nodes }];
  });
}

function objectTypeOf(type: GraphQLOutputType): GraphQLObjectType {
  const named = getNamedType(type);
  if (!isObjectType(named)) throw new Error(`${named.name} is not an object type`);
  return named;
}
