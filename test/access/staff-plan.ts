import { Kind, type OperationDefinitionNode, parse } from "graphql";
import { type DocumentCompiler, documentCompiler } from "../../src/access/compile-document";
import { Action, type Grant, type RowScope } from "../../src/access/grant";
import { DEFAULT_LIMITS } from "../../src/access/limits";
import { type BoundPlan, bindPlan, type OperationPlan } from "../../src/access/plan";
import { members } from "../../src/kernel/bitset";
import { staffIndex, staffSchema } from "./staff-schema";

export const staffCompiler: DocumentCompiler = documentCompiler(staffSchema, staffIndex, DEFAULT_LIMITS);

/** The operations of a document that must be valid. */
export function operationsOf(text: string): OperationDefinitionNode[] {
  return parse(text).definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
}

/** Plans one operation (the first by default) of a document that must be valid. */
export function planOf(text: string, at = 0): OperationPlan {
  const document = parse(text);
  const compiled = staffCompiler.compile(document);
  if (compiled.kind === "invalid") throw new Error(compiled.errors.map((error) => error.message).join("\n"));
  if (compiled.kind !== "ready") throw new Error(compiled.message);
  const operations = document.definitions.filter((node) => node.kind === Kind.OPERATION_DEFINITION);
  return compiled.planFor(operations[at] as OperationDefinitionNode);
}

export function bind(text: string, variables: Record<string, unknown> = {}): BoundPlan {
  return bindPlan(planOf(text), variables);
}

/** Names of the permissions that a request needs, sorted. */
export function neededBy(text: string, variables: Record<string, unknown> = {}): string[] {
  return members(bind(text, variables).needed)
    .map((bit) => staffIndex.permissionOf(bit))
    .sort();
}

/** A grant of READ; `fields` null = ALL. */
export function reads(resource: string, fields: string[] | null, rows: RowScope | null = null): Grant {
  return { resource, actions: [Action.READ], fields, rows };
}
