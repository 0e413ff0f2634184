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
 */
export function coalesceReads<T>(read: () => Promise<T>): CoalescedRead<T> {
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
  const beginNext = (): Promise<T> => {
    next = null;
    return begin();
  };

  const share = (): Promise<T> => {
    counts.served += 1;
    if (current === null) return begin();
    next ??= current.then(beginNext, beginNext);
    return next;
  };
  return Object.assign(share, { counts });
}

/**
 * The same for a read that ends at once, as on the embedded database, and would be shared by nobody: it is put off until the event
 * loop has taken in what has come meanwhile, and serves all who asked until then.
 *
 * Each caller goes on in an immediate of its own. So one after the other does all that it can at once, where all together would
 * take each step in turn and have the values of all of them in memory.
 */
export function gatherReads<T>(read: () => Promise<T>): CoalescedRead<T> {
  const counts = { reads: 0, served: 0 };
  /** What those who asked until its first one goes on share; null when the next one has to open another. */
  let open: { value: Promise<T> | null } | null = null;

  const share = (): Promise<T> => {
    counts.served += 1;
    open ??= { value: null };
    const gathered = open;
    return new Promise((resolve, reject) => {
      setImmediate(() => {
        if (gathered.value === null) {
          open = null;
          counts.reads += 1;
          gathered.value = read();
        }
        gathered.value.then(resolve, reject);
      });
    });
  };
  return Object.assign(share, { counts });
}
