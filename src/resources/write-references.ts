import type { Transaction } from "../context";
import { badInput } from "../kernel/service-error";
import type { ResourceField } from "./field";
import type { Resource } from "./resource";
import { resourceNamed } from "./resource-map";
import type { Changes } from "./write-input";
import { selectLocked } from "./write-lock";

/**
 * Refuses relations to records that do not exist, and acyclic ones that would lead back to the record itself (BAD_USER_INPUT
 * naming the input field).
 *
 * Whether the related record may be *read* is no question here: who may set the relation may set it to any id it was given.
 */
export async function checkReferences(
  tx: Transaction,
  resource: Resource,
  id: string,
  changes: Changes,
): Promise<void> {
  for (const [field, value] of changes) {
    if (field.target === null || typeof value !== "string") continue;
    const path = `input.${field.column}`;
    const target = resourceNamed(field.target);
    if (field.acyclic && target.name === resource.name) await checkChain(tx, resource, field, id, value, path);
    else if ((await selectLocked(tx, target, value, [])) === null) throw unknown(path, field);
  }
}

/**
 * Walks up from the new parent, locking as it goes, so that two changes at once cannot close a cycle between them: one waits for
 * the other, or the database aborts one and it is run again on what the other left.
 */
async function checkChain(
  tx: Transaction,
  resource: Resource,
  field: ResourceField,
  id: string,
  parent: string,
  path: string,
): Promise<void> {
  if (parent === id) throw badInput(path, "must not be the record itself");
  const seen = new Set<string>();
  let at: string | null = parent;
  while (at !== null && !seen.has(at)) {
    seen.add(at);
    const row: Readonly<Record<string, unknown>> | null = await selectLocked(tx, resource, at, [field.column]);
    if (row === null) throw unknown(path, field);
    at = (row[field.column] as string | null) ?? null;
    if (at === id) throw badInput(path, `must not be below the record itself in the chain of ${field.name}`);
  }
}

function unknown(path: string, field: ResourceField): Error {
  return badInput(path, `is not the id of any ${field.target}`);
}
