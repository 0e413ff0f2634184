import { type MariaDb, PORT_VARIABLE, startMariaDb } from "./mariadb";

declare global {
  /** The jest run's server, between global setup and teardown; test files see only its port. */
  var latchkeyMariaDb: MariaDb | undefined;
}

/** Starts the one MariaDB server of this jest run. */
export default async function setUp(): Promise<void> {
  globalThis.latchkeyMariaDb = await startMariaDb();
  process.env[PORT_VARIABLE] = String(globalThis.latchkeyMariaDb.port);
}
