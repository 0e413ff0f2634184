import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLCompositeType,
  type GraphQLField,
  type GraphQLObjectType,
  getNamedType,
  isAbstractType,
  isCompositeType,
  isObjectType,
  isUnionType,
  Kind,
  type OperationDefinitionNode,
  type SelectionNode,
  type SelectionSetNode,
  TypeMetaFieldDef,
} from "graphql";
import { addBit, emptyBitset } from "../kernel/bitset";
import { FREE } from "./access-index";
import { ALWAYS, both, type Condition, type Conditions, conditionKey, conditionOf, flagsOf, orWhen } from "./condition";
import { compileCost } from "./cost";
import type { Mask } from "./mask";
import { changedResource, isIdOf } from "./payload-id";
import type { Need, OperationPlan, PlanSource } from "./plan";
import { VariableUses } from "./variable-uses";

/** Fragment definitions of the operation's document by name. */
export type Fragments = ReadonlyMap<string, FragmentDefinitionNode>;

/**
 * Compiles what one operation of a valid document needs.
 *
 * Everything the document names counts, whether or not it will run: a literal `@skip(if: true)` relaxes nothing, and a field of a
 * literal input object counts even where its value is a variable that the request leaves out. Only `@skip` and `@include` on a
 * variable relax, and what a variable's own value names counts only when it is there. A default that the schema gives to an
 * argument or input field is the service's own choice and needs nothing.
 *
 * Under a `mask` it is what the operation needs when it runs on the masked schema: hidden fields need nothing, nor what is passed to
 * them or selected below them, since none of it is looked at.
 */
export function compilePlan(
  source: PlanSource,
  operation: OperationDefinitionNode,
  fragments: Fragments,
  mask: Mask | null = null,
): OperationPlan {
  return new PlanCompiler(source, operation, fragments, mask).compile();
}

/** The object types that a place of the result can really have, in one order per set. */
type PossibleTypes = readonly GraphQLObjectType[];

class PlanCompiler {
  private readonly needs = new Map<string, Need>();
  private readonly uses: VariableUses;
  private readonly visited = new Map<SelectionSetNode, Set<string>>();
  private introspects = false;

  constructor(
    private readonly source: PlanSource,
    private readonly operation: OperationDefinitionNode,
    private readonly fragments: Fragments,
    private readonly mask: Mask | null,
  ) {
    this.uses = new VariableUses(source, operation, (coordinate, when) => this.need(coordinate, when));
  }

  compile(): OperationPlan {
    const root = this.source.schema.getRootType(this.operation.operation);
    if (!root) throw new Error(`The document is not valid: the schema has no ${this.operation.operation}`);
    this.visitSelections(this.operation.selectionSet, root, [root], ALWAYS, null);
    const needs = [...this.needs.values()];
    const always = emptyBitset(this.source.index.size);
    for (const { bit, when } of needs) if (isAlways(when)) addBit(always, bit);
    const conditional = groupByCondition(needs.filter((need) => !isAlways(need.when)));
    const variables = this.uses.planned();
    const isSteady = conditional.length === 0 && variables.every((variable) => variable.defaultTouches.length === 0);
    const { index } = this.source;
    const cost = compileCost(this.source.schema, this.operation, this.fragments, this.mask);
    return Object.freeze({
      index,
      needs,
      always,
      conditional,
      variables,
      isSteady,
      introspects: this.introspects,
      cost,
    });
  }

  private visitSelections(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    types: PossibleTypes,
    when: Condition,
    changed: string | null,
  ): void {
    if (types.length === 0 || this.wasVisited(set, parent, types, when, changed)) return;
    for (const selection of set.selections) {
      this.readFlags(selection, when);
      const inner = both(when, conditionOf(selection.directives));
      if (selection.kind === Kind.FIELD) {
        this.visitField(selection, parent, types, inner, changed);
        continue;
      }
      const fragment = selection.kind === Kind.INLINE_FRAGMENT ? selection : this.fragments.get(selection.name.value);
      if (fragment === undefined) continue;
      const narrowed = this.narrow(fragment.typeCondition?.name.value, parent, types);
      this.visitSelections(fragment.selectionSet, narrowed.parent, narrowed.types, inner, changed);
    }
  }

  /** `@skip` is looked at first: where it skips, the variable of `@include` is never read. */
  private readFlags({ directives }: SelectionNode, when: Condition): void {
    const skips = conditionOf(directives).filter((test) => !test.wanted);
    for (const { variable, wanted } of flagsOf(directives)) {
      this.uses.ofFlag(variable, wanted ? both(when, skips) : when);
    }
  }

