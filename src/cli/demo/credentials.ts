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

/**
 * `credentials.json` in the folder of the embedded database; for a server, in data/demo of the working directory, with the
 * server in its name.
 */
export function credentialsPath(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return join(dirname(database.file), "credentials.json");
  return resolve("data/demo", `credentials-${databaseName(database).replace(/[^\w.-]+/g, "-")}.json`);
}

/** The file at `path` with the credentials of one database. */
export class CredentialsFile {
  private readonly database: string;

  constructor(
    readonly path: string,
    database: DatabaseConfig,
  ) {
    this.database = databaseName(database);
  }

  /**
   * What was kept for this database; null when there is no file. Throws `CommandError` for a file that is not the demo's or
   * belongs to another database, since overwriting it would lose what it holds.
   */
  read(): Credentials | null {
    const credentials = parse(this.text());
    if (credentials === null) return null;
    if (credentials === "UNREADABLE") {
      throw new CommandError(`${this.path} is not what the demo wrote: move it away or restore it`);
    }
    if (credentials.database !== this.database) {
      throw new CommandError(
        `${this.path} belongs to another database, ${credentials.database}: keep each demo in a folder of its own`,
      );
    }
    return credentials;
  }

  /** Makes up a password, and keeps it before anything depends on it. */
  begin(): Credentials {
    const credentials = { database: this.database, ownerPassword: newTokenId() + newTokenId(), tokens: {} };
    this.write(credentials);
    return credentials;
  }

  /** Replaces the file in one step; it is never readable by others, not even while it is written. */
  write(credentials: Credentials): void {
    const next = `${this.path}.${process.pid}`;
    mkdirSync(dirname(this.path), { recursive: true });
    writeFileSync(next, `${JSON.stringify(credentials, null, 2)}\n`, { mode: 0o600 });
    // What an interrupted run left under this name would have kept its own mode.
    chmodSync(next, 0o600);
    renameSync(next, this.path);
  }

  private text(): string | null {
    try {
      return readFileSync(this.path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
      throw new CommandError(`the demo's credentials cannot be read: ${(error as Error).message}`);
    }
  }
}

function databaseName(database: DatabaseConfig): string {
  if (database.dialect === "sqlite") return basename(database.file);
  return `${database.hosts.map(({ host, port }) => `${host}:${port}`).join(",")}/${database.database}`;
}

function parse(text: string | null): Credentials | "UNREADABLE" | null {
  if (text === null) return null;
  try {
    const { database, ownerPassword, tokens } = JSON.parse(text) as Partial<Credentials>;
    const isComplete = typeof database === "string" && typeof ownerPassword === "string" && isRecordOfText(tokens);
    return isComplete ? { database, ownerPassword, tokens } : "UNREADABLE";
  } catch {
    return "UNREADABLE";
  }
}

function isRecordOfText(value: unknown): value is Record<string, string> {
  if (typeof value !== "object" || value === null) return false;
  return Object.values(value).every((entry) => typeof entry === "string");
}
