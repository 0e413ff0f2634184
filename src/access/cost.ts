import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLSchema,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isListType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionSetNode,
  type ValueNode,
} from "graphql";
import { PAGE_SIZE } from "../kernel/page-size";
import {
  ALWAYS,
  anyHolds,
  both,
  type Condition,
  type Conditions,
  conditionKey,
  conditionOf,
  orWhen,
} from "./condition";
import type { Mask } from "./mask";

/**
 * What an operation costs, in records that it may ask for:
 *
 *     one record or object      1 + what is asked of it
 *     a list with `first`       first × (1 + what is asked of each record), and 1 for `totalCount`
 *     any other list            5 × (1 + what is asked of each), since those are short
 *
 * Plain fields and introspection cost nothing: other limits bound them. `nodes` and `edges { node }` are one and the same list.
 * This is the most there can be; how many rows there really are is known, and bounded, where they are read.
 */
export interface CostPlan {
  readonly fields: readonly CostField[];
  /** The cost where no variable changes it; null where one does. */
  readonly fixed: number | null;
}

/** One place of the answer where records are asked for: `times` × (1 + those of `fields`), if one of `when` holds. */
export interface CostField {
  readonly when: Conditions;
  readonly times: Times;
  readonly fields: readonly CostField[];
}

/** How many records; where a variable says, `absent` counts when the request leaves it out, and the usual page when it is null. */
export type Times = number | { readonly variable: string; readonly absent: number };

/** Records of a list that has no `first`: the roles of a user, the grants of a set. */
const SHORT_LIST = 5;
const WRAPPERS: ReadonlySet<string> = new Set(["nodes", "edges", "pageInfo"]);

/** Compiles the cost of an operation of a valid document; fields that `mask` hides cost nothing. */
export function compileCost(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  mask: Mask | null,
): CostPlan {
  const root = schema.getRootType(operation.operation);
  if (!root) throw new Error(`The document is not valid: the schema has no ${operation.operation}`);
  const compiler = new CostCompiler(schema, operation, fragments, mask);
  const fields = compiler.fieldsOf([{ set: operation.selectionSet, parent: root, when: ALWAYS }]);
  const plan = { fields, fixed: null };
  return fields.every(isFixed) ? { fields, fixed: evaluateCost(plan, {}, () => undefined) } : plan;
}

/**
 * The cost with these variables. A page that is asked for beyond the bounds counts as the smallest or largest there is: it is refused
 * where it is read.
 */
export function evaluateCost(
  { fields }: Pick<CostPlan, "fields">,
  variables: Readonly<Record<string, unknown>>,
  flag: (variable: string) => unknown,
): number {
  const cost = ({ when, times, fields: below }: CostField): number => {
    if (!anyHolds(when, flag)) return 0;
    return timesOf(times, variables) * (1 + sum(below));
  };
  const sum = (list: readonly CostField[]): number => list.reduce((total, field) => total + cost(field), 0);
  return sum(fields);
}

function timesOf(times: Times, variables: Readonly<Record<string, unknown>>): number {
  if (typeof times === "number") return times;
  return Object.hasOwn(variables, times.variable) ? pageOf(variables[times.variable], PAGE_SIZE.usual) : times.absent;
}

function pageOf(given: unknown, absent: number): number {
  return Number.isInteger(given) ? Math.min(Math.max(given as number, 1), PAGE_SIZE.largest) : absent;
}

function literalPage(value: ValueNode): number {
  return pageOf(value.kind === Kind.INT ? Number(value.value) : null, PAGE_SIZE.usual);
}

function isFixed({ when, times, fields }: CostField): boolean {
  return typeof times === "number" && when.some((condition) => condition.length === 0) && fields.every(isFixed);
}

/** Selections of one place in the answer, and the condition on which they are reached. */
interface Part {
  readonly set: SelectionSetNode;
  readonly parent: GraphQLCompositeType;
  readonly when: Condition;
}

/** What several nodes of one response key ask for together. */
interface Asked {
  readonly node: FieldNode;
  readonly field: GraphQLField<unknown, unknown>;
  when: Conditions;
  readonly parts: Part[];
}

class CostCompiler {
  constructor(
    private readonly schema: GraphQLSchema,
    private readonly operation: OperationDefinitionNode,
    private readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>,
    private readonly mask: Mask | null,
  ) {}

  fieldsOf(parts: readonly Part[]): CostField[] {
    return this.asked(parts).flatMap((asked) => this.costOf(asked));
  }

