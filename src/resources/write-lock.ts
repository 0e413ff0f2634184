import type { Transaction } from "../context";
import { positional } from "./read-statement";
import type { Resource } from "./resource";

/**
 * Columns of one record, as the newest commit left them, kept from changing until the transaction ends; null when there is none.
 *
 * SQLite's transactions run one at a time and need no lock.
 */
export async function selectLocked(
  tx: Transaction,
  resource: Resource,
  id: string,
  columns: readonly string[],
): Promise<Readonly<Record<string, unknown>> | null> {
  const query = tx.createQueryBuilder(resource.entity, "t").select("t.id", "id").where("t.id = :p0");
  for (const column of columns) query.addSelect(`t.${column}`, column);
  const { sql } = positional(query);
  const locking = tx.connection.options.type === "mariadb" ? `${sql} FOR UPDATE` : sql;
  const [row] = (await tx.query(locking, [id])) as Readonly<Record<string, unknown>>[];
  return row ?? null;
}
