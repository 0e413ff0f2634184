/**
 * Random choices that are the same on every machine for one seed: sfc32 (Chris Doty-Humphrey's Small Fast Counter, as in
 * PractRand), whose integer steps leave no room for differences between engines. Not for secrets.
 *
 * @example
 * new Random("acme").below(6) === new Random("acme").below(6); // true
 */
export class Random {
  private a: number;
  private b: number;
  private c: number;
  private counter = 1;

  constructor(seed: string) {
    const word = spread(seed);
    this.a = word();
    this.b = word();
    this.c = word();
    for (let warmUp = 0; warmUp < 15; warmUp++) this.word();
  }

  /** 32 random bits. */
  word(): number {
    const sum = (this.a + this.b + this.counter) | 0;
    this.counter = (this.counter + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + sum;
    this.c |= 0;
    return sum >>> 0;
  }

  /** From 0 up to, but without, 1. */
  fraction(): number {
    return this.word() / 2 ** 32;
  }

  /** A whole number from 0 to `count - 1`. */
  below(count: number): number {
    return Math.floor(this.fraction() * count);
  }

  /** Whether something of this probability happens. */
  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  /** One of `list`, which must not be empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)] as T;
  }

  /** One of `list` by its `weight`. */
  weighted<T extends { readonly weight: number }>(list: readonly T[]): T {
    let left = this.fraction() * list.reduce((total, { weight }) => total + weight, 0);
    for (const item of list) {
      left -= item.weight;
      if (left < 0) return item;
    }
    return list[list.length - 1] as T;
  }
}

/** Words from a text (FNV-1a, then the finaliser of MurmurHash3), so that near seeds begin far apart. */
function spread(seed: string): () => number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < seed.length; at++) hash = Math.imul(hash ^ seed.charCodeAt(at), 0x01000193);
  return () => {
    hash = (hash + 0x9e3779b9) | 0;
    let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
    mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
    return (mixed ^ (mixed >>> 16)) >>> 0;
  };
}
