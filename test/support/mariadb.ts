import { type ChildProcess, execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { promisify } from "node:util";
import { createConnection } from "mysql2/promise";

/** A private MariaDB server on a free port of the loopback interface; user `root`, no password. */
export interface MariaDb {
  readonly port: number;
  /** DATABASE_URL of one database on it, which need not exist yet. */
  url(database: string): string;
  /** Stops the server; removes its data directory unless the caller gave one. */
  stop(): Promise<void>;
}

/** Where jest's global setup leaves the port for the test files, which run in other processes. */
export const PORT_VARIABLE = "LATCHKEY_TEST_MARIADB_PORT";

/** The collation of test databases unless asked otherwise: byte for byte, trailing spaces count. */
const COLLATION = "utf8mb4_nopad_bin";
const START_SECONDS = 60;
const runFile = promisify(execFile);
/** Debian keeps the server in /usr/sbin, which is not on every user's PATH. */
const environment = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/usr/local/sbin` };

/**
 * Stands between this process and the server: when the pipe on its standard input closes, because of `stop()` or because this
 * process ended in whatever way, SIGKILL included, it stops the server and removes the data. $1 = the folder to remove, or
 * nothing; the rest = the server's command.
 */
const SUPERVISOR = `
exec 3<&0
remove=$1; shift
"$@" </dev/null 3<&- & server=$!
( cat <&3 >/dev/null; kill "$server" ) & watch=$!
wait "$server"; status=$?
kill "$watch" 2>/dev/null
[ -z "$remove" ] || rm -rf "$remove"
exit "$status"
`;

/**
 * Starts a private MariaDB server (about 2 s on a new data directory, 0.3 s on an old one) and resolves when it takes queries.
 *
 * Without `dataDir` the data live in a temporary folder that goes with the server. The settings are those of production but for
 * durability: a crash of the *machine* may lose the last second.
 */
export async function startMariaDb(options: { dataDir?: string } = {}): Promise<MariaDb> {
  const folder = options.dataDir ?? (await mkdtemp(join(tmpdir(), "latchkey-mariadb-")));
  const data = join(folder, "data");
  const removeAfter = options.dataDir === undefined ? folder : "";
  const asRoot = process.getuid?.() === 0 ? ["--user=root"] : [];
  // A server that starts removes temporary tables from its folder for them: in one that is shared, those of another server too.
  const temporary = join(folder, "tmp");
  const ownEnvironment = { ...environment, TMPDIR: temporary };
  await mkdir(temporary, { recursive: true });
  if (!existsSync(join(data, "ibdata1"))) {
    const install = [
      "--no-defaults",
      `--datadir=${data}`,
      "--auth-root-authentication-method=normal",
      "--skip-test-db",
    ];
    await runFile("mariadb-install-db", [...install, ...asRoot], { env: ownEnvironment });
  }
  const port = await freePort();
  const command = [
    "mariadbd",
    "--no-defaults",
    ...asRoot,
    `--datadir=${data}`,
    `--socket=${folder}/my.sock`,
    `--pid-file=${folder}/my.pid`,
    `--log-error=${folder}/error.log`,
    `--port=${port}`,
    "--bind-address=127.0.0.1",
    "--skip-name-resolve",
    "--character-set-server=utf8mb4",
    "--skip-log-bin",
    "--innodb-flush-log-at-trx-commit=2",
    "--innodb-buffer-pool-size=128M",
    "--max-connections=500",
    // The default since MariaDB 11.6, where a transaction that waits for a lock and then finds news is aborted.
    "--loose-innodb-snapshot-isolation=ON",
  ];
  const supervisor = spawn("/bin/sh", ["-c", SUPERVISOR, "supervisor", removeAfter, ...command], {
    detached: true,
    env: ownEnvironment,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const ended = new Promise<void>((resolve) => supervisor.once("exit", () => resolve()));
  const stop = async () => {
    supervisor.ref();
    supervisor.stdin?.end();
    await ended;
  };
  try {
    await answering(supervisor, port);
  } catch (cause) {
    const log = await readFile(`${folder}/error.log`, "utf8").catch(() => "(it wrote no log)");
    await stop();
    throw new Error(`MariaDB did not start on port ${port}:\n${log.slice(-2000)}`, { cause });
  }
  supervisor.unref();
  (supervisor.stdin as unknown as { unref(): void }).unref();
  return { port, url: (database) => urlOf(port, database), stop };
}

/**
 * A new, empty database on the jest run's own server, for one test file; `drop` removes it. Another `collation`, such as
 * "utf8mb4_general_ci", makes the database that an operator gets who never thought of collations.
 *
 * @throws when the jest project has no server: only the project `mariadb` starts one.
 */
export async function createDatabase(collation = COLLATION): Promise<{ url: string; drop(): Promise<void> }> {
  const port = Number(process.env[PORT_VARIABLE]);
  if (!port) throw new Error(`${PORT_VARIABLE} is not set: createDatabase() works in the jest project "mariadb" only`);
  const name = `lk_${randomBytes(8).toString("hex")}`;
  await execute(port, `CREATE DATABASE ${name} CHARACTER SET utf8mb4 COLLATE ${collation}`);
  return { url: urlOf(port, name), drop: () => execute(port, `DROP DATABASE IF EXISTS ${name}`) };
}

/** Runs one statement as root on the server at `port`, outside of any database. */
async function execute(port: number, sql: string): Promise<void> {
  const connection = await createConnection({ host: "127.0.0.1", port, user: "root" });
  try {
    await connection.query(sql);
  } finally {
    await connection.end();
  }
}

function urlOf(port: number, database: string): string {
  return `mysql://root@127.0.0.1:${port}/${database}`;
}

/** Resolves when the server takes a query; rejects when it has ended or START_SECONDS have passed. */
async function answering(supervisor: ChildProcess, port: number): Promise<void> {
  const deadline = Date.now() + START_SECONDS * 1000;
  for (;;) {
    try {
      return await execute(port, "SELECT 1");
    } catch (error) {
      if (supervisor.exitCode !== null || supervisor.signalCode !== null || Date.now() > deadline) throw error;
      await pause(50);
    }
  }
}

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === "string") throw new Error("no free port on 127.0.0.1");
  return address.port;
}
