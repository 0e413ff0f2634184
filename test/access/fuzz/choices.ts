/**
 * Decisions drawn from a list of bytes that fast-check makes and shrinks. When the bytes run out every decision is the first
 * option, so generators put the simplest one first and stop by themselves.
 */
export class Choices {
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  /** A number from 0 to `options - 1`. */
  below(options: number): number {
    const byte = this.bytes[this.at++] ?? 0;
    return byte % options;
  }

  /** Whether something of this many percent happens; never once the bytes have run out. */
  chance(percent: number): boolean {
    return this.below(100) >= 100 - percent;
  }

  of<T>(options: readonly T[]): T {
    const option = options[this.below(options.length)];
    if (option === undefined) throw new Error("There is nothing to choose from");
    return option;
  }

  some<T>(options: readonly T[], percent: number): T[] {
    return options.filter(() => this.chance(percent));
  }

  get areSpent(): boolean {
    return this.at >= this.bytes.length;
  }
}
