import { QueryFailedError } from "typeorm";
import { ServiceError } from "../kernel/service-error";

/** What the drivers report when the database itself cannot be asked, as opposed to refusing one statement. */
const UNREACHABLE =
  /^(ECONN|EPIPE|ENOTFOUND|EAI_|ETIMEDOUT|EHOSTUNREACH|PROTOCOL_|ER_CON_COUNT|ER_SERVER_SHUTDOWN|ER_ACCESS_DENIED|ER_DBACCESS|ER_BAD_DB|ER_CONNECTION_KILLED|ER_UNKNOWN_COM|POOL_|SQLITE_(BUSY|LOCKED|CANTOPEN|IOERR|FULL|READONLY|CORRUPT|NOTADB))/;

/** Aborts after which the same transaction may succeed: deadlock, lock wait, and a cluster node that is not ready. */
const ABORTED = new Set(["ER_LOCK_DEADLOCK", "ER_LOCK_WAIT_TIMEOUT", "ER_UNKNOWN_COM_ERROR", "ER_CHECKREAD"]);

/** Whether `error` says that the database cannot be asked now. */
export function isUnavailable(error: unknown): boolean {
  return (
    UNREACHABLE.test(codeOf(error)) || /closed state|Pool is closed|not established|not open/.test(messageOf(error))
  );
}

/** Whether the connection that a statement went out on was gone already, so that a read may be sent again on another. */
export function isConnectionLost(error: unknown): boolean {
  return /^(ECONNRESET|EPIPE|PROTOCOL_CONNECTION_LOST)$/.test(codeOf(error)) || /closed state/.test(messageOf(error));
}

/** Whether a transaction was aborted by the database for the sake of another one, so that it may be run again. */
export function isAborted(error: unknown): boolean {
  return ABORTED.has(codeOf(error));
}

/** Whether another process holds SQLite's write lock. */
export function isBusy(error: unknown): boolean {
  return codeOf(error).startsWith("SQLITE_BUSY");
}

/** The error to pass on: UNAVAILABLE for an unreachable database, `error` itself otherwise. */
export function orUnavailable(error: unknown): unknown {
  if (error instanceof ServiceError || !isUnavailable(error)) return error;
  return new ServiceError("UNAVAILABLE", "The database cannot be reached. Try again in a moment.", {}, error);
}

function codeOf(error: unknown): string {
  const cause = error instanceof QueryFailedError ? error.driverError : error;
  const { code } = (cause ?? {}) as { code?: unknown };
  return typeof code === "string" ? code : "";
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}
