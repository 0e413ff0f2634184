import {
  type DocumentNode,
  type FragmentDefinitionNode,
  getOperationAST,
  Kind,
  type OperationDefinitionNode,
  visit,
} from "graphql";
import { LRUCache } from "lru-cache";
import { CacheMeter } from "../kernel/cache-meter";

/** A document that came more than once, with what was made of it. */
export interface KnownDocument<Compiled> {
  readonly document: DocumentNode;
  readonly fragments: Readonly<Record<string, FragmentDefinitionNode>>;
  readonly operations: Map<OperationDefinitionNode, KnownOperation<Compiled>>;
}

/** An operation of a known document. */
export interface KnownOperation<Compiled> {
  readonly definition: OperationDefinitionNode;
  /** Its variables that `@skip` and `@include` use somewhere in the document, with their defaults. */
  readonly conditions: readonly { readonly name: string; readonly byDefault: boolean | undefined }[];
  /** What was compiled of it, by the values of these variables; null for "cannot be". */
  readonly variants: Map<string, Compiled | null>;
}

/** Documents by their text. */
export interface KnownDocuments<Compiled> {
  /** Remembers a document that is valid. */
  note(text: string, document: DocumentNode): void;
  /** The document with this text, once it has come often enough to be worth compiling; counts the call as one more time. */
  find(text: string): KnownDocument<Compiled> | undefined;
  readonly meter: CacheMeter;
}

interface Entry<Compiled> extends KnownDocument<Compiled> {
  uses: number;
}

/** Bytes that all documents together may take, as counted below. */
const MOST_BYTES = 16 * 1024 * 1024;
/** Measured: 140 to 190 bytes for each character of a document, parsed, planned and compiled. */
const BYTES_PER_CHARACTER = 200;
const BYTES_PER_DOCUMENT = 2_000;

/**
 * Where Apollo Server keeps documents that it has parsed, most of which the fast path keeps as well. Its own store would count them by
 * their length as JSON, which takes a while to make and is a tenth of what they hold once they are planned.
 */
export function parsedDocuments() {
  const kept = new LRUCache<string, DocumentNode>({
    maxSize: MOST_BYTES,
    sizeCalculation: ({ loc }) => bytesOf(loc?.source.body ?? ""),
  });
  return {
    get: async (key: string) => kept.get(key),
    async set(key: string, document: DocumentNode) {
      kept.set(key, document);
    },
    delete: async (key: string) => kept.delete(key),
  };
}

function bytesOf(text: string): number {
  return BYTES_PER_DOCUMENT + text.length * BYTES_PER_CHARACTER;
}

/** Of those, the ones that were used last are kept. `compileAfter` says how often a document comes before it is worth compiling. */
export function knownDocuments<Compiled>(compileAfter: number): KnownDocuments<Compiled> {
  const entries = new LRUCache<string, Entry<Compiled>>({
    maxSize: MOST_BYTES,
    sizeCalculation: (_entry, text) => bytesOf(text),
    dispose: (_entry, _text, reason) => {
      if (reason === "evict") meter.evictions += 1;
    },
  });
  const meter = new CacheMeter("documents", () => entries.size);
  return {
    meter,
    note(text, document) {
      if (entries.has(text)) return;
      entries.set(text, { document, fragments: fragmentsOf(document), operations: new Map(), uses: 1 });
    },
    find(text) {
      const entry = meter.lookedUp(entries.get(text));
      if (entry === undefined) return undefined;
      entry.uses += 1;
      return entry.uses > compileAfter ? entry : undefined;
    },
  };
}

/** The operation of a known document that `operationName` means; null when it means none. */
export function operationOf<Compiled>(
  { document, operations }: KnownDocument<Compiled>,
  operationName: string | undefined,
): KnownOperation<Compiled> | null {
  const definition = getOperationAST(document, operationName);
  if (!definition) return null;
  const known = operations.get(definition);
  if (known !== undefined) return known;
  const made = { definition, conditions: conditionsOf(document, definition), variants: new Map() };
  operations.set(definition, made);
  return made;
}

/** The values that `@skip` and `@include` will see; null when one is no boolean, which is an error that graphql-js words. */
export function flagsOf(
  { conditions }: Pick<KnownOperation<unknown>, "conditions">,
  variables: Readonly<Record<string, unknown>>,
): Readonly<Record<string, boolean>> | null {
  const flags = new Map<string, boolean>();
  for (const { name, byDefault } of conditions) {
    const value = Object.hasOwn(variables, name) ? variables[name] : byDefault;
    if (typeof value !== "boolean") return null;
    flags.set(name, value);
  }
  // Own members, whatever their names: `__proto__` is one of GraphQL's.
  return Object.fromEntries(flags);
}

function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = definitions.filter((definition) => definition.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((fragment) => [fragment.name.value, fragment]));
}

function conditionsOf(
  document: DocumentNode,
  { variableDefinitions = [] }: OperationDefinitionNode,
): KnownOperation<unknown>["conditions"] {
  const names = new Set<string>();
  visit(document, {
    Directive(directive) {
      if (directive.name.value !== "skip" && directive.name.value !== "include") return;
      for (const { value } of directive.arguments ?? []) {
        if (value.kind === Kind.VARIABLE) names.add(value.name.value);
      }
    },
  });
  return variableDefinitions
    .filter(({ variable }) => names.has(variable.name.value))
    .map(({ variable, defaultValue }) => ({
      name: variable.name.value,
      byDefault: defaultValue?.kind === Kind.BOOLEAN ? defaultValue.value : undefined,
    }));
}
