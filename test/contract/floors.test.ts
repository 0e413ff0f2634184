import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";

const root = resolve(__dirname, "../..");

interface Cruise {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly {
      readonly from: string;
      readonly to: string;
      readonly rule: { readonly name: string };
    }[];
  };
}

/** Runs the real cruiser with the real rules over `paths`. */
function cruise(folder: string, paths: readonly string[]): Cruise {
  const { stdout, stderr } = spawnSync(
    process.execPath,
    [
      join(root, "node_modules/dependency-cruiser/bin/dependency-cruise.mjs"),
      ...["--config", join(root, ".dependency-cruiser.cjs"), "--output-type", "json"],
      ...paths,
    ],
    { cwd: folder, encoding: "utf8", maxBuffer: 64 * 1024 * 1024 },
  );
  if (stdout === "") throw new Error(stderr);
  return JSON.parse(stdout);
}

/** A tree that keeps every rule: each floor imports the ones that it may. */
const SOUND: Record<string, string> = {
  "package.json": JSON.stringify({
    dependencies: { graphql: "*", "@graphql-tools/utils": "*", typeorm: "*", "type-graphql": "*" },
    devDependencies: { jest: "*" },
  }),
  ...Object.fromEntries(
    ["graphql", "@graphql-tools/utils", "typeorm", "type-graphql", "jest", "undeclared"].flatMap((name) => [
      [`node_modules/${name}/package.json`, JSON.stringify({ name, main: "index.js" })],
      [`node_modules/${name}/index.js`, ""],
    ]),
  ),
  "src/kernel/id.ts": 'export const id = "1";',
  "src/config.ts": 'import { id } from "./kernel/id"; export const config = id;',
  "src/access/grant.ts":
    'import type { DocumentNode } from "graphql"; import "@graphql-tools/utils"; import { id } from "../kernel/id"; export interface Grant { id: typeof id; d: DocumentNode }',
  "src/store/store.ts": 'import type { Grant } from "../access/grant"; export interface Store { grant: Grant }',
  "src/context.ts": 'import type { Store } from "./store/store"; export interface RequestContext { store: Store }',
  "src/connection/page.ts": 'import type { RequestContext } from "../context"; export type Page = RequestContext;',
  "src/audit/record.ts":
    'import type { RequestContext } from "../context"; export const record = (c: RequestContext) => c;',
  "src/authorities/authority.ts": 'import { record } from "../audit/record"; export const authority = record;',
  "src/roles/role.entity.ts":
    'import { authority } from "../authorities/authority"; export class Role { a = authority }',
  "src/users/user.entity.ts": 'import { Role } from "../roles/role.entity"; export class User { role?: Role }',
  "src/api-sets/api-set.entity.ts":
    'import { authority } from "../authorities/authority"; import { User } from "../users/user.entity"; export class ApiSet { u?: User; a = authority }',
  "src/settings/settings.entity.ts": 'import { Role } from "../roles/role.entity"; export class Settings { r?: Role }',
  "src/api-keys/api-key.entity.ts":
    'import { Settings } from "../settings/settings.entity"; import { ApiSet } from "../api-sets/api-set.entity"; import { User } from "../users/user.entity"; export class ApiKey { s?: ApiSet; t?: Settings; u?: User }',
  "src/usage/usage.entity.ts": 'import { ApiKey } from "../api-keys/api-key.entity"; export class Usage { k?: ApiKey }',
  "src/resources/resource.ts": 'import type { Page } from "../connection/page"; export type Resource = Page;',
  "src/resources/employee/employee.ts": 'import type { Resource } from "../resource"; export type Employee = Resource;',
  "src/resources/department/department.ts":
    'import type { Resource } from "../resource"; export type Department = Resource;',
  "src/execute/query-run.ts": 'import { id } from "../kernel/id"; export const run = id;',
  "src/http/enforce.ts":
    'import "../execute/query-run"; import "../usage/usage.entity"; import { ApiKey } from "../api-keys/api-key.entity"; import type { Employee } from "../resources/employee/employee"; export type E = ApiKey | Employee;',
  "src/registry.ts": 'import { ApiKey } from "./api-keys/api-key.entity"; export const registry = [ApiKey];',
  "src/main.ts": 'import "./http/enforce"; import { registry } from "./registry"; export default registry;',
  "src/cli/demo.ts": 'import { registry } from "../registry"; export const demo = registry;',
  "test/some.test.ts": 'import "../src/main";',
  "migrations/0001-first.ts": "export class First {}",
};

