import type { GraphQLInputType, GraphQLSchema } from "graphql";
import { addBit, type Bitset } from "../kernel/bitset";
import type { AccessIndex } from "./access-index";
import { anyHolds, type Condition, type Conditions } from "./condition";
import { type CostPlan, evaluateCost } from "./cost";
import type { InputShape, InputShapes, Touch } from "./input-shape";
import { type InputProblem, InputReading } from "./read-input";

/**
 * Plan        what an operation needs, compiled once per document; depends on no principal and no variable's value
 * Need        one coordinate of the plan, the permission it needs and when
 * Bound plan  what the operation needs with the variables of one request
 */

/** What compiling needs beside the operation; the same for every document of a schema. */
export interface PlanSource {
  readonly schema: GraphQLSchema;
  readonly index: AccessIndex;
  readonly shapes: InputShapes;
}

/** A coordinate that the operation selects, the bit it needs, and on which `@skip`/`@include` paths. */
export interface Need extends Touch {
  readonly when: Conditions;
}

/** A variable that the operation declares. */
export interface PlannedVariable {
  readonly name: string;
  readonly type: GraphQLInputType;
  readonly shape: InputShape;
  /** Whether the document gives a default, which then stands in for an absent value. */
  readonly hasDefault: boolean;
  /** The default where it is a boolean, for `@skip` and `@include`. */
  readonly defaultFlag: boolean | undefined;
  /** What the default itself names; it counts where the variable is absent and used. */
  readonly defaultTouches: readonly Touch[];
  /** Where the value reaches an argument: what it names counts when one of these holds. */
  readonly usedWhen: Conditions;
  /** Where the declared type allows null but the place does not, which only a default makes valid. */
  readonly notNullWhen: Conditions;
}

/** What one operation needs. Shared by all requests and principals for as long as its document is. */
export interface OperationPlan {
  readonly index: AccessIndex;
  readonly needs: readonly Need[];
  /** Bits needed whatever the variables. */
  readonly always: Bitset;
  /** Bits needed besides when the condition holds. */
  readonly conditional: readonly { readonly when: Condition; readonly bits: readonly number[] }[];
  readonly variables: readonly PlannedVariable[];
  /** Whether variables change it only by what their own values name, so that requests that name nothing share one bound plan. */
  readonly isSteady: boolean;
  /** Whether it selects `__schema` or `__type`, to be answered from the filtered schema. */
  readonly introspects: boolean;
  readonly cost: CostPlan;
}

/** Variables as the request gave them. Never changed. */
export type RawVariables = Readonly<Record<string, unknown>>;

/** What this very request needs, and why its variables cannot be used. */
export interface BoundPlan {
  readonly plan: OperationPlan;
  readonly needed: Bitset;
  readonly variables: RawVariables;
  /**
   * Why the variables cannot be used; null only when execution will coerce them without an error. A null for a place that takes
   * none is named even where graphql-js happens not to look at the place, e.g. at a fragment that it has spread already.
   */
  readonly invalidVariables: readonly InputProblem[] | null;
}

const NO_VARIABLES: RawVariables = Object.freeze({});

/** Bound plans of requests whose variables add nothing: one object per plan. */
const unchanged = new WeakMap<OperationPlan, BoundPlan>();

/**
 * Binds a plan to the variables of one request. Where these need nothing beyond the plan, and a plan without variables always,
 * the result is one shared object.
 *
 * Invalid variables are only reported. Decide first, so that a caller without the grants learns that and nothing about values.
 */
export function bindPlan(plan: OperationPlan, rawVariables: unknown): BoundPlan {
  if (plan.variables.length === 0) return unchangedPlan(plan);
  const variables = isObject(rawVariables) ? rawVariables : NO_VARIABLES;
  let needed = plan.always;
  const need = (bit: number): void => {
    if (needed === plan.always) needed = plan.always.slice();
    addBit(needed, bit);
  };
  const flag = flagReader(plan, variables);
  for (const { when, bits } of plan.conditional) {
    if (anyHolds([when], flag)) for (const bit of bits) need(bit);
  }
  const problems = readVariables(plan, variables, flag, (touch) => need(touch.bit));
  if (plan.isSteady && needed === plan.always && problems.length === 0) return unchangedPlan(plan);
  return { plan, needed, variables, invalidVariables: problems.length === 0 ? null : problems };
}

/** Every guarded coordinate of the request with the bit it needs, each once: the long way round, for naming refusals. */
export function touchedBy(bound: BoundPlan): Touch[] {
  const { plan, variables } = bound;
  const flag = flagReader(plan, variables);
  const touched = new Map<string, Touch>();
  for (const need of plan.needs) {
    if (anyHolds(need.when, flag)) touched.set(need.coordinate, { coordinate: need.coordinate, bit: need.bit });
  }
  readVariables(plan, variables, flag, (touch) => touched.set(touch.coordinate, touch));
  return [...touched.values()];
}

/** What the operation costs with these variables; those that are invalid count like absent ones. See `CostPlan`. */
export function costOf(plan: OperationPlan, rawVariables: unknown): number {
  if (plan.cost.fixed !== null) return plan.cost.fixed;
  const variables = isObject(rawVariables) ? rawVariables : NO_VARIABLES;
  return evaluateCost(plan.cost, variables, flagReader(plan, variables));
}

function unchangedPlan(plan: OperationPlan): BoundPlan {
  const known = unchanged.get(plan);
  if (known !== undefined) return known;
  const bound = Object.freeze({ plan, needed: plan.always, variables: NO_VARIABLES, invalidVariables: null });
  unchanged.set(plan, bound);
  return bound;
}

function readVariables(
  plan: OperationPlan,
  variables: RawVariables,
  flag: (name: string) => unknown,
  onTouch: (touch: Touch) => void,
): readonly InputProblem[] {
  let isUsed = false;
  const reading = new InputReading((touch) => {
    if (isUsed) onTouch(touch);
  });
  for (const variable of plan.variables) {
    isUsed = anyHolds(variable.usedWhen, flag);
    if (Object.hasOwn(variables, variable.name)) {
      const value = variables[variable.name];
      reading.read(variable.name, variable.shape, value);
      if (value === null && anyHolds(variable.notNullWhen, flag)) reading.refuse(variable.name, "NULL", variable.type);
    } else if (variable.hasDefault) {
      if (isUsed) for (const touch of variable.defaultTouches) onTouch(touch);
    } else if (variable.shape.kind === "REQUIRED") {
      reading.refuse(variable.name, "MISSING", variable.type);
    }
  }
  return reading.problems;
}

/** Values of variables as `@skip` and `@include` see them. */
function flagReader(plan: OperationPlan, variables: RawVariables): (name: string) => unknown {
  return (name) =>
    Object.hasOwn(variables, name)
      ? variables[name]
      : plan.variables.find((variable) => variable.name === name)?.defaultFlag;
}

function isObject(value: unknown): value is RawVariables {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
