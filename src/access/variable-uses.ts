import {
  type ConstValueNode,
  type GraphQLInputType,
  getNullableType,
  isInputObjectType,
  isInputType,
  isListType,
  isNonNullType,
  Kind,
  type OperationDefinitionNode,
  typeFromAST,
  type ValueNode,
  type VariableDefinitionNode,
  type VariableNode,
} from "graphql";
import { FREE } from "./access-index";
import { type Condition, type Conditions, orWhen } from "./condition";
import type { Touch } from "./input-shape";
import type { PlannedVariable, PlanSource } from "./plan";

/**
 * Reads the values that an operation passes: names the input fields that literals contain, now, and remembers where each
 * variable goes, so that its value can be read when a request brings it.
 */
export class VariableUses {
  private readonly usedWhen = new Map<string, Conditions>();
  private readonly notNullWhen = new Map<string, Conditions>();
  private readonly definitions: ReadonlyMap<string, VariableDefinitionNode>;

  constructor(
    private readonly source: PlanSource,
    operation: OperationDefinitionNode,
    private readonly onNeed: (coordinate: string, when: Condition) => void,
  ) {
    const definitions = operation.variableDefinitions ?? [];
    this.definitions = new Map(definitions.map((definition) => [definition.variable.name.value, definition]));
  }

  /** The value of an argument, or a part of it. */
  ofValue(value: ValueNode, type: GraphQLInputType, when: Condition): void {
    if (value.kind === Kind.VARIABLE) {
      this.usedWhen.set(value.name.value, orWhen(this.usedWhen.get(value.name.value) ?? [], when));
      if (isNonNullType(type)) this.ofFlag(value, when);
      return;
    }
    eachPart(value, type, (coordinate, part, partType) => {
      if (coordinate !== null) this.onNeed(coordinate, when);
      this.ofValue(part, partType, when);
    });
  }

  /** A variable in a place that allows no null, such as `@skip(if:)`. */
  ofFlag(variable: VariableNode, when: Condition): void {
    const name = variable.name.value;
    if (this.definitions.get(name)?.type.kind === Kind.NON_NULL_TYPE) return;
    this.notNullWhen.set(name, orWhen(this.notNullWhen.get(name) ?? [], when));
  }

  planned(): PlannedVariable[] {
    return [...this.definitions].map(([name, { type: typeNode, defaultValue }]) => {
      const type = typeFromAST(this.source.schema, typeNode);
      if (!isInputType(type)) throw new Error(`The document is not valid: $${name} has no input type`);
      return {
        name,
        type,
        shape: this.source.shapes.of(type),
        hasDefault: defaultValue !== undefined,
        defaultFlag: defaultValue?.kind === Kind.BOOLEAN ? defaultValue.value : undefined,
        defaultTouches: defaultValue === undefined ? [] : this.touchesOf(defaultValue, type),
        usedWhen: this.usedWhen.get(name) ?? [],
        notNullWhen: this.notNullWhen.get(name) ?? [],
      };
    });
  }

  private touchesOf(value: ConstValueNode, type: GraphQLInputType): Touch[] {
    const touches: Touch[] = [];
    eachPart(value, type, (coordinate, part, partType) => {
      const bit = coordinate === null ? FREE : this.source.index.requirementOf(coordinate);
      if (coordinate !== null && bit !== FREE) touches.push({ coordinate, bit });
      touches.push(...this.touchesOf(part, partType));
    });
    return touches;
  }
}

/**
 * Calls `visit` for the items of a list literal (with no coordinate) and the fields of an input object literal. A single value
 * for a list is its only item.
 */
function eachPart<Value extends ValueNode>(
  value: Value,
  type: GraphQLInputType,
  visit: (coordinate: string | null, part: Value, type: GraphQLInputType) => void,
): void {
  const nullable: GraphQLInputType = getNullableType(type);
  if (isListType(nullable)) {
    const items = value.kind === Kind.LIST ? (value.values as readonly Value[]) : [value];
    for (const item of items) visit(null, item, nullable.ofType);
  } else if (isInputObjectType(nullable) && value.kind === Kind.OBJECT) {
    for (const field of value.fields) {
      const definition = nullable.getFields()[field.name.value];
      if (definition !== undefined) visit(`${nullable.name}.${definition.name}`, field.value as Value, definition.type);
    }
  }
}
