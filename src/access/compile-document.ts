import {
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
} from "graphql";
import type { AccessIndex } from "./access-index";
import { compilePlan } from "./compile-plan";
import { InputShapes } from "./input-shape";
import { type Excess, excessOf, type Limits, measure } from "./limits";
import type { OperationPlan, PlanSource } from "./plan";
import { validateDocument } from "./validate-document";

/** What a document is, for whoever asks. */
export type CompiledDocument =
  | ({ readonly kind: "too-costly" } & Excess)
  /** `errors` name the whole schema: for the log and `kind` alone, the client is told by `explainInvalidDocument`. */
  | { readonly kind: "invalid"; readonly errors: readonly GraphQLError[] }
  | {
      readonly kind: "ready";
      /** What one operation of the document needs; compiled when first asked for. */
      planFor(operation: OperationDefinitionNode): OperationPlan;
    };

export interface DocumentCompiler {
  /** The same result for the same node, for as long as the node lives. */
  compile(document: DocumentNode): CompiledDocument;
}

/**
 * Measures, validates and plans documents against the full schema, each once. The result hangs on the parsed document and on
 * nothing else, so that it can serve every principal; what a principal may do is decided elsewhere.
 */
export function documentCompiler(schema: GraphQLSchema, index: AccessIndex, limits: Limits): DocumentCompiler {
  const source: PlanSource = { schema, index, shapes: new InputShapes(index) };
  const compiled = new WeakMap<DocumentNode, CompiledDocument>();
  return {
    compile(document) {
      const known = compiled.get(document);
      if (known !== undefined) return known;
      const result = compileDocument(source, limits, document);
      compiled.set(document, result);
      return result;
    },
  };
}

function compileDocument(source: PlanSource, limits: Limits, document: DocumentNode): CompiledDocument {
  const excess = excessOf(measure(document), limits);
  if (excess !== null) return { kind: "too-costly", ...excess };
  const errors = validateDocument(source.schema, document, { hideSuggestions: true });
  if (errors.length > 0) return { kind: "invalid", errors };
  const plans = new WeakMap<OperationDefinitionNode, OperationPlan>();
  return {
    kind: "ready",
    planFor(operation) {
      const known = plans.get(operation);
      if (known !== undefined) return known;
      const plan = compilePlan(source, operation, fragmentsOf(document));
      plans.set(operation, plan);
      return plan;
    },
  };
}

function fragmentsOf(document: DocumentNode): ReadonlyMap<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return new Map(fragments.map((fragment) => [fragment.name.value, fragment]));
}
