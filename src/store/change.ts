import type { EntityManager } from "typeorm";
import { moveEpoch } from "./epoch";
import type { Store } from "./store";
import { Unchanged } from "./unchanged";

/** `change` of a store with this `transaction`: moves the epoch before the work, and takes that back where nothing has changed. */
export async function changeIn<T>(
  transaction: Store["transaction"],
  work: (tx: EntityManager) => Promise<T | Unchanged<T>>,
): Promise<T> {
  let unchanged: Unchanged<T> | undefined;
  try {
    return await transaction(async (tx) => {
      await moveEpoch(tx);
      const outcome = await work(tx);
      if (!(outcome instanceof Unchanged)) return outcome;
      unchanged = outcome;
      throw outcome;
    });
  } catch (thrown) {
    if (unchanged !== undefined && thrown === unchanged) return unchanged.value;
    throw thrown;
  }
}
