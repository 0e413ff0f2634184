import { Command } from "commander";
import { withDatabase } from "./run-command";

/** `latchkey migrate`: bring the database to the newest schema and stop; `start` does the same by itself. */
export function migrateCommand(): Command {
  return new Command("migrate")
    .description("bring the database to the newest schema (start does this too)")
    .action(() => withDatabase(async () => void process.stdout.write("The database is at the newest schema.\n")));
}
