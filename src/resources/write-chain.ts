import type { Transaction } from "../context";
import type { ResourceField } from "./field";
import type { Resource } from "./resource";
import { selectLocked } from "./write-lock";

/** A record and all above it by an acyclic relation, nearest first. */
export interface Chain {
  readonly ids: readonly string[];
  /** False where the first record does not exist. */
  readonly exists: boolean;
}

/**
 * Walks up from `start`, locking as it goes, so that of two changes at once that concern each other's chain one waits for the other,
 * or the database aborts one and it is run again on what the other left. Ends at `until`, or where imported data lead in a circle.
 */
export async function lockChain(
  tx: Transaction,
  resource: Resource,
  field: ResourceField,
  start: string | null,
  until?: string,
): Promise<Chain> {
  const ids = new Set<string>();
  let at = start;
  while (at !== null && !ids.has(at)) {
    const row: Readonly<Record<string, unknown>> | null = await selectLocked(tx, resource, at, [field.column]);
    if (row === null) break;
    ids.add(at);
    at = at === until ? null : ((row[field.column] as string | null) ?? null);
  }
  return { ids: [...ids], exists: start === null || ids.size > 0 };
}
