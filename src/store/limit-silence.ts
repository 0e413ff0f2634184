import type { Socket } from "node:net";
import type { DataSource } from "typeorm";

/**
 * How long a server may say nothing to a statement of a request. Longer than any statement of ours takes and than a cluster needs
 * to find out that a node is gone (5 s); shorter than the 30 s that a client is given for its request, even if it waits twice.
 */
export const LONGEST_SILENCE_MS = 10_000;

/** The part of mysql2's pool and connections that is used here. */
interface Pool {
  on(event: "acquire" | "release", listener: (connection: { readonly stream: Socket }) => void): void;
}

/**
 * Ends connections of `dataSource`, which is open and MariaDB's, on which nothing has come for `milliseconds` while a statement or
 * transaction had them. A server that is frozen, or a network that swallows packets, says nothing at all, and the statement would
 * wait for as long as the connection stands, which is hours.
 *
 * The connection goes, and not just the statement, as mysql2's own `timeout` would have it: the answer may still come, and all
 * that is sent on the connection afterwards, ROLLBACK first, would stand in line behind it. The server rolls back what it finds
 * unfinished. Time that is spent waiting for a free connection is no silence.
 */
export function limitSilence(dataSource: DataSource, milliseconds: number): void {
  const { pool } = dataSource.driver as unknown as { pool: Pool };
  const watched = new WeakSet<Socket>();
  pool.on("acquire", ({ stream }) => {
    stream.setTimeout(milliseconds);
    if (watched.has(stream)) return;
    watched.add(stream);
    stream.on("timeout", () => {
      const error = new Error(`the database server said nothing for ${milliseconds} ms`);
      stream.destroy(Object.assign(error, { code: "ETIMEDOUT" }));
    });
  });
  pool.on("release", ({ stream }) => void stream.setTimeout(0));
}
