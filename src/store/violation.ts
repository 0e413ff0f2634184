import { QueryFailedError } from "typeorm";

/** Codes of a broken unique index or primary key: SQLite's, and MariaDB's ER_DUP_ENTRY. */
const UNIQUE = new Set(["SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY", "ER_DUP_ENTRY"]);
/** Codes of a broken foreign key, of a missing parent or of a parent still referred to (SQLite's RESTRICT works as a trigger). */
const FOREIGN_KEY = new Set([
  "SQLITE_CONSTRAINT_FOREIGNKEY",
  "SQLITE_CONSTRAINT_TRIGGER",
  "ER_NO_REFERENCED_ROW_2",
  "ER_ROW_IS_REFERENCED_2",
]);

/** Whether the database refused a row because one with the same unique value exists. */
export function isUniqueViolation(error: unknown): boolean {
  return UNIQUE.has(driverCode(error));
}

/** Whether the database refused because a referenced row is missing, or a row to delete is still referred to. */
export function isForeignKeyViolation(error: unknown): boolean {
  return FOREIGN_KEY.has(driverCode(error));
}

function driverCode(error: unknown): string {
  if (!(error instanceof QueryFailedError)) return "";
  const { code } = error.driverError as { code?: unknown };
  return typeof code === "string" ? code : "";
}