  private costOf({ node, field, when, parts }: Asked): CostField[] {
    if (!isCompositeType(getNamedType(field.type))) return [];
    if (!field.args.some(({ name }) => name === "first")) {
      const times = isListType(getNullableType(field.type)) ? SHORT_LIST : 1;
      return [{ when, times, fields: this.fieldsOf(parts) }];
    }
    const times = this.pageOf(node, field);
    if (isListType(getNullableType(field.type))) return [{ when, times, fields: this.fieldsOf(parts) }];
    return this.connection(times, parts);
  }

  /** Rows are read where anything but the count is selected; both are only where their own conditions hold. */
  private connection(times: Times, parts: readonly Part[]): CostField[] {
    const inside = this.asked(parts);
    const rows = inside.filter(({ field }) => WRAPPERS.has(field.name));
    const nodes = inside.filter(({ field }) => field.name === "nodes");
    const edges = inside.filter(({ field }) => field.name === "edges").flatMap((each) => this.edgesOf(each));
    const counts = inside.filter(({ field }) => field.name === "totalCount");
    const found = counts.map(({ when }): CostField => ({ when, times: 1, fields: [] }));
    if (rows.length === 0) return found;
    const when = rows.flatMap((each) => each.when).reduce<Conditions>(orWhen, []);
    const [[first, ...moreNodes], [edge, ...moreEdges]] = [nodes, edges];
    const once = this.fieldsOf([...(first?.parts ?? []), ...(edge?.parts ?? [])]);
    // Whoever has the page written again under another alias pays for it again.
    const again = [...moreNodes, ...moreEdges].map(
      (each): CostField => ({ when: each.when, times, fields: this.fieldsOf(each.parts) }),
    );
    return [...found, { when, times, fields: once }, ...again];
  }

  /** The records of edges, once for each alias; or the edges themselves, where nothing but cursors is selected. */
  private edgesOf(edges: Asked): Pick<Asked, "when" | "parts">[] {
    const records = this.asked(edges.parts).filter(({ field }) => field.name === "node");
    return records.length > 0 ? records : [{ when: edges.when, parts: [] }];
  }

  /** Fields by response key, as graphql-js merges them; those of several types add up. */
  private asked(parts: readonly Part[]): Asked[] {
    const found = new Map<string, Asked>();
    const visited = new Map<SelectionSetNode, Set<string>>();
    for (const part of parts) this.collect(part, found, visited);
    return [...found.values()];
  }

  private collect(part: Part, found: Map<string, Asked>, visited: Map<SelectionSetNode, Set<string>>): void {
    const key = `${part.parent.name} ${conditionKey(part.when)}`;
    const keys = visited.get(part.set) ?? new Set<string>();
    visited.set(part.set, keys);
    if (keys.has(key)) return;
    keys.add(key);
    for (const selection of part.set.selections) {
      const when = both(part.when, conditionOf(selection.directives));
      if (selection.kind === Kind.FIELD) {
        this.addField(selection, part.parent, when, found);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const type = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      const parent = isCompositeType(type) ? type : part.parent;
      this.collect({ set: fragment.selectionSet, parent, when }, found, visited);
    }
  }

  private addField(node: FieldNode, parent: GraphQLCompositeType, when: Condition, found: Map<string, Asked>): void {
    const name = node.name.value;
    const field = isUnionType(parent) ? undefined : parent.getFields()[name];
    if (field === undefined || this.isHidden(parent, name)) return;
    const key = `${node.alias?.value ?? name} ${parent.name}.${name}`;
    const asked = found.get(key) ?? { node, field, when: [], parts: [] };
    found.set(key, asked);
    asked.when = orWhen(asked.when, when);
    const type = getNamedType(field.type);
    if (node.selectionSet && isCompositeType(type)) asked.parts.push({ set: node.selectionSet, parent: type, when });
  }

  private isHidden(parent: GraphQLCompositeType, field: string): boolean {
    const { mask } = this;
    if (mask === null) return false;
    const types = isAbstractType(parent) ? this.schema.getPossibleTypes(parent) : [parent];
    return types.every((type) => mask.hides(type.name, field));
  }

  private pageOf(node: FieldNode, field: GraphQLField<unknown, unknown>): Times {
    const fallback = field.args.find(({ name }) => name === "first")?.defaultValue;
    const given = node.arguments?.find(({ name }) => name.value === "first")?.value;
    if (given === undefined) return pageOf(fallback, PAGE_SIZE.usual);
    if (given.kind !== Kind.VARIABLE) return literalPage(given);
    const variable = given.name.value;
    const declared = this.operation.variableDefinitions?.find((each) => each.variable.name.value === variable);
    const preset = declared?.defaultValue;
    return { variable, absent: preset === undefined ? pageOf(fallback, PAGE_SIZE.usual) : literalPage(preset) };
  }
}
