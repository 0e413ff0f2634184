import type { EntityManager } from "typeorm";
import { ServiceError } from "../kernel/service-error";
import { Epoch } from "./epoch.entity";
import type { Store } from "./store";

const SELECT_EPOCH = "SELECT value FROM epoch WHERE id = 1";

/** Moves the epoch; as the first statement of a transaction it also queues administrative changes one behind the other. */
export async function moveEpoch(tx: EntityManager): Promise<void> {
  const moved = await tx
    .createQueryBuilder()
    .update(Epoch)
    .set({ value: () => "value + 1" })
    .where("id = :id", { id: "1" })
    .execute();
  if (moved.affected !== 1) throw new Error("The epoch row is missing: migrations have not run");
}

/** The epoch as committed now. */
export async function readEpochRow(select: Store["select"]): Promise<number> {
  const [row] = await select<{ value: number }>(SELECT_EPOCH, []);
  if (!row) throw new ServiceError("UNAVAILABLE", "The database is not set up yet.");
  return row.value;
}
