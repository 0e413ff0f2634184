"use strict";
// Runs TypeScript straight from src in development: swc keeps the decorator metadata that esbuild drops.
// `node -r ./scripts/register.cjs src/main.ts`; stack traces show the lines of the source.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

const options = {
  configFile: false,
  swcrc: false,
  module: { type: "commonjs" },
  sourceMaps: "inline",
  jsc: {
    target: "es2023",
    keepClassNames: true,
    parser: { syntax: "typescript", decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

process.setSourceMapsEnabled(true);

require.extensions[".ts"] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, "utf8"), { ...options, filename }).code, filename);
};
