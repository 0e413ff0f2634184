import type { Logger } from "pino";
import { type Booted, boot } from "../boot";
import { type Config, type DatabaseExpectation, loadConfig } from "../config";
import { systemClock } from "../kernel/clock";
import { createLogger, startFailure } from "../main";

/** A problem that a command reports to its user: one message, no stack. */
export class CommandError extends Error {
  override readonly name = "CommandError";
}

/**
 * Runs `work` on the database of the environment and closes it afterwards. Failures become one line on standard error and exit
 * code 1. Commands that only look into it say that it `mustExist`.
 */
export async function withDatabase(
  work: (booted: Booted, config: Config, log: Logger) => Promise<void>,
  expectation: DatabaseExpectation = {},
): Promise<void> {
  let config: Config | null = null;
  try {
    config = loadConfig(process.env, expectation);
    const log = createLogger({ logLevel: config.logLevel === "info" ? "warn" : config.logLevel });
    const booted = await boot(config, systemClock, log, expectation);
    try {
      await work(booted, config, log);
    } finally {
      await booted.contents.close();
      await booted.store.close();
    }
  } catch (error) {
    const message = error instanceof CommandError ? error.message : startFailure(error, config);
    process.stderr.write(`latchkey: ${message}\n`);
    process.exitCode = 1;
  }
}
