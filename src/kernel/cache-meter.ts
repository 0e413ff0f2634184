/** Counts what a cache is worth, by plain additions; whoever reports it reads the fields. */
export class CacheMeter {
  hits = 0;
  misses = 0;
  /** Entries that had to make room for others. */
  evictions = 0;

  /** `entries` tells how many there are now; `name` is one of a few fixed words, since it becomes a label. */
  constructor(
    readonly name: string,
    readonly entries: () => number,
  ) {}

  /** Counts one look-up and passes its result on. */
  lookedUp<T>(found: T): T {
    if (found === undefined) this.misses += 1;
    else this.hits += 1;
    return found;
  }
}
