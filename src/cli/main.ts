import "reflect-metadata";
import { Command } from "commander";
import { auditCommand } from "./audit";
import { demoCommand } from "./demo";
import { importCommand } from "./import";
import { migrateCommand } from "./migrate";
import { schemaCommand } from "./schema";
import { startCommand } from "./start";

const program = new Command("latchkey")
  .description("Hands out HR records field by field. Configuration comes from the environment; see README.md.")
  .addCommand(startCommand())
  .addCommand(importCommand())
  .addCommand(demoCommand())
  .addCommand(auditCommand())
  .addCommand(migrateCommand())
  .addCommand(schemaCommand())
  .showHelpAfterError();

void program.parseAsync();
