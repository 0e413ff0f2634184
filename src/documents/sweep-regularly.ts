import type { Logger } from "pino";
import type { Contents } from "./contents";

const EVERY_MS = 3_600_000;

/** Sweeps at once, for what the last crash left, and every hour. `stop` it before the store; it waits for a sweep that is under way. */
export function sweepRegularly(contents: Contents, log: Logger): { stop(): Promise<void> } {
  let underWay: Promise<void> = Promise.resolve();
  const sweep = (): void => {
    underWay = contents
      .sweep()
      .catch((error: unknown) => log.warn({ err: error }, "content that belongs to no document could not be removed"));
  };
  sweep();
  const timer = setInterval(sweep, EVERY_MS).unref();
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
