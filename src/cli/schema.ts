import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { resolvers } from "../registry";
import { buildLatchkeySchema, printLatchkeySchema } from "../schema";

/** `latchkey schema`: writes schema.graphql, or with `--check` fails when the file is stale. Needs no database. */
export function schemaCommand(): Command {
  return new Command("schema")
    .description("write schema.graphql, with the directives that guard each place")
    .option("--out <file>", "file to write", "schema.graphql")
    .option("--check", "write nothing; fail when the file is stale")
    .action(({ out, check }: { out: string; check?: boolean }) => {
      const text = printLatchkeySchema(buildLatchkeySchema(resolvers));
      const path = resolve(out);
      if (!check) {
        writeFileSync(path, text);
        process.stdout.write(`${path} written\n`);
      } else if (readFileSync(path, "utf8") !== text) {
        process.stderr.write(`latchkey: ${path} is stale: run \`npm run schema\`\n`);
        process.exitCode = 1;
      }
    });
}
