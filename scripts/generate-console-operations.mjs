// Writes console/src/api/operations.ts: the console's operations (console/src/api/*.graphql), checked against schema.graphql, as
// text with the types of their variables and replies. With --check nothing is written, and the exit code is 1 when the file is
// not what it would be.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { codegen } from "@graphql-codegen/core";
import * as operations from "@graphql-codegen/typescript-operations";
import { concatAST, Kind, parse, print, visit } from "graphql";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = join(root, "console/src/api");
const target = join(folder, "operations.ts");

const documents = readdirSync(folder)
  .filter((name) => name.endsWith(".graphql"))
  .sort()
  .map((name) => ({ location: name, document: parse(readFileSync(join(folder, name), "utf8")) }));

const types = await codegen({
  filename: target,
  schema: parse(readFileSync(join(root, "schema.graphql"), "utf8")),
  documents,
  config: {},
  pluginMap: { operations },
  plugins: [
    {
      operations: {
        scalars: { DateTime: "string", ID: "string" },
        skipTypename: true,
        defaultScalarType: "unknown",
        // Words of the schema change more often than its types.
        disableDescriptions: true,
      },
    },
  ],
});

const whole = concatAST(documents.map(({ document }) => document));
const fragments = new Map(
  whole.definitions.filter(({ kind }) => kind === Kind.FRAGMENT_DEFINITION).map((node) => [node.name.value, node]),
);

/** The operation with every fragment that it spreads, in which way ever. */
function complete(operation) {
  const spread = new Set();
  const collect = (node) =>
    visit(node, {
      FragmentSpread({ name }) {
        if (spread.has(name.value)) return;
        spread.add(name.value);
        collect(fragments.get(name.value));
      },
    });
  collect(operation);
  return [operation, ...[...spread].map((name) => fragments.get(name))].map(print).join("\n");
}

const texts = whole.definitions
  .filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)
  .map((operation) => {
    const name = operation.name.value;
    const suffix = operation.operation === "query" ? "Query" : "Mutation";
    const type = `Operation<${name}${suffix}, ${name}${suffix}Variables>`;
    return `export const ${name}: ${type} = {\n  text: ${JSON.stringify(complete(operation))},\n};\n`;
  });

const head = `// Written by scripts/generate-console-operations.mjs from *.graphql beside it; not by hand.\nimport type { Operation } from "./operation";\n`;
const written = [head, types.trim(), "", ...texts].join("\n");
if (!process.argv.includes("--check")) writeFileSync(target, written);
else if (readFileSync(target, "utf8") !== written) {
  console.error("console/src/api/operations.ts is stale: run `node scripts/generate-console-operations.mjs`");
  process.exitCode = 1;
}
