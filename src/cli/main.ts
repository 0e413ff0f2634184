import "reflect-metadata";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Command } from "commander";
import { auditCommand } from "./audit";
import { demoCommand } from "./demo";
import { exportCommand } from "./export";
import { importCommand } from "./import";
import { keyCommand } from "./key";
import { migrateCommand } from "./migrate";
import { schemaCommand } from "./schema";
import { startCommand } from "./start";

/** package.json lies two folders above this file, and one more when it runs from dist/. */
function version(): string {
  const path = ["../../package.json", "../../../package.json"].map((name) => join(__dirname, name)).find(existsSync);
  return (JSON.parse(readFileSync(path as string, "utf8")) as { version: string }).version;
}

const program = new Command("latchkey")
  .version(version())
  .description("Hands out HR records field by field. Configuration comes from the environment; see README.md.")
  .addCommand(startCommand())
  .addCommand(importCommand())
  .addCommand(exportCommand())
  .addCommand(demoCommand())
  .addCommand(keyCommand())
  .addCommand(auditCommand())
  .addCommand(migrateCommand())
  .addCommand(schemaCommand())
  .showHelpAfterError();

void program.parseAsync();
