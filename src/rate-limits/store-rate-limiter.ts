import { type IRateLimiterOptions, RateLimiterMySQL, RateLimiterRes } from "rate-limiter-flexible";
import type { Store } from "../store/store";

interface Row {
  readonly points: number;
  readonly expiresAt: Date;
}

const ADD = `
  INSERT INTO rate_limit (id, points, expiresAt) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE
    points = IF(expiresAt <= ?, VALUES(points), points + VALUES(points)),
    expiresAt = IF(expiresAt <= ?, VALUES(expiresAt), expiresAt)`;
const REPLACE = `
  INSERT INTO rate_limit (id, points, expiresAt) VALUES (?, ?, ?)
  ON DUPLICATE KEY UPDATE points = VALUES(points), expiresAt = VALUES(expiresAt)`;
const READ = "SELECT points, expiresAt FROM rate_limit WHERE id = ?";

/**
 * rate-limiter-flexible's RateLimiterMySQL over our own store: counts are exact over all instances, since the row stays locked from
 * the addition to the reading of its result.
 *
 * What touches the database is replaced. The original takes connections beside the store, does not run a transaction again that
 * the database aborted for another's sake, and rolls back without listening for the error of a connection that is gone.
 */
export class StoreRateLimiter extends RateLimiterMySQL {
  constructor(
    private readonly store: Store,
    options: IRateLimiterOptions,
  ) {
    // The table is made by a migration, and rate-limits.ts clears it.
    super({ ...options, storeClient: store, storeType: "store", tableCreated: true, clearExpiredByTimeout: false });
  }

  /** Adds points; a window that is over begins anew. */
  async _upsert(id: string, points: number, milliseconds: number, isReplacing = false): Promise<Row> {
    return this.store.transaction(async (tx) => {
      const now = new Date();
      const row = [id, points, new Date(now.getTime() + milliseconds)];
      await (isReplacing ? tx.query(REPLACE, row) : tx.query(ADD, [...row, now, now]));
      const [found] = (await tx.query(READ, [id])) as Row[];
      if (!found) throw new Error(`The count of ${id} was removed while it was locked`);
      return found;
    });
  }

  async _get(id: string): Promise<Row | null> {
    const [row] = await this.store.select<Row>(`${READ} AND expiresAt > ?`, [id, new Date()]);
    return row ?? null;
  }

  async _delete(id: string): Promise<boolean> {
    return this.store.transaction(async (tx) => {
      const { affectedRows } = (await tx.query("DELETE FROM rate_limit WHERE id = ?", [id])) as {
        affectedRows: number;
      };
      return affectedRows > 0;
    });
  }

  _getRateLimiterRes(_id: string, changed: number, row: Row): RateLimiterRes {
    const remaining = Math.max(this.points - row.points, 0);
    const wait = Math.max(row.expiresAt.getTime() - Date.now(), 0);
    return new RateLimiterRes(remaining, wait, row.points, changed === row.points);
  }
}
