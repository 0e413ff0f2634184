import { relative } from "node:path";
import type { DatabaseConfig } from "../../config";

/** Where a database is, in words for a person and without its password. */
export function databasePlace(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return pathForReading(database.file);
  return `${database.database} on ${database.hosts.map(({ host, port }) => `${host}:${port}`).join(", ")}`;
}

/** A path as its reader would type it here: relative below the working directory, absolute elsewhere. */
export function pathForReading(path: string): string {
  const fromHere = relative(process.cwd(), path);
  return fromHere.startsWith("..") ? path : fromHere;
}
