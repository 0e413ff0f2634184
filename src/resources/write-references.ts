import { Action } from "../access/grant";
import type { RequestContext, Transaction } from "../context";
import { hasBit } from "../kernel/bitset";
import { badInput } from "../kernel/service-error";
import type { ResourceField } from "./field";
import type { Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import { lockChain } from "./write-chain";
import type { Changes } from "./write-input";
import { selectLocked } from "./write-lock";

/**
 * Refuses relations to records that do not exist, and acyclic ones that would lead back to the record itself (BAD_USER_INPUT
 * naming the input field).
 *
 * Whether the related record may be *read* is no question here: who may set the relation may set it to any id it was given. Who
 * may not read the relation is told of a circle in the same words as of an id that does not exist.
 */
export async function checkReferences(
  ctx: RequestContext,
  tx: Transaction,
  resource: Resource,
  id: string,
  changes: Changes,
): Promise<void> {
  for (const [field, value] of changes) {
    if (field.target === null || typeof value !== "string") continue;
    const path = `input.${field.column}`;
    const target = resourceNamed(field.target);
    if (field.acyclic && target.name === resource.name) {
      const problem = await chainProblem(tx, resource, field, id, value);
      if (problem === null) continue;
      const unusable = `is not the id of any ${field.target} that it could be set to`;
      throw badInput(path, value === id || mayRead(ctx, resource, field) ? problem : unusable);
    }
    if ((await selectLocked(tx, target, value, [])) === null) throw badInput(path, unknown(field));
  }
}

async function chainProblem(
  tx: Transaction,
  resource: Resource,
  field: ResourceField,
  id: string,
  parent: string,
): Promise<string | null> {
  if (parent === id) return `must not be the ${resource.name} itself`;
  const chain = await lockChain(tx, resource, field, parent, id);
  if (!chain.exists) return unknown(field);
  return chain.ids.includes(id)
    ? `must not be below this ${resource.name}, or ${field.name} would lead round in a circle`
    : null;
}

function mayRead(ctx: RequestContext, resource: Resource, field: ResourceField): boolean {
  const bit = ctx.index.bitsOf(resource.name, Action.READ)?.fields.get(field.name);
  return bit !== undefined && hasBit(ctx.scope.bits, bit);
}

function unknown(field: ResourceField): string {
  return `is not the id of any ${field.target}`;
}
