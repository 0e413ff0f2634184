import { randomBytes } from "node:crypto";
import { closeSync, existsSync, openSync, readFileSync, readSync, statSync, writeFileSync } from "node:fs";
import { isIP } from "node:net";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "./kernel/private-file";

export type LogLevel = "fatal" | "error" | "warn" | "info" | "debug" | "silent";

/** Where the records are: a file of the embedded database, or one or more hosts that speak the MySQL protocol. */
export type DatabaseConfig =
  | { readonly dialect: "sqlite"; readonly file: string }
  | {
      readonly dialect: "mariadb";
      readonly hosts: readonly { readonly host: string; readonly port: number }[];
      readonly user: string;
      readonly password: string;
      readonly database: string;
    };

/** A bucket of a server that speaks S3's protocol; `endpoint` null means Amazon's own, `region` null what the AWS SDK finds. */
export interface BucketConfig {
  readonly bucket: string;
  /** Before every key; empty, or ends in a slash. */
  readonly prefix: string;
  readonly region: string | null;
  readonly endpoint: string | null;
}

/** Everything that the environment decides, validated and frozen. Holds secrets: never logged as a whole. */
export interface Config {
  readonly port: number;
  readonly host: string;
  readonly database: DatabaseConfig;
  /** LATCHKEY_SECRET: the pepper of token digests and the root of the cursor key. */
  readonly secret: string;
  readonly ownerEmail: string | null;
  readonly ownerPassword: string | null;
  readonly documentsDir: string;
  /** DOCUMENTS_URL: the bucket that documents are kept in instead of the folder. */
  readonly documentsBucket: BucketConfig | null;
  /** The largest file that is taken, in bytes. */
  readonly documentsMaxBytes: number;
  readonly logLevel: LogLevel;
  /** Addresses or CIDRs whose X-Forwarded-For is believed; false = none. */
  readonly trustProxy: boolean | readonly string[];
  /** Whether known queries are answered without Apollo Server; LATCHKEY_FAST_PATH=off is the way out should they differ. */
  readonly fastPath: boolean;
  /** METRICS_TOKEN: what /metrics is read with; null = nothing is served there. */
  readonly metricsToken: string | null;
}

/** A setting that cannot be used; its message is one line for the operator and names the setting. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

type Environment = Readonly<Record<string, string | undefined>>;

/** What a command expects of the database that is named. */
export interface DatabaseExpectation {
  /** It must be there already: nothing is made, for looking into a new one by mistake would find everything in order. */
  readonly mustExist?: boolean;
  /**
   * After how many milliseconds of silence a database server counts as unreachable; null or absent = never, for commands, whose
   * statements may take their time. Migrations are never limited.
   */
  readonly longestSilenceMs?: number | null;
}

const LOG_LEVELS: readonly LogLevel[] = ["fatal", "error", "warn", "info", "debug", "silent"];
const SHORTEST_SECRET = 32;
const SHORTEST_METRICS_TOKEN = 24;
const DEFAULT_DOCUMENT_BYTES = 25 * 1024 * 1024;
/** 2 GiB less one: sizes are Int in GraphQL. */
const LARGEST_DOCUMENT_BYTES = 2_147_483_647;

/**
 * Reads the configuration from environment variables; docs/operating.md lists them.
 *
 * Any `NAME` may be given as `NAME_FILE`, the path of a file that holds the value. Throws `ConfigError` on the first value
 * that cannot be used. May create `data/latchkey.secret` beside an embedded database, once, unless that `mustExist`.
 */
export function loadConfig(environment: Environment = process.env, { mustExist }: DatabaseExpectation = {}): Config {
  const read = (name: string): string | undefined => setting(environment, name);
  const database = parseDatabaseUrl(read("DATABASE_URL") ?? "sqlite:./data/latchkey.db");
  if (mustExist && database.dialect === "sqlite" && !existsSync(database.file))
    throw new ConfigError(noDatabaseAt(database.file));
  return Object.freeze({
    port: port(read("PORT") ?? "4000"),
    host: read("HOST") ?? "127.0.0.1",
    database,
    secret: secretFor(database, read("LATCHKEY_SECRET")),
    ownerEmail: read("LATCHKEY_OWNER_EMAIL") ?? null,
    ownerPassword: read("LATCHKEY_OWNER_PASSWORD") ?? null,
    documentsDir: resolve(read("DOCUMENTS_DIR") ?? "./data/documents"),
    documentsBucket: documentsBucket(read("DOCUMENTS_URL"), read("DOCUMENTS_DIR")),
    documentsMaxBytes: documentsMaxBytes(read("DOCUMENTS_MAX_BYTES")),
    logLevel: logLevel(read("LOG_LEVEL") ?? "info"),
    trustProxy: trustProxy(read("TRUST_PROXY")),
    fastPath: onOrOff("LATCHKEY_FAST_PATH", read("LATCHKEY_FAST_PATH") ?? "on"),
    metricsToken: metricsToken(read("METRICS_TOKEN")),
  });
}

