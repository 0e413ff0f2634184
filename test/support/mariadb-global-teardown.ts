import "./mariadb-global-setup";

/** Stops the server that the global setup started, and removes its data. */
export default async function tearDown(): Promise<void> {
  await globalThis.latchkeyMariaDb?.stop();
}
