import { connect } from "node:net";
import { DataSource, type DataSourceOptions, type MigrationInterface } from "typeorm";
import type { DatabaseConfig } from "../config";
import { libsqlConnection } from "./libsql-connection";

/** What both dialects need to know beside the address. */
export interface DataSourceParts {
  readonly entities: readonly (new () => object)[];
  readonly migrations: readonly (new () => MigrationInterface)[];
  /** `writer` on SQLite is the one connection behind the gate, `reader` sees committed rows only. MariaDB has one pool. */
  readonly role: "writer" | "reader";
}

/** A DataSource for either dialect, not yet initialised. `synchronize` is never on: migrations are the only way to a schema. */
export function createDataSource(database: DatabaseConfig, parts: DataSourceParts): DataSource {
  const dialect = database.dialect === "sqlite" ? sqliteOptions(database.file, parts.role) : mariaDbOptions(database);
  return new DataSource({
    ...dialect,
    entities: [...parts.entities],
    migrations: [...parts.migrations],
    synchronize: false,
    logging: false,
  });
}

/** The part of libsql's (better-sqlite3's) connection that is set up here. */
interface SqliteConnection {
  pragma(text: string): unknown;
}

function sqliteOptions(file: string, role: "writer" | "reader"): DataSourceOptions & { type: "better-sqlite3" } {
  return {
    type: "better-sqlite3",
    database: file,
    driver: libsqlConnection(),
    enableWAL: role === "writer",
    // A busy database is waited for between turns of the event loop (see sqlite-store.ts), never inside one.
    timeout: 0,
    prepareDatabase(connection: SqliteConnection) {
      // An acknowledged write must survive power loss.
      connection.pragma("synchronous = FULL");
      if (role === "reader") connection.pragma("query_only = ON");
    },
  };
}

function mariaDbOptions(
  database: Extract<DatabaseConfig, { dialect: "mariadb" }>,
): DataSourceOptions & { type: "mariadb" } {
  const [first] = database.hosts;
  return {
    type: "mariadb",
    driver: require("mysql2"),
    host: first?.host,
    port: first?.port,
    username: database.user,
    password: database.password,
    database: database.database,
    charset: "utf8mb4_bin",
    timezone: "Z",
    connectTimeout: 5_000,
    poolSize: 10,
    extra: {
      decimalNumbers: true,
      dateStrings: ["DATE"],
      supportBigNumbers: true,
      enableKeepAlive: true,
      // One named server needs no choosing; several are tried in turn, starting from the last that answered.
      ...(database.hosts.length > 1 ? { stream: nextLiveHost(database.hosts) } : {}),
    },
  };
}

/** A connection factory for mysql2 that moves on to the next host when the present one refuses or drops the connection. */
function nextLiveHost(hosts: readonly { readonly host: string; readonly port: number }[]) {
  let at = 0;
  return () => {
    const tried = at;
    const socket = connect({ ...hosts[at % hosts.length], noDelay: true, keepAlive: true } as {
      host: string;
      port: number;
    });
    socket.setTimeout(5_000, () => socket.connecting && socket.destroy(new Error("connection timed out")));
    socket.once("error", () => {
      if (at === tried) at += 1;
    });
    return socket;
  };
}
