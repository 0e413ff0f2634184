import type { DatabaseConfig } from "../config";
import { makePrivateFile } from "../kernel/private-file";
import { ServiceError } from "../kernel/service-error";
import { createDataSource, type DataSourceParts } from "./data-source";
import { limitSilence } from "./limit-silence";
import { createMariaDbStore } from "./mariadb-store";
import { migrate } from "./migrate";
import { createSqliteStore } from "./sqlite-store";
import type { Store } from "./store";

/** What the store of a process is opened with. */
export interface StoreParts extends Omit<DataSourceParts, "role"> {
  /**
   * After how many milliseconds of silence a database server counts as unreachable; null or absent = never, for commands, whose
   * statements may take their time. Migrations are never limited.
   */
  readonly longestSilenceMs?: number | null;
}

/**
 * Opens the database, brings it to the newest schema, and returns the store.
 *
 * Rejects with `ServiceError` UNAVAILABLE, its message one line for the operator that names the place and the driver's reason.
 */
export async function createStore(database: DatabaseConfig, parts: StoreParts): Promise<Store> {
  try {
    return await open(database, parts);
  } catch (error) {
    const { driverError, code, message } = error as { driverError?: Error; code?: string; message?: string };
    const reason = driverError?.message || message || code || String(error);
    throw new ServiceError("UNAVAILABLE", `the database at ${placeOf(database)} cannot be used: ${reason}`, {}, error);
  }
}

async function open(database: DatabaseConfig, parts: StoreParts): Promise<Store> {
  // SQLite gives its log files the mode of the database file: what is in them is for the service alone.
  if (database.dialect === "sqlite") makePrivateFile(database.file);
  const writer = createDataSource(database, { ...parts, role: "writer" });
  await writer.initialize();
  try {
    await migrate(writer);
    if (database.dialect === "mariadb") {
      if (parts.longestSilenceMs != null) limitSilence(writer, parts.longestSilenceMs);
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

function placeOf(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return database.file;
  return `${database.hosts.map(({ host, port }) => `${host}:${port}`).join(",")}/${database.database}`;
}
