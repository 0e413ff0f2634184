"use strict";

const { existsSync } = require("node:fs");
const { delimiter, join } = require("node:path");

/** swc, because esbuild drops decorator metadata and ts-jest does not take TypeScript 7. */
const transform = {
  "^.+\\.tsx?$": [
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
  rootDir: __dirname,
  testEnvironment: "node",
  setupFiles: ["reflect-metadata"],
  transform,
  globals: { dialect },
  testPathIgnorePatterns: ["/node_modules/", "/dist/"],
  modulePathIgnorePatterns: ["<rootDir>/dist/", "<rootDir>/data/"],
  ...rest,
});

const overHttp = ["<rootDir>/test/api/**/*.test.ts"];
const inBrowser = ["<rootDir>/test/console/**/*.test.ts"];
const elsewhere = ["<rootDir>/test/**/*.test.ts", ...[...overHttp, ...inBrowser].map((pattern) => `!${pattern}`)];

const projects = [
  project("unit", "sqlite", { testMatch: elsewhere }),
  project("sqlite", "sqlite", { testMatch: overHttp }),
];

const searched = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
const installed = (program) => searched.some((folder) => folder !== "" && existsSync(join(folder, program)));

/**
 * Adds tests that need `program`. Where it is not installed they are left out with one clear line, or, where
 * `requiredBy=1` is in the environment, nothing runs at all.
 */
function whereInstalled(program, what, requiredBy, added) {
  if (installed(program)) projects.push(added);
  else if (process.env[requiredBy] === "1")
    throw new Error(`${what} part cannot run: ${program} is not installed (${requiredBy}=1)`);
  else if (process.env.JEST_WORKER_ID === undefined)
    process.stderr.write(`${what} part skipped: ${program} is not installed\n`);
}

whereInstalled(
  "mariadbd",
  "MariaDB",
  "LATCHKEY_REQUIRE_MARIADB",
  project("mariadb", "mariadb", {
    testMatch: [...overHttp, "<rootDir>/test/support/**/*.test.ts"],
    globalSetup: "<rootDir>/test/support/mariadb-global-setup.ts",
    globalTeardown: "<rootDir>/test/support/mariadb-global-teardown.ts",
  }),
);
if (existsSync(join(__dirname, "test/console"))) {
  whereInstalled(
    "chromium",
    "Browser",
    "LATCHKEY_REQUIRE_CHROMIUM",
    project("console", "sqlite", { testMatch: inBrowser }),
  );
}

module.exports = { projects, maxWorkers: 2, testTimeout: 60_000 };
