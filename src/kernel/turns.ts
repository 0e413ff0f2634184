/** When each operation's last turn begins. */
const turns = new WeakMap<object, Promise<void>>();
/** When graphql-js has all items of an operation that were given to it in turns. */
const given = new WeakMap<object, Promise<void>>();

/** Waits until what `operation` does in turns has come to this, and the process has answered others meanwhile. */
export function takeTurn(operation: object): Promise<void> {
  const last = turns.get(operation) ?? Promise.resolve();
  const turn = last.then(() => new Promise<void>((resolve) => setImmediate(resolve)));
  turns.set(operation, turn);
  return turn;
}

/**
 * The items of a list for graphql-js, which completes those that are there in one turn of the event loop: beyond the first `atOnce`
 * they are promises, so that others are answered in between.
 */
export function inTurns<Item>(
  operation: object,
  items: readonly Item[],
  atOnce: number,
): readonly (Item | Promise<Item>)[] {
  if (items.length <= atOnce) return items;
  let turn = Promise.resolve();
  const promised = items.map((item, at) => {
    if (at < atOnce) return item;
    if (at % atOnce === 0) turn = takeTurn(operation);
    return turn.then(() => item);
  });
  given.set(operation, turn);
  return promised;
}

/** Ends when graphql-js has every item that it has been given in turns so far. */
export function allGiven(operation: object): Promise<void> {
  return given.get(operation) ?? Promise.resolve();
}
