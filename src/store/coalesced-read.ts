/** How many reads there were, and how many callers they served. */
export interface ReadCounts {
  reads: number;
  served: number;
}

/**
 * Shares one read between callers, never giving any of them a read that began before it asked.
 *
 * While a read is under way, callers wait for the next one, which begins when the present one has ended and serves all of them.
 * So under load the number of reads does not grow with the number of callers. Both are added to `counts`.
 */
export function coalesceReads<T>(
  read: () => Promise<T>,
  counts: ReadCounts = { reads: 0, served: 0 },
): () => Promise<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;

  const begin = (): Promise<T> => {
    counts.reads += 1;
    const started = read();
    current = started;
    const finish = (): void => {
      if (current === started) current = null;
    };
    started.then(finish, finish);
    return started;
  };

  return () => {
    counts.served += 1;
    if (current === null) return begin();
    next ??= current
      .then(
        () => undefined,
        () => undefined,
      )
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
}
