import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { DatabaseConfig } from "../../config";
import { newTokenId } from "../../kernel/token";
import { CommandError } from "../run-command";

/**
 * What the demo prints again on its next run, and the service itself cannot know: tokens and passwords leave only digests in the
 * database. Kept in a file beside the database that its owner alone may read.
 */
export interface Credentials {
  /** Which database they belong to. */
  readonly database: string;
  readonly ownerPassword: string;
  /** Token of each API set's key, by the set's name. */
  readonly tokens: Readonly<Record<string, string>>;
}

/** Credentials for a database that has none yet. */
export function newCredentials(database: DatabaseConfig): Credentials {
  return { database: databaseName(database), ownerPassword: newTokenId() + newTokenId(), tokens: {} };
}

/** `credentials.json` in the folder of the embedded database; for a server, in data/demo, with the server in its name. */
export function credentialsPath(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return join(dirname(database.file), "credentials.json");
  return resolve("data/demo", `credentials-${databaseName(database).replace(/[^\w.-]+/g, "-")}.json`);
}

/**
 * What was kept for this database; null when there is no file. Throws `CommandError` for a file that is not the demo's or
 * belongs to another database, since overwriting it would lose what it holds.
 */
export function readCredentials(database: DatabaseConfig): Credentials | null {
  const path = credentialsPath(database);
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new CommandError(`the demo's credentials cannot be read: ${(error as Error).message}`);
  }
  const credentials = parse(text);
  if (credentials === null) throw new CommandError(`${path} is not what the demo wrote: move it away or restore it`);
  if (credentials.database !== databaseName(database)) {
    throw new CommandError(
      `${path} belongs to another database, ${credentials.database}: keep each demo in a folder of its own`,
    );
  }
  return credentials;
}

/** Replaces the file in one step; it is never readable by others, not even while it is written. */
export function writeCredentials(database: DatabaseConfig, credentials: Credentials): void {
  const path = credentialsPath(database);
  const next = `${path}.${process.pid}`;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(next, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
  // An older file of this name would have kept its own mode.
  chmodSync(next, 0o600);
  renameSync(next, path);
}

function databaseName(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return basename(database.file);
  return `${database.hosts.map(({ host, port }) => `${host}:${port}`).join(",")}/${database.database}`;
}

function parse(text: string): Credentials | null {
  try {
    const { database, ownerPassword, tokens } = JSON.parse(text) as Partial<Credentials>;
    const isComplete = typeof database === "string" && typeof ownerPassword === "string" && isRecordOfText(tokens);
    return isComplete ? { database, ownerPassword, tokens } : null;
  } catch {
    return null;
  }
}

function isRecordOfText(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((entry) => typeof entry === "string");
}
