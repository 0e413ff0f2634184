import { CacheMeter } from "./cache-meter";

/** A map that keeps the `max` entries which were set or found last, for what is costly to make and made again when it is gone. */
export class RecentMap<Key, Value extends object> {
  private readonly kept = new Map<Key, Value>();

  readonly meter: CacheMeter;

  /** `name` is for whoever reports the meter. */
  constructor(
    private readonly max: number,
    name = "",
  ) {
    this.meter = new CacheMeter(name, () => this.kept.size);
  }

  /** What is kept under `key`, or what `make` gives, which is kept from now on. */
  take(key: Key, make: () => Value): Value {
    const value = this.meter.lookedUp(this.kept.get(key)) ?? make();
    // A map iterates in the order of insertion, so what is put in anew is the last to go.
    this.kept.delete(key);
    this.kept.set(key, value);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= this.max) break;
      this.kept.delete(oldest);
      this.meter.evictions += 1;
    }
    return value;
  }
}
