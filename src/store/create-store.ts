import type { DataSource } from "typeorm";
import { type DatabaseConfig, type DatabaseExpectation, noDatabaseAt } from "../config";
import { makePrivateFile } from "../kernel/private-file";
import { ServiceError } from "../kernel/service-error";
import { createDataSource, type DataSourceParts } from "./data-source";
import { limitSilence } from "./limit-silence";
import { createMariaDbStore } from "./mariadb-store";
import { migrate } from "./migrate";
import { createSqliteStore } from "./sqlite-store";
import type { Store } from "./store";

/**
 * Opens the database, brings it to the newest schema, and returns the store.
 *
 * Rejects with `ServiceError` UNAVAILABLE, its message one line for the operator that names the place and the driver's reason; also
 * for a database without tables of ours that `mustExist`, which is left as it is.
 */
export async function createStore(
  database: DatabaseConfig,
  parts: Omit<DataSourceParts, "role">,
  expectation: DatabaseExpectation = {},
): Promise<Store> {
  try {
    return await open(database, parts, expectation);
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const { driverError, code, message } = error as { driverError?: Error; code?: string; message?: string };
    const reason = driverError?.message || message || code || String(error);
    throw new ServiceError("UNAVAILABLE", `the database at ${placeOf(database)} cannot be used: ${reason}`, {}, error);
  }
}

async function open(
  database: DatabaseConfig,
  parts: Omit<DataSourceParts, "role">,
  { mustExist, longestSilenceMs }: DatabaseExpectation,
): Promise<Store> {
  // SQLite gives its log files the mode of the database file: what is in them is for the service alone.
  if (database.dialect === "sqlite") makePrivateFile(database.file);
  const writer = createDataSource(database, { ...parts, role: "writer" });
  await writer.initialize();
  try {
    if (mustExist && !(await hasOurTables(writer)))
      throw new ServiceError("UNAVAILABLE", noDatabaseAt(placeOf(database)));
    await migrate(writer);
    if (database.dialect === "mariadb") {
      if (longestSilenceMs != null) limitSilence(writer, longestSilenceMs);
      return createMariaDbStore(writer);
    }
    const reader = createDataSource(database, { ...parts, role: "reader" });
    await reader.initialize();
    return createSqliteStore(writer, reader);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
}

/** Whether a service has ever started on it: the table that migrations are noted in comes first. */
async function hasOurTables(dataSource: DataSource): Promise<boolean> {
  const runner = dataSource.createQueryRunner();
  try {
    return await runner.hasTable("migrations");
  } finally {
    await runner.release();
  }
}

function placeOf(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return database.file;
  return `${database.hosts.map(({ host, port }) => `${host}:${port}`).join(",")}/${database.database}`;
}
