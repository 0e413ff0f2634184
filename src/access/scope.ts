import type { Bitset } from "../kernel/bitset";
import type { RowScope } from "./grant";

/** Alternatives: a record satisfies the set when any part of it names the record. */
export type RowSet = RowScope;

/** Conditions that must ALL hold for a record; empty = every record. */
export type RowRule = readonly RowSet[];

/**
 * A principal's effective permissions, as bits of one `AccessIndex`, with the rows that each permission is limited to.
 *
 * Immutable and shared between requests of the same epoch.
 */
export interface Scope {
  readonly bits: Bitset;
  /** Names of authorities held; always empty for an API key. */
  readonly authorities: ReadonlySet<string>;
  /** Rule per permission bit that is limited to some rows; a held bit without an entry reaches every row. */
  readonly rows: ReadonlyMap<number, RowRule>;
  /** Equal for equal scopes: keys the cache of filtered schemas. */
  readonly fingerprint: string;
}
