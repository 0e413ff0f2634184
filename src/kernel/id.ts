import { v7 } from "uuid";

/**
 * A new record id: UUID version 7 (RFC 9562), 36 lower-case characters.
 *
 * Its leading bits are the time, so that rows created together lie together in the primary key and order by id is order of
 * creation.
 */
export function newId(): string {
  return v7();
}
