"use strict";
// Runs TypeScript straight from src in development: swc keeps the decorator metadata that esbuild drops.
const { readFileSync } = require("node:fs");
const { transformSync } = require("@swc/core");

const options = {
  module: { type: "commonjs" },
  sourceMaps: "inline",
  jsc: {
    target: "es2023",
    parser: { syntax: "typescript", decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
  },
};

require.extensions[".ts"] = (module, filename) => {
  module._compile(transformSync(readFileSync(filename, "utf8"), { ...options, filename }).code, filename);
};
