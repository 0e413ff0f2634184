import type { Transaction } from "../context";
import { ServiceError } from "../kernel/service-error";
import { isForeignKeyViolation, isUniqueViolation } from "../store/violation";
import type { Resource } from "./resource";
import type { Changes } from "./write-input";

/** The answer for a version that is no longer the record's. */
export function staleVersion(resource: Resource): ServiceError {
  return new ServiceError("CONFLICT", `This ${resource.name} has changed since that version: read it again.`);
}

/**
 * What to tell of a write that the database refused: CONFLICT naming the field whose value is taken, or for a related record
 * that went away in between; any other error as it is.
 */
export async function refusalOf(
  error: unknown,
  tx: Transaction,
  resource: Resource,
  id: string,
  changes: Changes,
): Promise<unknown> {
  if (isForeignKeyViolation(error)) {
    return new ServiceError("CONFLICT", "A related record was deleted at the same moment.", {}, error);
  }
  if (!isUniqueViolation(error)) return error;
  const column = await takenColumn(tx, resource, id, changes);
  if (column === null) return error;
  const message = `Another ${resource.name} already has this ${column}.`;
  return new ServiceError("CONFLICT", message, { field: `input.${column}` }, error);
}

/** Only the statement failed, not the transaction: it can still ask whose value it is. */
async function takenColumn(tx: Transaction, resource: Resource, id: string, changes: Changes): Promise<string | null> {
  const unique = [...changes].filter(([field, value]) => field.unique && value !== null);
  const [only] = unique;
  if (unique.length === 1 && only) return only[0].column;
  for (const [{ column }, value] of unique) {
    const others = await tx
      .createQueryBuilder(resource.entity, "t")
      .where(`t.${column} = :value AND t.id <> :id`, { value: String(value), id })
      .getCount();
    if (others > 0) return column;
  }
  return null;
}