  /** `changed` is the resource of the mutation whose answer this is a field of; null anywhere else. */
  private visitField(
    node: FieldNode,
    parent: GraphQLCompositeType,
    types: PossibleTypes,
    when: Condition,
    changed: string | null,
  ): void {
    const name = node.name.value;
    if (name === "__typename") return;
    if (parent === this.source.schema.getQueryType() && this.visitIntrospection(node, when)) return;
    const staticField = isUnionType(parent) ? undefined : parent.getFields()[name];
    if (staticField === undefined) throw new Error(`The document is not valid: ${parent.name} has no field ${name}`);
    const shown = this.shown(types, name);
    if (shown.length === 0) return;
    const below = new Set<GraphQLObjectType>();
    for (const type of shown) {
      const field = type.getFields()[name];
      if (field === undefined) throw new Error(`The schema is not valid: ${type.name} has no field ${name}`);
      if (!isIdOf(this.source.index, changed, type.name, name)) this.visitCoordinate(node, type.name, when);
      const result = getNamedType(field.type);
      if (isCompositeType(result)) for (const possible of this.possibleTypes(result)) below.add(possible);
    }
    if (!isObjectType(parent)) this.visitCoordinate(node, parent.name, when);
    this.visitArguments(node, staticField, when);
    const result = getNamedType(staticField.type);
    if (node.selectionSet && isCompositeType(result)) {
      this.visitSelections(node.selectionSet, result, this.inOneOrder(below), when, this.changedBy(parent, name));
    }
  }

  /** The types that have the field and do not hide it. */
  private shown(types: PossibleTypes, field: string): PossibleTypes {
    const { mask } = this;
    return mask === null ? types : types.filter((type) => !mask.hides(type.name, field));
  }

  private visitIntrospection(node: FieldNode, when: Condition): boolean {
    const name = node.name.value;
    if (name !== "__schema" && name !== "__type") return false;
    this.introspects = true;
    if (name === "__type") this.visitArguments(node, TypeMetaFieldDef, when);
    return true;
  }

  private changedBy(parent: GraphQLCompositeType, field: string): string | null {
    const { schema, index } = this.source;
    return parent === schema.getMutationType() ? changedResource(index, `${parent.name}.${field}`) : null;
  }

  private visitCoordinate(node: FieldNode, typeName: string, when: Condition): void {
    const coordinate = `${typeName}.${node.name.value}`;
    this.need(coordinate, when);
    for (const argument of node.arguments ?? []) this.need(`${coordinate}(${argument.name.value}:)`, when);
  }

  /** Reads the arguments' values; an interface's arguments have the same types in every implementation. */
  private visitArguments(node: FieldNode, field: GraphQLField<unknown, unknown>, when: Condition): void {
    for (const argument of node.arguments ?? []) {
      const definition = field.args.find((candidate) => candidate.name === argument.name.value);
      if (definition !== undefined) this.uses.ofValue(argument.value, definition.type, when);
    }
  }

  private narrow(
    condition: string | undefined,
    parent: GraphQLCompositeType,
    types: PossibleTypes,
  ): { readonly parent: GraphQLCompositeType; readonly types: PossibleTypes } {
    if (condition === undefined) return { parent, types };
    const type = this.source.schema.getType(condition);
    if (!isCompositeType(type)) return { parent, types: [] };
    const possible = new Set(this.possibleTypes(type));
    return { parent: type, types: types.filter((candidate) => possible.has(candidate)) };
  }

  private possibleTypes(type: GraphQLCompositeType): PossibleTypes {
    return isAbstractType(type) ? this.source.schema.getPossibleTypes(type) : [type];
  }

  private inOneOrder(types: ReadonlySet<GraphQLObjectType>): PossibleTypes {
    return [...types].sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  private need(coordinate: string, when: Condition): void {
    const bit = this.source.index.requirementOf(coordinate);
    if (bit === FREE) return;
    const known: Conditions = this.needs.get(coordinate)?.when ?? [];
    this.needs.set(coordinate, { coordinate, bit, when: orWhen(known, when) });
  }

  /** Keeps fragments that are spread again and again from being compiled again and again. */
  private wasVisited(
    set: SelectionSetNode,
    parent: GraphQLCompositeType,
    types: PossibleTypes,
    when: Condition,
    changed: string | null,
  ): boolean {
    const key = `${parent.name} ${changed} ${types.map((type) => type.name).join(",")} ${conditionKey(when)}`;
    const keys = this.visited.get(set) ?? new Set<string>();
    this.visited.set(set, keys);
    if (keys.has(key)) return true;
    keys.add(key);
    return false;
  }
}

function isAlways(when: Conditions): boolean {
  return when.some((condition) => condition.length === 0);
}

function groupByCondition(needs: readonly Need[]): OperationPlan["conditional"] {
  const groups = new Map<string, { when: Condition; bits: number[] }>();
  for (const { bit, when } of needs) {
    for (const condition of when) {
      const key = conditionKey(condition);
      const group = groups.get(key) ?? { when: condition, bits: [] };
      groups.set(key, group);
      group.bits.push(bit);
    }
  }
  return [...groups.values()];
}
