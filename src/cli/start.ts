import { Command } from "commander";
import { main } from "../main";

/** `latchkey start`: the same as `npm start`. */
export function startCommand(): Command {
  return new Command("start").description("migrate the database and serve").action(main);
}