/** One bad import each: the rule that must report it, the folder of the importing file, and what that file holds. */
const UNSOUND: readonly (readonly [rule: string, folder: string, text: string])[] = [
  ["floor-kernel", "src/kernel", 'import { config } from "../config"; export const bad = config;'],
  ["floor-access", "src/access", 'import type { Store } from "../store/store"; export type Bad = Store;'],
  ["floor-access", "src/access", 'import { config } from "../config"; export const bad = config;'],
  ["floor-execute", "src/execute", 'import type { Grant } from "../access/grant"; export type Bad = Grant;'],
  ["floor-context", "src/rate-limits", 'import { record } from "../audit/record"; export const bad = record;'],
  ["floor-context", "src/store", 'import { record } from "../audit/record"; export const bad = record;'],
  ["floor-connection", "src/connection", 'export { record } from "../audit/record";'],
  ["floor-audit", "src/audit", 'import { type User } from "../users/user.entity"; export type Bad = User;'],
  ["floor-authorities", "src/authorities", 'export * from "../roles/role.entity";'],
  ["floor-roles", "src/roles", 'export const bad = () => import("../users/user.entity");'],
  ["floor-users", "src/users", 'const bad = require("../api-keys/api-key.entity"); export default bad;'],
  ["floor-users", "src/users", 'import "../resources/resource";'],
  ["floor-api-sets", "src/api-sets", 'import "../api-keys/api-key.entity";'],
  ["floor-settings", "src/settings", 'import "../api-sets/api-set.entity";'],
  ["floor-api-keys", "src/api-keys", 'import "../http/enforce";'],
  ["floor-api-keys", "src/api-keys", 'import "../usage/usage.entity";'],
  ["floor-usage", "src/usage", 'import "../http/enforce";'],
  ["floor-resource-mechanism", "src/resources", 'import "./employee/employee";'],
  ["floor-resource-folders", "src/resources/employee", 'import "../../users/user.entity";'],
  ["one-resource-knows-no-other", "src/resources/employee", 'import type { D } from "../department/department";'],
  ["floor-http", "src/http", 'import "../main";'],
  ["no-floor", "src/utils", 'import "../kernel/id";'],
  ["no-floor", "src", 'import "./kernel/id";'],
  ["no-floor-to", "src/http", 'import { helper } from "../helpers/helper"; export default helper;'],
  ["no-floor-alone", "src/common", "export const common = 1;"],
  ["no-cycle", "src/kernel", 'import type { Other } from "./other"; export const id = "1"; export type Bad = Other;'],
  ["access-is-pure", "src/access", 'import type { DataSource } from "typeorm"; export type Bad = DataSource;'],
  ["access-is-pure", "src/access", 'import { readFileSync } from "node:fs"; export default readFileSync;'],
  ["entity-is-not-a-graphql-type", "src/roles", 'import { Field } from "type-graphql"; export default Field;'],
  ["graphql-type-is-not-an-entity", "src/roles", 'import { Column } from "typeorm"; export default Column;'],
  ["product-imports-no-test-code", "src/http", 'import "../../test/some.test";'],
  ["product-imports-no-development-package", "src/http", 'import "jest";'],
  ["product-imports-no-development-package", "src/http", 'import type { Undeclared } from "undeclared";'],
  ["migration-stands-alone", "migrations", 'import "../src/kernel/id";'],
  ["import-resolves", "src/http", 'import "./nowhere";'],
];

const SUFFIXES: Record<string, string> = {
  "entity-is-not-a-graphql-type": ".entity",
  "graphql-type-is-not-an-entity": ".type",
};
const unsoundFile = (at: number, rule: string, folder: string) => `${folder}/bad-${at}${SUFFIXES[rule] ?? ""}.ts`;
const CYCLE = UNSOUND.findIndex(([rule]) => rule === "no-cycle");

/** Everything sound, every bad import in a file of its own, and the other ends that no sound file stands for. */
const UNSOUND_TREE: Record<string, string> = {
  ...SOUND,
  ...Object.fromEntries(UNSOUND.map(([rule, folder, text], at) => [unsoundFile(at, rule, folder), text])),
  "src/helpers/helper.ts": "export const helper = 1;",
  "src/kernel/other.ts": `import { id } from "./bad-${CYCLE}"; export type Other = typeof id;`,
};

describe("the floor check", () => {
  const folder = mkdtempSync(join(tmpdir(), "latchkey-floors-"));
  let unsound: Cruise;

  const plant = (name: string, files: Record<string, string>): string => {
    for (const [path, text] of Object.entries(files)) {
      const file = join(folder, name, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${text}\n`);
    }
    return join(folder, name);
  };

  beforeAll(() => {
    unsound = cruise(plant("unsound", UNSOUND_TREE), ["src", "test", "migrations"]);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it("accepts a tree in which imports go downwards only, having seen every file of it", () => {
    const { modules, summary } = cruise(plant("sound", SOUND), ["src", "test", "migrations"]);
    expect(summary.violations).toEqual([]);
    expect(modules.map(({ source }) => source)).toEqual(
      expect.arrayContaining(Object.keys(SOUND).filter((path) => path.endsWith(".ts"))),
    );
  });

  it.each(UNSOUND.map((bad, at) => [...bad, at] as const))("reports %s in %s: %s", (rule, from, _text, at) => {
    const file = unsoundFile(at, rule, from);
    const reported = unsound.summary.violations.filter((violation) => violation.from === file);
    expect(reported.map((violation) => violation.rule.name)).toContain(rule);
  });

  it("reports nothing against the sound files beside the bad ones, but their part in a cycle", () => {
    const innocent = unsound.summary.violations.filter(({ from, rule }) => from in SOUND && rule.name !== "no-cycle");
    expect(innocent).toEqual([]);
  });

  it("has a bad import above for every rule", () => {
    const { forbidden } = require("../../.dependency-cruiser.cjs") as { forbidden: { name: string }[] };
    // The top floor may import everything; config is one file, and importing upwards from it is a cycle or no-floor.
    const proven = new Set(["floor-top", "floor-config", ...UNSOUND.map(([rule]) => rule)]);
    expect(forbidden.map(({ name }) => name).filter((name) => !proven.has(name))).toEqual([]);
  });

  it("sees every file of this repository's src", () => {
    const seen = new Set(cruise(root, ["src"]).modules.map(({ source }) => source));
    const files = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" }).filter((name) =>
      name.endsWith(".ts"),
    );
    expect(files.length).toBeGreaterThan(15);
    expect(files.map((name) => `src/${name}`).filter((file) => !seen.has(file))).toEqual([]);
  });
});
