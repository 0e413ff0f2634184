import { addBit, type Bitset, emptyBitset, hasBit, intersect, members } from "../kernel/bitset";
import type { AccessIndex } from "./access-index";
import type { Grant, RowScope } from "./grant";
import { mergeRowSets, withoutRepeats } from "./row-set";

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
  /**
   * Equal exactly for scopes of equal bits, whatever their rows: keys the cache of filtered schemas, which rows do not change.
   * Never key a decision about records by it.
   */
  readonly fingerprint: string;
}

/** What a session may do: the union of its roles, inherited ones included. */
export interface RoleAccess {
  readonly authorities: Iterable<string>;
  readonly grants: readonly Grant[];
}

/** The scope of a request that proves to be nobody: only `@public` is open to it. */
export function emptyScope(index: AccessIndex): Scope {
  return seal(emptyBitset(index.size), new Set(), new Map());
}

/** The scope of a session. Authorities, resources, fields and actions that the schema does not know give nothing. */
export function roleScope(index: AccessIndex, access: RoleAccess): Scope {
  const known = new Set(index.authorities);
  const held = new Set([...access.authorities].filter((name) => known.has(name)));
  const bits = emptyBitset(index.size);
  for (const name of held) hold(index, bits, `authority:${name}`);
  for (const [bit, anyOf] of index.combinations) if (anyOf.some((name) => held.has(name))) addBit(bits, bit);
  return grantsScope(index, bits, held, access.grants);
}

/** The scope of an API key alone, before it is intersected with its owner's: grants and no authority. */
export function keyScope(index: AccessIndex, grants: readonly Grant[]): Scope {
  return grantsScope(index, emptyBitset(index.size), new Set(), grants);
}

/** Every permission on every row; for whoever runs the CLI next to the database, never for a request. */
export function everythingScope(index: AccessIndex): Scope {
  const bits = emptyBitset(index.size);
  for (let bit = 0; bit < index.size; bit++) addBit(bits, bit);
  return seal(bits, new Set(index.authorities), new Map());
}

/**
 * What a key may do for its owner: permissions that both hold, on rows that both reach. No authority survives, whoever owns the
 * key.
 *
 * @throws when `key` carries an authority, since it then is no key's scope but a session's.
 */
export function intersectScopes(owner: Scope, key: Scope): Scope {
  if (key.authorities.size > 0) throw new Error("A key's scope carries no authority: build it with keyScope");
  const bits = intersect(owner.bits, key.bits);
  const rows = new Map<number, RowRule>();
  for (const bit of new Set([...owner.rows.keys(), ...key.rows.keys()])) {
    if (!hasBit(bits, bit)) continue;
    rows.set(bit, withoutRepeats([...(owner.rows.get(bit) ?? []), ...(key.rows.get(bit) ?? [])]));
  }
  return seal(bits, new Set(), rows);
}

function hold(index: AccessIndex, bits: Bitset, permission: string): void {
  const bit = index.bitOf(permission);
  if (bit !== undefined) addBit(bits, bit);
}

/**
 * Adds what `grants` give. Several grants of one permission are alternatives, so their rows are merged into one set, and one
 * grant without a limit lifts it.
 */
function grantsScope(
  index: AccessIndex,
  bits: Bitset,
  authorities: ReadonlySet<string>,
  grants: readonly Grant[],
): Scope {
  hold(index, bits, "authenticated");
  const limits = new Map<number, (RowSet | null)[]>();
  for (const grant of grants) {
    for (const bit of bitsOfGrant(index, grant)) {
      addBit(bits, bit);
      limits.set(bit, [...(limits.get(bit) ?? []), grant.rows]);
    }
  }
  const rows = new Map<number, RowRule>();
  for (const [bit, sets] of limits) {
    const limited = sets.filter((set) => set !== null);
    if (limited.length === sets.length) rows.set(bit, [mergeRowSets(limited)]);
  }
  return seal(bits, authorities, rows);
}

/**
 * The bits of one stored grant. An action that is held field by field needs at least one field that the schema knows, or the
 * grant does not hold the action at all.
 */
function bitsOfGrant(index: AccessIndex, grant: Grant): Set<number> {
  const found = new Set<number>();
  for (const action of grant.actions) {
    const offered = index.bitsOf(grant.resource, action);
    if (offered === undefined) continue;
    const names = grant.fields ?? [...offered.fields.keys()];
    const fields = names.map((name) => offered.fields.get(name)).filter((bit) => bit !== undefined);
    if (fields.length === 0 && offered.fields.size > 0) continue;
    found.add(offered.whole);
    for (const bit of fields) found.add(bit);
  }
  return found;
}

function seal(bits: Bitset, authorities: ReadonlySet<string>, rows: ReadonlyMap<number, RowRule>): Scope {
  return Object.freeze({ bits, authorities, rows, fingerprint: fingerprintOf(bits) });
}

function fingerprintOf(bits: Bitset): string {
  return [...bits].map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** Bits that the scope holds, ascending. */
export function heldBits(scope: Scope): number[] {
  return members(scope.bits);
}
