import {
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLField,
  type GraphQLObjectType,
  type GraphQLOutputType,
  type GraphQLSchema,
  getArgumentValues,
  isLeafType,
  isListType,
  isNonNullType,
  isObjectType,
  type OperationDefinitionNode,
  OperationTypeNode,
} from "graphql";
import { collectFields, collectSubfields } from "graphql/execution/collectFields";
import { JsonText } from "../kernel/json-text";
import { compileLeaf, requireValue, takesStrings } from "./compile-leaf";
import { compileRecord, isPlainKey, type RecordField } from "./compile-record";
import { NOT_HERE, type Place, QueryRun, type Read, type VariableValues } from "./query-run";

/** What a server has that queries can be compiled for. */
export interface Compilable<Context> {
  readonly schema: GraphQLSchema;
  /** How fields are read that have a resolver, by coordinate, e.g. `Query.employees`; those that are missing are not compiled. */
  readonly reads: ReadonlyMap<string, Read<Context>>;
  /** Names of types whose values are plain data: no property is a function or a promise. */
  readonly records: ReadonlySet<string>;
}

/** A query of a valid document, for certain values of the variables that `@skip` and `@include` use. */
export interface QuerySource {
  readonly operation: OperationDefinitionNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly variables: VariableValues;
}

/** `data` of the answer, or null where the ordinary way has to find it: the query ends in an error, or in something unforeseen. */
export type CompiledQuery<Context> = (
  context: Context,
  variables: VariableValues,
) => Promise<Readonly<Record<string, unknown>> | null>;

type Complete<Context> = (value: unknown, run: QueryRun<Context>) => unknown;
type ObjectValue = Record<string, unknown>;

/** How values of one type at one place are completed. */
interface Completion<Context> {
  readonly complete: Complete<Context>;
  /** Whether completing needs nothing but the value, so that it can be part of a record's literal. */
  readonly isPlain: boolean;
  readonly takesStrings: boolean;
}

/** A field of one object type that is selected, with all of its nodes. */
interface Selected {
  readonly key: string;
  readonly nodes: readonly [FieldNode, ...FieldNode[]];
  readonly parent: GraphQLObjectType;
  /** Null for `__typename`. */
  readonly field: GraphQLField<unknown, unknown> | null;
  readonly path: Place["path"];
}

/** Writes one field into the object that it is part of. */
type Begin<Context> = (source: unknown, into: ObjectValue, run: QueryRun<Context>) => void;

class NotCompilable extends Error {}

/**
 * Compiles a query whose every field is known: reads that the server names, and plain values below them. Null for any other.
 *
 * Fields are collected and arguments coerced by graphql-js itself, scalars serialise themselves, and whatever ends in an error is left
 * to it as well, so that only the way through the fields is new.
 */
export function compileQuery<Context>(
  compilable: Compilable<Context>,
  source: QuerySource,
): CompiledQuery<Context> | null {
  try {
    return new QueryCompiler(compilable, source).compile();
  } catch (error) {
    if (error instanceof NotCompilable) return null;
    throw error;
  }
}

class QueryCompiler<Context> {
  constructor(
    private readonly compilable: Compilable<Context>,
    private readonly source: QuerySource,
  ) {}

  compile(): CompiledQuery<Context> {
    const { schema } = this.compilable;
    const { operation, fragments, variables } = this.source;
    const root = schema.getQueryType();
    if (operation.operation !== OperationTypeNode.QUERY || !root) throw new NotCompilable();
    const collected = collectFields(schema, fragments, variables, root, operation.selectionSet);
    const begin = this.fields(this.selected(root, collected, undefined));
    return async (context, values) => {
      const run = new QueryRun(context, values);
      try {
        const data = begin(undefined, run);
        return (await run.done()) ? data : null;
      } catch {
        run.end(false);
        return null;
      }
    };
  }

  private selected(
    parent: GraphQLObjectType,
    collected: ReadonlyMap<string, readonly FieldNode[]>,
    prev: Place["path"] | undefined,
  ): Selected[] {
    return [...collected].map(([key, found]) => {
      if (!isPlainKey(key)) throw new NotCompilable();
      const nodes = found as Selected["nodes"];
      const name = nodes[0].name.value;
      const field = name === "__typename" ? null : parent.getFields()[name];
      if (field === undefined) throw new NotCompilable();
      return { key, nodes, parent, field, path: { prev, key, typename: parent.name } };
    });
  }

