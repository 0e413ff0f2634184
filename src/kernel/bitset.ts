/**
 * Sets of small integers as words of 32 bits, of one fixed size per schema. Scopes and plans are these, so that a decision
 * is a handful of ANDs.
 */
export type Bitset = Uint32Array;

/** The empty set, able to hold members `0 … size - 1`. */
export function emptyBitset(size: number): Bitset {
  return new Uint32Array(Math.ceil(size / 32));
}

/** Adds one member in place. */
export function addBit(set: Bitset, bit: number): void {
  set[bit >>> 5] = (set[bit >>> 5] as number) | (1 << (bit & 31));
}

/** Whether `bit` is a member. */
export function hasBit(set: Bitset, bit: number): boolean {
  return ((set[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
}

/**
 * Whether every member of `needed` is in `held`; both must be of one size.
 *
 * @example
 * covers(new Uint32Array([0b111]), new Uint32Array([0b101])); // true
 */
export function covers(held: Bitset, needed: Bitset): boolean {
  for (let word = 0; word < needed.length; word++) {
    if (((needed[word] as number) & ~(held[word] as number)) !== 0) return false;
  }
  return true;
}

/** Adds every member of `from` to `into`, in place. */
export function addAll(into: Bitset, from: Bitset): void {
  for (let word = 0; word < into.length; word++) into[word] = (into[word] as number) | (from[word] as number);
}

/** A new set of the members that both have. */
export function intersect(left: Bitset, right: Bitset): Bitset {
  return left.map((word, at) => word & (right[at] as number));
}

/** Members in ascending order. */
export function members(set: Bitset): number[] {
  const found: number[] = [];
  for (let bit = 0; bit < set.length * 32; bit++) if (hasBit(set, bit)) found.push(bit);
  return found;
}
