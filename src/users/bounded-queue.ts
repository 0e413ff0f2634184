import { ServiceError } from "../kernel/service-error";

/** Takes work, and tells how much of it is in line. */
export type BoundedQueue = (<T>(work: () => Promise<T>) => Promise<T>) & { waiting(): number };

/**
 * Runs work in order of arrival, `running` at a time; beyond `waiting` in line, throws RATE_LIMITED at once, so that a burst
 * costs bounded memory and nobody waits for an answer that comes too late.
 */
export function createBoundedQueue(running: number, waiting: number): BoundedQueue {
  let free = running;
  const line: (() => void)[] = [];
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (free === 0) {
      if (line.length >= waiting)
        throw new ServiceError("RATE_LIMITED", "Too many sign-ins at this moment. Try again shortly.");
      // Whoever finishes hands its place over, so `free` stays as it is.
      await new Promise<void>((proceed) => line.push(proceed));
    } else {
      free -= 1;
    }
    try {
      return await work();
    } finally {
      const next = line.shift();
      if (next) next();
      else free += 1;
    }
  };
  return Object.assign(inTurn, { waiting: () => line.length });
}
