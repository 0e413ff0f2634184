import "reflect-metadata";
import { type Logger, pino } from "pino";
import { readHead, stateOf } from "./audit/chain-head";
import { boot } from "./boot";
import { type Config, ConfigError, loadConfig } from "./config";
import type { RequestContext } from "./context";
import { systemClock } from "./kernel/clock";
import { ServiceError } from "./kernel/service-error";
import { createServer } from "./server";
import { LONGEST_SILENCE_MS } from "./store/limit-silence";
import { ensureOwner } from "./users/ensure-owner";

/** A running service: where it listens and how to stop it. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const BELIEVES_ANYBODY =
  "TRUST_PROXY=true believes whatever address a client writes into X-Forwarded-For, so that allowed IPs of keys, limits per address and the audit trail mean nothing to it: name the proxies' addresses instead";

/** config → store → server → listen. Prints the first owner's one-time password, once, on an empty database. */
export async function start(config: Config, log: Logger): Promise<Running> {
  const { store, contents, schema, operator } = await boot(config, systemClock, log, {
    longestSilenceMs: LONGEST_SILENCE_MS,
  });
  try {
    await warnOfForeignSecret(operator);
    if (config.trustProxy === true) log.warn(BELIEVES_ANYBODY);
    const owner = await ensureOwner(operator, { email: config.ownerEmail, password: config.ownerPassword });
    const { fastPath } = config;
    const server = await createServer({ config, store, contents, schema, clock: systemClock, log, fastPath });
    const url = await server.listen().catch(async (error: unknown) => {
      // Its timers would go on with a store that is closed.
      await server.close();
      throw error;
    });
    if (owner?.oneTimePassword) {
      process.stdout.write(
        `First owner: ${owner.email}\nPassword, shown this once: ${owner.oneTimePassword}\nChange it after signing in (changePassword).\n`,
      );
    }
    return {
      url,
      async stop() {
        await server.close();
        await store.close();
      },
    };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/**
 * The audit trail's head is sealed under the secret that the database was last served with: the one thing by which another secret,
 * under which no key or session would be known, can be told before users find out.
 */
async function warnOfForeignSecret({ store, pepper, log }: RequestContext): Promise<void> {
  const head = await readHead(store.select);
  if (head !== null && stateOf(pepper, head) === "SEALED") return;
  log.warn(
    "LATCHKEY_SECRET is not the one that this database was last served with, so keys and sessions from before are unknown; or the audit trail was tampered with: see `latchkey audit verify`",
  );
}

/** Stops `running` on the first SIGINT or SIGTERM, letting requests under way finish; the second one ends the process at once. */
export function stopOnSignal(running: Running, log: Logger): void {
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) process.exit(1);
      stopping = true;
      running.stop().then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, "could not stop cleanly");
          process.exit(1);
        },
      );
    });
  }
}

/** One line that tells an operator why nothing started, without secrets; a defect of ours keeps its stack. */
export function startFailure(error: unknown, config: Config | null): string {
  const { code, message } = error as { code?: string; message?: string };
  if (error instanceof ConfigError || error instanceof ServiceError) return message ?? "";
  if (code === "EADDRINUSE" && config)
    return `port ${config.port} on ${config.host} is in use: set PORT to another one`;
  if (code === "EADDRNOTAVAIL" && config) return `HOST ${config.host} is not an address of this machine`;
  if (code === "ENOTFOUND" && config) return `HOST ${config.host} is not known`;
  if (code === "EACCES" && config) return `port ${config.port} on ${config.host} may not be used by this user`;
  return `unexpected failure: ${(error as Error).stack ?? String(error)}`;
}

/** The logger of the service: JSON lines on standard error, so that standard output stays for what commands print. */
export function createLogger(config: Pick<Config, "logLevel">): Logger {
  return pino({ level: config.logLevel, base: null }, pino.destination(2));
}

/** The production start, also `latchkey start`. */
export async function main(): Promise<void> {
  let config: Config | null = null;
  try {
    config = loadConfig();
    const log = createLogger(config);
    const running = await start(config, log);
    stopOnSignal(running, log);
    process.stdout.write(`Latchkey listens on ${running.url}\n`);
  } catch (error) {
    process.stderr.write(`latchkey: ${startFailure(error, config)}\n`);
    process.exitCode = 1;
  }
}

if (require.main === module) void main();
