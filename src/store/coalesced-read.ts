/** How many reads there were, and how many callers they served. */
export interface ReadCounts {
  reads: number;
  served: number;
}

/** Reads, and tells what it counted. */
export type CoalescedRead<T> = (() => Promise<T>) & { readonly counts: Readonly<ReadCounts> };

/**
 * Shares one read between callers, never giving any of them a read that began before it asked.
 *
 * While a read is under way, callers wait for the next one, which begins when the present one has ended and serves all of them.
 * So under load the number of reads does not grow with the number of callers.
 *
 * A read that is over before anybody else can ask, as on the embedded database, would be shared by nobody. With `gather` every read
 * is put off until that resolves, and serves all who asked until then.
 */
export function coalesceReads<T>(read: () => Promise<T>, gather?: () => Promise<unknown>): CoalescedRead<T> {
  const counts = { reads: 0, served: 0 };
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

  const share = (): Promise<T> => {
    counts.served += 1;
    if (current === null && gather === undefined) return begin();
    next ??= Promise.resolve(current)
      .then(
        () => gather?.(),
        () => gather?.(),
      )
      .then(() => {
        next = null;
        return begin();
      });
    return next;
  };
  return Object.assign(share, { counts });
}
