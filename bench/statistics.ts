/** The middle of some figures with their extremes: what a handful of noisy rounds can honestly say. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/**
 * Value at `share` (0 … 1) of ascending figures, by the nearest rank.
 *
 * @example
 * percentile([1, 2, 3, 4], 0.5); // 2
 */
export function percentile(ascending: ArrayLike<number>, share: number): number {
  if (ascending.length === 0) throw new RangeError("no figures to take a percentile of");
  return ascending[Math.max(0, Math.ceil(ascending.length * share) - 1)] as number;
}

/** Median (of an even number, the mean of the middle two), least and most. */
export function spreadOf(figures: readonly number[]): Spread {
  const ascending = [...figures].sort((left, right) => left - right);
  const middle = ascending.length / 2;
  const upper = percentile(ascending, 0.5 + 1 / ascending.length / 2);
  return {
    median: Number.isInteger(middle) ? (percentile(ascending, 0.5) + upper) / 2 : upper,
    least: percentile(ascending, 0),
    most: percentile(ascending, 1),
  };
}

/**
 * Spread of `figures[i] / base[i]`: compares what was measured in the same round, so that the machine's drift from round to
 * round cancels out.
 */
export function ratioOf(figures: readonly number[], base: readonly number[]): Spread {
  if (figures.length !== base.length) throw new RangeError("ratios need figures of the same rounds");
  return spreadOf(figures.map((figure, round) => figure / (base[round] as number)));
}
