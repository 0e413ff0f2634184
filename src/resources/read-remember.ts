import { type GraphQLResolveInfo, type GraphQLSchema, Kind, type OperationDefinitionNode, visit } from "graphql";

/** What is remembered of one operation: by root field, and by the values of the variables that @skip and @include use. */
interface Remembered<Result> {
  readonly conditions: readonly string[];
  readonly results: Map<string, Result>;
}

/** Results of one operation at most; more combinations of conditions than these are computed anew. */
const MOST_RESULTS = 64;

/**
 * Gives back what `compute` gave for the same field of the same operation under the same conditions.
 *
 * Parsed documents are kept and shared between requests, so nearly every request finds its result; it goes when its document
 * goes. `compute` may use of `info` only the schema, the operation and its fragments, and boolean variables in conditions.
 */
export function rememberPerField<Result>(
  compute: (info: GraphQLResolveInfo, subject: string) => Result,
): (info: GraphQLResolveInfo, subject: string) => Result {
  const schemas = new WeakMap<GraphQLSchema, WeakMap<OperationDefinitionNode, Remembered<Result>>>();
  return (info, subject) => {
    const operations = schemas.get(info.schema) ?? new WeakMap<OperationDefinitionNode, Remembered<Result>>();
    schemas.set(info.schema, operations);
    const known = operations.get(info.operation) ?? { conditions: conditionVariables(info), results: new Map() };
    operations.set(info.operation, known);
    const mask = known.conditions.map((name) => (info.variableValues[name] === true ? "1" : "0")).join("");
    const key = `${pathOf(info.path)}/${mask}`;
    const found = known.results.get(key);
    if (found !== undefined) return found;
    const result = compute(info, subject);
    if (known.results.size >= MOST_RESULTS) known.results.clear();
    known.results.set(key, result);
    return result;
  };
}

function conditionVariables(info: GraphQLResolveInfo): string[] {
  const names = new Set<string>();
  for (const node of [info.operation, ...Object.values(info.fragments)]) {
    visit(node, {
      Directive(directive) {
        if (directive.name.value !== "skip" && directive.name.value !== "include") return;
        for (const { value } of directive.arguments ?? [])
          if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      },
    });
  }
  return [...names].sort();
}

/** Response keys from the root, without list positions. */
export function pathOf(path: GraphQLResolveInfo["path"]): string {
  if (path.prev === undefined) return String(path.key);
  return typeof path.key === "number" ? pathOf(path.prev) : `${pathOf(path.prev)}.${path.key}`;
}
