"use strict";

/**
 * The floors of src/, top first; an import may only go downwards (STYLE: "Floors"). A folder or file of src/ that is on no
 * floor is refused, so that a new one has to be given its place here.
 *
 * `import type` counts like any other import: swc, the parser (dependency-cruiser does not take TypeScript 7), does not tell
 * the two apart, and neither should a reader who asks what a folder depends on. `import("…")` types, which it does not see,
 * are refused by scripts/lint/no-inline-import-type.grit. test/contract/floors.test.ts proves that each rule bites.
 */
const ground = ["kernel", "config"];
const belowAudit = ["connection", "context", "access", ...ground];
const belowDomains = ["audit", ...belowAudit];
const domains = ["api-keys", "api-sets", "settings", "users", "roles", "authorities"];
const everythingBelowHttp = ["usage", "execute", ...domains, "resource-folders", "resource-mechanism", ...belowDomains];

/** Floor → where it is, and which other floors it may import. */
const floors = {
  top: { path: "^src/(boot|main|server|registry|schema)\\.ts$|^src/cli/", may: ["http", ...everythingBelowHttp] },
  http: { path: "^src/http/", may: everythingBelowHttp },
  usage: { path: "^src/usage/", may: [...domains, ...belowDomains] },
  "api-keys": {
    path: "^src/api-keys/",
    may: ["api-sets", "settings", "users", "roles", "authorities", ...belowDomains],
  },
  "api-sets": { path: "^src/api-sets/", may: ["users", "roles", "authorities", ...belowDomains] },
  settings: { path: "^src/settings/", may: ["users", "roles", "authorities", ...belowDomains] },
  users: { path: "^src/users/", may: ["roles", "authorities", ...belowDomains] },
  roles: { path: "^src/roles/", may: ["authorities", ...belowDomains] },
  // Row scopes name records, which must exist.
  authorities: { path: "^src/authorities/", may: ["resource-mechanism", ...belowDomains] },
  "resource-folders": { path: "^src/resources/[^/]+/", may: ["resource-mechanism", ...belowDomains] },
  "resource-mechanism": { path: "^src/resources/[^/]+\\.ts$", may: belowDomains },
  audit: { path: "^src/audit/", may: belowAudit },
  connection: { path: "^src/connection/", may: ["context", "access", ...ground] },
  context: { path: "^src/context\\.ts$|^src/(store|rate-limits|documents)/", may: ["access", ...ground] },
  access: { path: "^src/access/", may: ["kernel"] },
  execute: { path: "^src/execute/", may: ["kernel"] },
  config: { path: "^src/config\\.ts$", may: ["kernel"] },
  kernel: { path: "^src/kernel/", may: [] },
};

const everyFloor = Object.values(floors).map((floor) => floor.path);

const floorRules = Object.entries(floors).map(([name, { path, may }]) => ({
  name: `floor-${name}`,
  comment: may.length === 0 ? "imports nothing of src" : `may import only ${may.join(", ")}`,
  severity: "error",
  from: { path },
  to: { path: "^src/", pathNot: [path, ...may.map((other) => floors[other].path)] },
}));

module.exports = {
  forbidden: [
    ...floorRules,
    {
      name: "no-cycle",
      comment: "Relations between entities point one way, dependent → dependency.",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "one-resource-knows-no-other",
      severity: "error",
      from: { path: "^src/resources/([^/]+)/" },
      to: { path: "^src/resources/[^/]+/", pathNot: "^src/resources/$1/" },
    },
    {
      name: "access-is-pure",
      comment: "The authorization core works on graphql's AST alone: no database, no framework, no Node API.",
      severity: "error",
      from: { path: "^src/access/" },
      to: { pathNot: ["^src/", "^(node_modules/)?(graphql|@graphql-tools/utils)(/|$)"] },
    },
    {
      name: "entity-is-not-a-graphql-type",
      comment: "An entity that is also a GraphQL type is one stray decorator away from serving a password hash.",
      severity: "error",
      from: { path: "^src/.*\\.entity\\.ts$" },
      to: { path: "^(node_modules/)?type-graphql(/|$)" },
    },
    {
      name: "graphql-type-is-not-an-entity",
      severity: "error",
      from: { path: "^src/.*\\.type\\.ts$" },
      to: { path: "^(node_modules/)?typeorm(/|$)" },
    },
    {
      name: "no-floor",
      comment: "Give the new folder or file its floor in .dependency-cruiser.cjs.",
      severity: "error",
      from: { path: "^src/", pathNot: everyFloor },
      to: {},
    },
    {
      name: "no-floor-to",
      comment: "Give the new folder or file its floor in .dependency-cruiser.cjs.",
      severity: "error",
      from: {},
      to: { path: "^src/", pathNot: everyFloor },
    },
    {
      name: "no-floor-alone",
      comment: "Give the new folder or file its floor in .dependency-cruiser.cjs.",
      severity: "error",
      from: { path: "^src/", pathNot: everyFloor, orphan: true },
      to: {},
    },
    {
      name: "product-imports-no-test-code",
      severity: "error",
      from: { path: "^(src|migrations)/|^ormconfig\\.ts$" },
      to: { path: "^(test|bench|scripts|console|docs)/" },
    },
    {
      name: "product-imports-no-development-package",
      severity: "error",
      from: { path: "^(src|migrations)/|^ormconfig\\.ts$" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "migration-stands-alone",
      comment: "Migrations are append-only, and what they import from src would change under them.",
      severity: "error",
      from: { path: "^migrations/" },
      to: { path: "^src/" },
    },
    {
      name: "import-resolves",
      comment: "The one package that is left out holds types alone, and says so with an empty `main`.",
      severity: "error",
      from: {},
      to: { couldNotResolve: true, pathNot: "^@graphql-typed-document-node/core$" },
    },
  ],
  options: {
    parser: "swc",
    tsPreCompilationDeps: true,
    doNotFollow: { path: "node_modules" },
    enhancedResolveOptions: {
      extensions: [".ts", ".js", ".cjs", ".mjs", ".json", ".d.ts"],
      exportsFields: ["exports"],
      conditionNames: ["require", "node", "default", "import", "types"],
    },
  },
};
