import { Command } from "commander";
import type { Logger } from "pino";
import { boot } from "../boot";
import { type Config, loadConfig } from "../config";
import { systemClock } from "../kernel/clock";
import { createLogger, type Running, startFailure, stopOnSignal } from "../main";
import { createServer } from "../server";
import { CredentialsFile, credentialsPath } from "./demo/credentials";
import { databasePlace, pathForReading } from "./demo/database-place";
import { type PreparedDemo, prepareDemo } from "./demo/prepare-demo";
import { writeTour } from "./demo/tour";
import { CommandError } from "./run-command";

const DEMO_DATABASE_URL = "sqlite:./data/demo/latchkey.db";

/** `latchkey demo`: a made-up company with accounts, API sets and keys, served, with commands to try. */
export function demoCommand(): Command {
  return new Command("demo")
    .description("serve a made-up company of 2,000 people, with keys and commands to try")
    .action(demo);
}

async function demo(): Promise<void> {
  let config: Config | null = null;
  try {
    const isNamed = Boolean(process.env.DATABASE_URL || process.env.DATABASE_URL_FILE);
    config = loadConfig(isNamed ? process.env : { ...process.env, DATABASE_URL: DEMO_DATABASE_URL });
    const log = createLogger({ logLevel: config.logLevel === "info" ? "warn" : config.logLevel });
    const { running, prepared } = await serveDemo(config, log);
    stopOnSignal(running, log);
    const tour = writeTour(
      {
        url: reachable(running.url),
        database: databasePlace(config.database),
        credentials: pathForReading(credentialsPath(config.database)),
        ...prepared,
      },
      { isTerminal: process.stdout.isTTY === true && !process.env.NO_COLOR },
    );
    process.stdout.write(tour);
  } catch (error) {
    process.stderr.write(`latchkey: ${error instanceof CommandError ? error.message : startFailure(error, config)}\n`);
    process.exitCode = 1;
  }
}

/** Like `start` in main, with the demo's preparations in the place of the first owner's. */
async function serveDemo(config: Config, log: Logger): Promise<{ running: Running; prepared: PreparedDemo }> {
  const { store, contents, schema, operator } = await boot(config, systemClock, log);
  try {
    const server = await createServer({ config, store, contents, schema, clock: systemClock, log });
    // The port first: a start that fails on it must not have replaced a key that is printed somewhere.
    const url = await server.listen();
    const stop = async (): Promise<void> => {
      await server.close();
      await store.close();
    };
    try {
      const file = new CredentialsFile(credentialsPath(config.database), config.database);
      const prepared = await prepareDemo(operator, file, databasePlace(config.database));
      return { running: { url, stop }, prepared };
    } catch (error) {
      await server.close();
      throw error;
    }
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** Every address of this machine is none that a browser goes to. */
function reachable(url: string): string {
  return url.replace("//0.0.0.0:", "//127.0.0.1:").replace("//[::]:", "//localhost:");
}
