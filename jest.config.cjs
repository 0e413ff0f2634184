"use strict";

const { existsSync } = require("node:fs");
const { delimiter, join } = require("node:path");

/** ES modules without another form, which Node 20.19 can `require` and jest cannot. */
const esModules = ["file-type", "strtok3", "token-types", "uint8array-extras", "@borewit", "@tokenizer"];

/** swc, because esbuild drops decorator metadata and ts-jest does not take TypeScript 7. */
const transform = {
  [`^.+\\.tsx?$|/node_modules/(${esModules.join("|")})/.+\\.js$`]: [
    "@swc/jest",
    {
      module: { type: "commonjs" },
      jsc: {
        target: "es2023",
        keepClassNames: true,
        parser: { syntax: "typescript", decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: true, useDefineForClassFields: false },
      },
    },
  ],
};

/** One set of tests under one name; `dialect` is the database that test/support/database.ts hands out in it. */
const project = (displayName, dialect, rest) => ({
  displayName,
  globalSetup: `<rootDir>/test/support/${dialect}-global-setup.ts`,
  globalTeardown: `<rootDir>/test/support/${dialect}-global-teardown.ts`,
  rootDir: __dirname,
  testEnvironment: "node",
  setupFiles: ["reflect-metadata"],
  transform,
  transformIgnorePatterns: [`/node_modules/(?!(${esModules.join("|")})/)`],
  globals: { dialect },
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/data/"],
  ...rest,
});

/** Folders with tests that touch a database run as a whole on both dialects; everything else once. */
const withDatabase = ["api", "cli", "resources", "store", "support"];
const onEachDatabase = { testMatch: withDatabase.map((folder) => `<rootDir>/test/${folder}/**/*.test.ts`) };
const inBrowser = { testMatch: ["<rootDir>/test/console/**/*.test.ts"] };
const elsewhere = {
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testPathIgnorePatterns: [...withDatabase, "console"].map((folder) => `<rootDir>/test/${folder}/`),
};

const projects = [project("unit", "sqlite", elsewhere), project("sqlite", "sqlite", onEachDatabase)];

const searched = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
const installed = (program) => searched.some((folder) => folder !== "" && existsSync(join(folder, program)));

/**
 * Adds tests that need `program`. Where it is not installed they are left out with one clear line, or, where
 * `requiredBy=1` is in the environment, nothing runs at all.
 */
function whereInstalled(program, what, requiredBy, added) {
  if (installed(program)) projects.push(added);
  else if (process.env[requiredBy] !== "1") process.stderr.write(`${what} part skipped: ${program} is not installed\n`);
  else throw new Error(`${what} part cannot run: ${program} is not installed, and ${requiredBy}=1 requires it`);
}

whereInstalled("mariadbd", "MariaDB", "LATCHKEY_REQUIRE_MARIADB", project("mariadb", "mariadb", onEachDatabase));
if (existsSync(join(__dirname, "test/console"))) {
  whereInstalled("chromium", "Browser", "LATCHKEY_REQUIRE_CHROMIUM", project("console", "sqlite", inBrowser));
}

module.exports = { projects, maxWorkers: 2, testTimeout: 60_000 };
