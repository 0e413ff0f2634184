import "reflect-metadata";
import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { GraphQLEnumType, GraphQLSchema, lexicographicSortSchema, specifiedDirectives } from "graphql";
import { buildSchemaSync, type NonEmptyArray } from "type-graphql";
import { type AccessIndex, compileAccessIndex } from "./access/access-index";
import { type DocumentCompiler, documentCompiler } from "./access/compile-document";
import { accessDirectives } from "./access/directives";
import { filteredSchemas } from "./access/filter-schema";
import { DEFAULT_LIMITS } from "./access/limits";
import { type Mask, masksPerScope } from "./access/mask";
import type { Scope } from "./access/scope";
import { AUTHORITY_NAMES } from "./authorities/authority-catalogue";
import type { CacheMeter } from "./kernel/cache-meter";

/** The schema that runs, and the permissions that its directives define. */
export interface LatchkeySchema {
  readonly executable: GraphQLSchema;
  readonly index: AccessIndex;
  /** One for all requests: what it knows of a document hangs on the document. */
  readonly compiler: DocumentCompiler;
  /** The schema as a scope sees it; those that were used last are kept. */
  readonly visible: (scope: Scope) => GraphQLSchema;
  /** How its caches do. */
  readonly caches: readonly CacheMeter[];
  /** What queries run as for a scope whose denied fields are null; those that were used last are kept. */
  readonly mask: (scope: Scope) => Mask;
}

const VISIBLE_SCHEMAS_KEPT = 200;
const MASKS_KEPT = 100;

/** A class that type-graphql's `@Resolver` marks. */
export type ResolverClass = new () => object;

/**
 * Builds the schema from resolver classes and compiles its directives. Throws, naming every coordinate and the fix, when a
 * field, input field or argument is not guarded: such a server must not start.
 */
export function buildLatchkeySchema(resolvers: readonly ResolverClass[]): LatchkeySchema {
  const built = lexicographicSortSchema(
    buildSchemaSync({ resolvers: resolvers as unknown as NonEmptyArray<ResolverClass>, validate: false }),
  );
  const action = built.getType("Action");
  if (!(action instanceof GraphQLEnumType)) throw new Error("The schema has no enum Action: no resolver uses it");
  const executable = new GraphQLSchema({
    ...built.toConfig(),
    directives: [...specifiedDirectives, ...accessDirectives(action)],
  });
  const index = compileAccessIndex(executable, AUTHORITY_NAMES);
  const visible = filteredSchemas(executable, index, VISIBLE_SCHEMAS_KEPT);
  const mask = masksPerScope(executable, index, MASKS_KEPT);
  return {
    executable,
    index,
    compiler: documentCompiler(executable, index, DEFAULT_LIMITS),
    visible,
    mask,
    caches: [visible.meter, mask.meter],
  };
}

/** The text of schema.graphql: sorted, with the directives that guard each place. */
export function printLatchkeySchema({ executable }: LatchkeySchema): string {
  return `${printSchemaWithDirectives(executable)}\n`;
}
