import "reflect-metadata";
import { loadConfig } from "../../src/config";
import { createLogger, start, stopOnSignal } from "../../src/main";

/** The product as `npm start` runs it, on the environment's database; prints its base URL. */
async function serve(): Promise<void> {
  const config = loadConfig();
  const log = createLogger(config);
  const running = await start(config, log);
  stopOnSignal(running, log);
  process.stdout.write(`${running.url}\n`);
}

void serve();
