import { join } from "node:path";
import { createDatabase, PORT_VARIABLE, startMariaDb } from "../test/support/mariadb";

/** Where the data sets of a run live. */
export interface BenchDatabase {
  /** For the reader of the figures. */
  readonly name: string;
  /** A new, empty database; its address as in DATABASE_URL. */
  create(name: string): Promise<string>;
  close(): Promise<void>;
}

/**
 * SQLite files in `folder`, or a MariaDB server of the run's own, with the settings of tests/support. The server of MariaDB runs on
 * whichever core is free, beside both the server that is measured and the load, so that speeds are those of the three together.
 */
export async function openBenchDatabase(folder: string, onMariaDb: boolean): Promise<BenchDatabase> {
  if (!onMariaDb) {
    return {
      name: "SQLite",
      create: async (name) => `sqlite:${join(folder, `${name}.db`)}`,
      close: async () => undefined,
    };
  }
  const server = await startMariaDb();
  process.env[PORT_VARIABLE] = String(server.port);
  return {
    name: "MariaDB on the same machine",
    create: async () => (await createDatabase()).url,
    close: () => server.stop(),
  };
}
