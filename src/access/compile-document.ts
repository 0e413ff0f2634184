import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import { RecentMap } from "../kernel/recent-map";
import type { AccessIndex } from "./access-index";
import { compilePlan } from "./compile-plan";
import { InputShapes } from "./input-shape";
import { type Excess, excessOf, type Limits, type Measured, measure } from "./limits";
import type { Mask } from "./mask";
import type { OperationPlan, PlanSource } from "./plan";
import { validateDocument } from "./validate-document";

/** What a document is, for whoever asks. */
export type CompiledDocument = { readonly measured: Measured } & (
  | ({ readonly kind: "too-costly" } & Excess)
  /** `errors` name the whole schema: for the log and `kind` alone, the client is told by `explainInvalidDocument`. */
  | { readonly kind: "invalid"; readonly errors: readonly GraphQLError[] }
  | ReadyDocument
);

/** A valid document within the limits. */
export interface ReadyDocument {
  readonly kind: "ready";
  /** What one operation of the document needs, on the masked schema where a mask is given; compiled when first asked for. */
  planFor(operation: OperationDefinitionNode, mask?: Mask): OperationPlan;
}

export interface DocumentCompiler {
  /**
   * What the document is under `limits`, those of everybody when left out. Validation and plans are the same objects for the same
   * node, for as long as the node lives; limits are compared anew.
   */
  compile(document: DocumentNode, limits?: Limits): CompiledDocument;
}

/** Masked plans kept for all documents and scopes together; others are compiled again when they are met again. */
const MASKED_PLANS_KEPT = 2_000;

/**
 * Measures, validates and plans documents against the full schema, each once. The result hangs on the parsed document and on
 * nothing else, so that it can serve every principal; what a principal may do is decided elsewhere.
 */
export function documentCompiler(schema: GraphQLSchema, index: AccessIndex, limits: Limits): DocumentCompiler {
  const source: PlanSource = { schema, index, shapes: new InputShapes(index) };
  const measures = new WeakMap<DocumentNode, Measured>();
  const validated = new WeakMap<DocumentNode, Validated>();
  const masked = new RecentMap<string, OperationPlan>(MASKED_PLANS_KEPT);
  return {
    compile(document, allowed = limits) {
      const measured = remember(measures, document, () => measure(document));
      const excess = excessOf(measured, allowed);
      // Nothing else looks at a document that is too large for whoever sent it.
      if (excess !== null) return { measured, kind: "too-costly", ...excess };
      return remember(validated, document, () => ({ measured, ...validateAndPlan(source, masked, document) }));
    },
  };
}

type Validated = Exclude<CompiledDocument, { kind: "too-costly" }>;

function validateAndPlan(source: PlanSource, masked: RecentMap<string, OperationPlan>, document: DocumentNode) {
  const errors = validateDocument(source.schema, document, { hideSuggestions: true });
  if (errors.length > 0) return { kind: "invalid", errors } as const;
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan>();
  const fragments = fragmentsOf(document);
  return {
    kind: "ready",
    planFor(operation: OperationDefinitionNode, mask?: Mask): OperationPlan {
      if (mask === undefined) {
        return remember(plans, operation, () => compilePlan(source, operation, fragments));
      }
      const key = `${numberOf(operation)} ${mask.fingerprint}`;
      return masked.take(key, () => compilePlan(source, operation, fragments, mask));
    },
  } as const;
}

function remember<Key extends object, Value>(known: WeakMap<Key, Value>, key: Key, make: () => Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  known.set(key, made);
  return made;
}

const numbers = new WeakMap<OperationDefinitionNode, number>();
let numbered = 0;

/** Stands for the operation in a key that must not keep its document alive. */
function numberOf(operation: OperationDefinitionNode): number {
  return remember(numbers, operation, () => ++numbered);
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
