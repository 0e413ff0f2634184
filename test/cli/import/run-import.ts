import "reflect-metadata";
import { importCommand } from "../../../src/cli/import";

void importCommand().parseAsync(process.argv);
