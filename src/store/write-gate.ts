/**
 * Lets one piece of work run at a time, in the order of asking.
 *
 * TypeORM's SQLite driver has one connection: two transactions at once would nest into each other, and the rollback of one
 * would take the other's rows with it after both had reported success.
 */
export function createGate(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work, work);
    last = turn.then(
      () => undefined,
      () => undefined,
    );
    return turn;
  };
}