/** What an operator is told who looks into a database that is not there. */
export function noDatabaseAt(place: string): string {
  return `DATABASE_URL names ${place}, where there is no database`;
}

function setting(environment: Environment, name: string): string | undefined {
  const value = environment[name];
  const path = environment[`${name}_FILE`];
  if (value !== undefined && value !== "" && path)
    throw new ConfigError(`${name} and ${name}_FILE are both set: keep one`);
  if (!path) return value === "" ? undefined : value;
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    throw new ConfigError(`${name}_FILE cannot be read: ${(error as Error).message}`);
  }
}

function onOrOff(name: string, text: string): boolean {
  if (text !== "on" && text !== "off") throw new ConfigError(`${name} must be on or off, not ${JSON.stringify(text)}`);
  return text === "on";
}

/** As it can stand in a header: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
function metricsToken(text: string | undefined): string | null {
  if (text === undefined) return null;
  if (!/^[A-Za-z0-9\-._~+/]+=*$/.test(text)) {
    throw new ConfigError("METRICS_TOKEN may hold letters, digits and -._~+/= only (try: openssl rand -hex 32)");
  }
  if (text.length < SHORTEST_METRICS_TOKEN) {
    throw new ConfigError(
      `METRICS_TOKEN must have at least ${SHORTEST_METRICS_TOKEN} characters (try: openssl rand -hex 32)`,
    );
  }
  return text;
}

function port(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value > 65_535)
    throw new ConfigError(`PORT must be a number from 0 to 65535, not "${text}"`);
  return value;
}

function documentsMaxBytes(text: string | undefined): number {
  if (text === undefined) return DEFAULT_DOCUMENT_BYTES;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > LARGEST_DOCUMENT_BYTES) {
    throw new ConfigError(`DOCUMENTS_MAX_BYTES must be a number from 1 to ${LARGEST_DOCUMENT_BYTES}, not "${text}"`);
  }
  return value;
}

/** `s3://bucket/prefix?region=…&endpoint=…`; credentials are never part of it. */
function documentsBucket(url: string | undefined, folder: string | undefined): BucketConfig | null {
  if (url === undefined) return null;
  if (folder !== undefined) throw new ConfigError("DOCUMENTS_URL and DOCUMENTS_DIR are both set: keep one");
  const parts = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([\w./-]*))?(?:\?(.*))?$/.exec(url);
  const options = new URLSearchParams(parts?.[3]);
  const unknown = [...options.keys()].find((name) => name !== "region" && name !== "endpoint");
  const endpoint = options.get("endpoint");
  if (!parts?.[1] || unknown !== undefined || (endpoint !== null && !/^https?:\/\/[^/?#@]+\/?$/.test(endpoint))) {
    throw new ConfigError(
      "DOCUMENTS_URL must look like s3://bucket/prefix?region=eu-central-1&endpoint=https://host; credentials come from AWS_* variables",
    );
  }
  const prefix = parts[2] ? `${parts[2].replace(/\/+$/, "")}/` : "";
  return { bucket: parts[1], prefix, region: options.get("region"), endpoint };
}

function logLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((known) => known === text);
  if (!level) throw new ConfigError(`LOG_LEVEL must be one of ${LOG_LEVELS.join(", ")}, not "${text}"`);
  return level;
}

