import {
  type DocumentNode,
  type FragmentDefinitionNode,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
} from "graphql";

/** Bounds on one document. A document beyond any of them is refused before it is validated. */
export interface Limits {
  /** Nested fields. */
  readonly depth: number;
  /** Nested fields below `__schema` or `__type`, where tools need more. */
  readonly introspectionDepth: number;
  /** Renamed fields, fragments expanded. */
  readonly aliases: number;
  /** Fields of one operation's root, fragments expanded. */
  readonly rootFields: number;
  /** Fields and fragments of the whole document, fragments expanded; those that nothing spreads count as well. */
  readonly selections: number;
  /** Lexical tokens; counted by the parser (its `maxTokens`), not here. */
  readonly tokens: number;
  /** Records that one operation may ask for, list sizes multiplied: see `CostPlan`. Counted with the request's variables, not here. */
  readonly cost: number;
  /** Rows that its lists may really read, as many as there are records to have lists; counted where they are read. */
  readonly rows: number;
}

/**
 * `cost` lets through three lists within each other at their usual 50, and 500 within 500, since most records have few of them; `rows`
 * then holds what there really is. Room for the introspection query of graphql-js 16 (depth 14, 230 selections) and for any screen's
 * query, while validation, which compares fields in pairs, keeps others waiting for some 20 ms with the worst document that fits.
 */
export const DEFAULT_LIMITS: Limits = Object.freeze({
  depth: 12,
  introspectionDepth: 20,
  aliases: 100,
  rootFields: 20,
  selections: 500,
  tokens: 4000,
  cost: 300_000,
  rows: 20_000,
});

/**
 * What `measure` counts of a document: every limit but the parser's and that of one request, and the characters of all aliases
 * together. An alias is written with every record, so that a long one in a short document makes an answer of any size.
 */
export type Measured = Omit<Limits, "tokens" | "cost" | "rows"> & { readonly aliasCharacters: number };

/** Characters of all aliases together, for each alias that is allowed. */
const CHARACTERS_PER_ALIAS = 40;

/** A limit that a document goes beyond. */
export interface Excess {
  readonly limit: keyof typeof TERMS;
  readonly allowed: number;
  /** Public; names the limit and its value. */
  readonly message: string;
}

const NOTHING: Measured = Object.freeze({
  depth: 0,
  introspectionDepth: 0,
  aliases: 0,
  aliasCharacters: 0,
  rootFields: 0,
  selections: 0,
});

/**
 * Counts what is in a document once its fragments are expanded, without expanding them: each fragment is counted once, so the
 * time is linear in the document even where the expansion is exponential (the counts then reach Infinity). A fragment that no
 * operation spreads adds its own, since it is validated like any other. The document need not be valid; a fragment that is
 * missing or spreads itself counts as nothing where it does.
 *
 * @example
 * measure(parse("{ a { b } ...F } fragment F on Query { x: c }"));
 * // { depth: 2, introspectionDepth: 0, aliases: 1, aliasCharacters: 1, rootFields: 2, selections: 4 }
 */
export function measure(document: DocumentNode): Measured {
  const counter = new DocumentCounter(document);
  const total = { ...NOTHING };
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.OPERATION_DEFINITION) continue;
    const cost = counter.ofSelections(definition.selectionSet);
    total.depth = Math.max(total.depth, cost.depth);
    total.introspectionDepth = Math.max(total.introspectionDepth, cost.introspectionDepth);
    total.rootFields = Math.max(total.rootFields, cost.rootFields);
    total.aliases += cost.aliases;
    total.aliasCharacters += cost.aliasCharacters;
    total.selections += cost.selections;
  }
  for (const definition of document.definitions) {
    if (definition.kind !== Kind.FRAGMENT_DEFINITION || counter.hasCounted(definition)) continue;
    total.selections += counter.ofSelections(definition.selectionSet).selections;
  }
  return total;
}

/** The first limit that `measured` goes beyond, or null. */
export function excessOf(measured: Measured, limits: Limits): Excess | null {
  for (const limit of ["depth", "introspectionDepth", "rootFields", "aliases", "selections"] as const) {
    const allowed = limits[limit];
    if (measured[limit] > allowed)
      return { limit, allowed, message: `The document has more than ${allowed} ${TERMS[limit]}.` };
  }
  const allowed = limits.aliases * CHARACTERS_PER_ALIAS;
  if (measured.aliasCharacters <= allowed) return null;
  return { limit: "aliases", allowed, message: `The document has more than ${allowed} characters of aliases.` };
}

const TERMS: Readonly<Record<Exclude<keyof Measured, "aliasCharacters">, string>> = {
  depth: "levels of nested fields",
  introspectionDepth: "levels of nested introspection fields",
  rootFields: "root fields",
  aliases: "aliases",
  selections: "selections once its fragments are expanded",
};

class DocumentCounter {
  private readonly fragments = new Map<string, FragmentDefinitionNode>();
  private readonly counted = new Map<string, Measured>();

  constructor(document: DocumentNode) {
    for (const definition of document.definitions) {
      if (definition.kind === Kind.FRAGMENT_DEFINITION) this.fragments.set(definition.name.value, definition);
    }
  }

  /** Whether this very definition is in what was counted so far; of several of one name only the last ever is. */
  hasCounted(definition: FragmentDefinitionNode): boolean {
    const name = definition.name.value;
    return this.counted.has(name) && this.fragments.get(name) === definition;
  }

  ofSelections(set: SelectionSetNode): Measured {
    const sum = { ...NOTHING };
    for (const selection of set.selections) {
      const cost = this.ofSelection(selection);
      sum.depth = Math.max(sum.depth, cost.depth);
      sum.introspectionDepth = Math.max(sum.introspectionDepth, cost.introspectionDepth);
      sum.rootFields += cost.rootFields;
      sum.aliases += cost.aliases;
      sum.aliasCharacters += cost.aliasCharacters;
      sum.selections += cost.selections + 1;
    }
    return sum;
  }

  private ofSelection(selection: SelectionNode): Measured {
    if (selection.kind === Kind.FRAGMENT_SPREAD) return this.ofFragment(selection.name.value);
    if (selection.kind === Kind.INLINE_FRAGMENT) return this.ofSelections(selection.selectionSet);
    const below = selection.selectionSet === undefined ? NOTHING : this.ofSelections(selection.selectionSet);
    const name = selection.name.value;
    const introspects = name === "__schema" || name === "__type";
    return {
      depth: introspects ? 1 : below.depth + 1,
      introspectionDepth: introspects ? Math.max(below.depth, below.introspectionDepth) : below.introspectionDepth,
      rootFields: 1,
      aliases: below.aliases + (selection.alias === undefined ? 0 : 1),
      aliasCharacters: below.aliasCharacters + (selection.alias?.value.length ?? 0),
      selections: below.selections,
    };
  }

  private ofFragment(name: string): Measured {
    const known = this.counted.get(name);
    if (known !== undefined) return known;
    const fragment = this.fragments.get(name);
    if (fragment === undefined) return NOTHING;
    this.counted.set(name, NOTHING);
    const cost = this.ofSelections(fragment.selectionSet);
    this.counted.set(name, cost);
    return cost;
  }
}