  private completion(type: GraphQLOutputType, selected: Selected): Completion<Context> {
    if (isNonNullType(type)) {
      const inner = this.completion(type.ofType, selected);
      return { ...inner, complete: (value, run) => requireValue(inner.complete(value, run)) };
    }
    if (isListType(type)) {
      const { complete, isPlain } = this.completion(type.ofType, selected);
      return { complete: listOf(complete), isPlain, takesStrings: false };
    }
    if (isLeafType(type)) return { complete: compileLeaf(type), isPlain: true, takesStrings: takesStrings(type) };
    if (!isObjectType(type)) throw new NotCompilable();
    const { schema } = this.compilable;
    const { fragments, variables } = this.source;
    const collected = collectSubfields(schema, fragments, variables, type, selected.nodes);
    const below = this.selected(type, collected, selected.path);
    const record = this.compilable.records.has(type.name) ? this.record(below) : null;
    return { complete: record ?? this.object(below), isPlain: record !== null, takesStrings: false };
  }

  /** Null when a field is not plain. */
  private record(selected: readonly Selected[]): Complete<Context> | null {
    const fields: RecordField[] = [];
    for (const one of selected) {
      const { key, field, parent } = one;
      if (field === null) {
        fields.push({ key, property: key, constant: parent.name, takesStrings: false, complete: requireValue });
        continue;
      }
      if (field.resolve !== undefined) return null;
      const { complete, isPlain, takesStrings: asIs } = this.completion(field.type, one);
      if (!isPlain) return null;
      const plain = complete as (value: unknown) => unknown;
      fields.push({ key, property: field.name, takesStrings: asIs, complete: plain });
    }
    return compileRecord(fields);
  }

  private object(selected: readonly Selected[]): Complete<Context> {
    const begin = this.fields(selected);
    return (value, run) => {
      if (value === null || value === undefined) return null;
      if (value instanceof Error || value instanceof JsonText) throw NOT_HERE;
      return begin(value, run);
    };
  }

  private fields(selected: readonly Selected[]): (source: unknown, run: QueryRun<Context>) => ObjectValue {
    const fields = selected.map((one) => this.begin(one));
    return (source, run) => {
      const into: ObjectValue = {};
      for (const begin of fields) begin(source, into, run);
      return into;
    };
  }

  private begin(selected: Selected): Begin<Context> {
    const { key, field, parent } = selected;
    if (field === null) {
      return (_source, into) => {
        into[key] = parent.name;
      };
    }
    const read = this.readOf(field, selected);
    const { complete } = this.completion(field.type, selected);
    return (source, into, run) => {
      const value = read(source, run);
      if (!isPromise(value)) {
        into[key] = complete(value, run);
        return;
      }
      // Keeps the place of the key among the others.
      into[key] = null;
      run.await(value, (found) => {
        into[key] = complete(found, run);
      });
    };
  }

  private readOf(field: GraphQLField<unknown, unknown>, selected: Selected): Complete<Context> {
    const { name } = field;
    const argumentsOf = this.argumentsOf(field, selected.nodes[0]);
    const place = this.placeOf(field, selected);
    const placed = (run: QueryRun<Context>): Place => ({
      ...place,
      variableValues: run.variables as Place["variableValues"],
    });
    if (field.resolve === undefined) {
      // As graphql-js's default resolver.
      return (source, run) => {
        const value = (source as ObjectValue)[name];
        if (typeof value !== "function") return value;
        return (source as Record<string, CallableFunction>)[name]?.(argumentsOf(run), run.context, placed(run));
      };
    }
    const read = this.compilable.reads.get(`${selected.parent.name}.${name}`);
    if (read === undefined) throw new NotCompilable();
    return (source, run) => read(source, argumentsOf(run), run.context, placed(run));
  }

  private argumentsOf(field: GraphQLField<unknown, unknown>, node: FieldNode) {
    if (field.args.length === 0) return () => NO_ARGUMENTS;
    return (run: QueryRun<Context>) => getArgumentValues(field, node, run.variables);
  }

  private placeOf(field: GraphQLField<unknown, unknown>, { nodes, parent, path }: Selected): Place {
    return {
      fieldName: field.name,
      fieldNodes: nodes,
      returnType: field.type,
      parentType: parent,
      path,
      schema: this.compilable.schema,
      fragments: this.source.fragments,
      rootValue: undefined,
      operation: this.source.operation,
      variableValues: {},
      takesJson: true,
    };
  }
}

const NO_ARGUMENTS = Object.freeze({});

/** Other iterables than arrays are left to graphql-js. */
function listOf<Context>(item: Complete<Context>): Complete<Context> {
  return (value, run) => {
    if (value === null || value === undefined) return null;
    if (!Array.isArray(value)) throw NOT_HERE;
    const completed = new Array(value.length);
    for (let at = 0; at < value.length; at++) completed[at] = item(value[at], run);
    return completed;
  };
}

function isPromise(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && typeof (value as { then?: unknown }).then === "function";
}