function trustProxy(text: string | undefined): boolean | readonly string[] {
  if (text === undefined || text === "false") return false;
  if (text === "true") return true;
  const proxies = text.split(",").map((part) => part.trim());
  for (const proxy of proxies) {
    const [address, bits, ...rest] = proxy.split("/");
    const version = isIP(address ?? "");
    const widest = version === 6 ? 128 : 32;
    if (!version || rest.length > 0 || (bits !== undefined && !(/^\d+$/.test(bits) && Number(bits) <= widest))) {
      throw new ConfigError(`TRUST_PROXY must be true, false or a list of addresses and CIDRs; "${proxy}" is neither`);
    }
  }
  return proxies;
}

const URL_FORMS = "sqlite:./path/to/file.db or mysql://user:password@host:port/database";

/**
 * Understands `sqlite:FILE` and `mysql://user:password@host:port[,host:port…]/database`; `mariadb://` is the same as `mysql://`.
 * Throws `ConfigError` without repeating the URL, which may hold a password.
 */
export function parseDatabaseUrl(url: string): DatabaseConfig {
  const file = /^sqlite:(?:\/\/(?=\/))?(.+)$/.exec(url)?.[1];
  if (file !== undefined) return { dialect: "sqlite", file: resolve(file) };
  const parts = /^(?:mysql|mariadb):\/\/([^:@/]+)(?::([^@/]*))?@([^/@?]+)\/([^/?]+)$/.exec(url);
  if (!parts) throw new ConfigError(`DATABASE_URL must look like ${URL_FORMS}`);
  const [, user = "", password = "", hosts = "", database = ""] = parts;
  try {
    return {
      dialect: "mariadb",
      hosts: hosts.split(",").map(parseHost),
      user: decodeURIComponent(user),
      password: decodeURIComponent(password),
      database: decodeURIComponent(database),
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError("DATABASE_URL has a % that does not begin an escape: write % as %25");
  }
}

function parseHost(text: string): { host: string; port: number } {
  const parts = /^(\[[0-9a-fA-F:]+\]|[^:[\]]+)(?::(\d+))?$/.exec(text.trim());
  const portNumber = Number(parts?.[2] ?? 3306);
  if (!parts?.[1] || portNumber < 1 || portNumber > 65_535) {
    throw new ConfigError(`DATABASE_URL has no usable host and port in "${text}"`);
  }
  return { host: parts[1].replace(/^\[|\]$/g, ""), port: portNumber };
}

function secretFor(database: DatabaseConfig, given: string | undefined): string {
  if (given !== undefined) {
    if (given.length < SHORTEST_SECRET) {
      throw new ConfigError(
        `LATCHKEY_SECRET must have at least ${SHORTEST_SECRET} characters (try: openssl rand -hex 32)`,
      );
    }
    return given;
  }
  if (database.dialect !== "sqlite") {
    throw new ConfigError("LATCHKEY_SECRET is required with a database server (try: openssl rand -hex 32)");
  }
  return embeddedSecret(database.file);
}

/** A new database is empty; every other begins with these words (https://www.sqlite.org/fileformat.html). */
function isSqlite(file: string): boolean {
  if (statSync(file).isDirectory()) return false;
  const start = Buffer.alloc(16);
  const descriptor = openSync(file, "r");
  const length = readSync(descriptor, start);
  closeSync(descriptor);
  return length === 0 || start.toString("latin1") === "SQLite format 3\0";
}

/** The secret of the embedded default lives beside the database, readable by its owner only. */
function embeddedSecret(databaseFile: string): string {
  const path = join(dirname(databaseFile), "latchkey.secret");
  try {
    if (!existsSync(path)) {
      if (existsSync(databaseFile) && !isSqlite(databaseFile)) {
        throw new ConfigError(`DATABASE_URL names ${databaseFile}, which is not a database: give a file of its own`);
      }
      if (existsSync(databaseFile)) {
        throw new ConfigError(
          `${path} is missing though the database exists: every key depends on it; restore it or set LATCHKEY_SECRET`,
        );
      }
      makeFolder(dirname(path));
      writeFileSync(path, `${randomBytes(32).toString("hex")}\n`, { mode: 0o600, flag: "wx" });
    }
    const secret = readFileSync(path, "utf8").trim();
    if (secret.length < SHORTEST_SECRET)
      throw new ConfigError(`${path} is damaged: it must hold at least ${SHORTEST_SECRET} characters`);
    return secret;
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`the secret beside the database cannot be read or made: ${(error as Error).message}`);
  }
}
