import fc from "fast-check";
import {
  type DocumentNode,
  type GraphQLSchema,
  isNullableType,
  isObjectType,
  Kind,
  type OperationDefinitionNode,
  parse,
} from "graphql";
import { documentCompiler, type ReadyDocument } from "../../src/access/compile-document";
import { decide } from "../../src/access/decide";
import { explainInvalidVariables } from "../../src/access/explain-invalid";
import { filterSchema } from "../../src/access/filter-schema";
import { maskOf } from "../../src/access/mask";
import { type BoundPlan, bindPlan } from "../../src/access/plan";
import { intersectScopes, keyScope, roleScope, type Scope } from "../../src/access/scope";
import { validateDocument } from "../../src/access/validate-document";
import { hasBit } from "../../src/kernel/bitset";
import { Choices } from "./fuzz/choices";
import { accessFor, type OracleAccess, OracleGuards, randomAccess } from "./fuzz/oracle-access";
import { type Observation, OracleExecution } from "./fuzz/oracle-execution";
import { randomDocument } from "./fuzz/random-document";
import { randomVariables } from "./fuzz/random-values";
import { AUTHORITIES, STAFF_SDL, staffIndex, staffSchema } from "./staff-schema";

const RUNS = Number(process.env["LATCHKEY_FUZZ_RUNS"] ?? 3000);
const SEED = Number(process.env["LATCHKEY_FUZZ_SEED"] ?? 20_260_101);

const UNLIMITED = {
  depth: 1000,
  introspectionDepth: 1000,
  aliases: 1e6,
  rootFields: 1e6,
  selections: 1e6,
  tokens: 1e6,
  cost: 1e6,
  rows: 1e6,
};

const guards = new OracleGuards(staffSchema);
const oracle = new OracleExecution(STAFF_SDL);
const compiler = documentCompiler(staffSchema, staffIndex, UNLIMITED);
let decisions = 0;
let refusals = 0;
const counts = { notValid: 0, invalidVariables: 0, allowed: 0, refused: 0, masked: 0, validWhereFiltered: 0 };

/** What one case is about; printed when it fails. */
interface Case {
  readonly text: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly document: DocumentNode;
  readonly bound: BoundPlan;
  readonly seen: Observation;
  readonly main: OperationDefinitionNode;
  readonly planFor: ReadyDocument["planFor"];
}

describe("random documents, variables and scopes against an oracle that runs the operation", () => {
  it(`agree in ${RUNS} cases (seed ${SEED})`, () => {
    const bytes = fc.uint8Array({ minLength: 60, maxLength: 500, size: "max" });
    const startedAt = Date.now();
    fc.assert(
      fc.property(bytes, (drawn) => check(new Choices(drawn))),
      // Shrinking a case takes minutes; what it prints is mostly small enough.
      { numRuns: RUNS, seed: SEED, endOnFailure: process.env["LATCHKEY_FUZZ_SHRINK"] !== "1" },
    );
    const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
    process.stderr.write(`fuzz: ${RUNS} cases, seed ${SEED}, ${seconds} s, ${JSON.stringify(counts)}\n`);
    // The generators must go on making what the property is about.
    expect(counts.notValid).toBeLessThan(RUNS * 0.3);
    expect(counts.allowed).toBeGreaterThan(RUNS * 0.3);
    expect(counts.refused).toBeGreaterThan(RUNS * 0.3);
    expect(counts.masked).toBeGreaterThan(RUNS * 0.05);
    expect(counts.invalidVariables).toBeGreaterThan(RUNS * 0.01);
  }, 3_600_000);
});

function check(choices: Choices): void {
  const { text, variables: declared } = randomDocument(choices, staffSchema);
  const document = parse(text);
  const compiled = compiler.compile(document);
  if (compiled.kind !== "ready") {
    counts.notValid++;
    return;
  }
  const variables = randomVariables(choices, declared, choices.chance(20) ? 6 : 0);
  const before = JSON.stringify(variables);
  const main = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION) as OperationDefinitionNode;
  const bound = bindPlan(compiled.planFor(main), variables);
  const seen = oracle.observe(document, "Main", variables);
  const subject: Case = { text, variables, document, bound, seen, main, planFor: compiled.planFor };
  insist(subject, JSON.stringify(variables) === before, "variables were changed");
  if (bound.invalidVariables !== null || seen.errors.length > 0) {
    checkInvalid(subject);
    return;
  }
  for (const coordinate of seen.touched) {
    insist(subject, seen.selected.has(coordinate), `the oracle touched ${coordinate} but did not see it selected`);
  }
  checkDecision(subject, randomAccess(choices, guards, AUTHORITIES));
  const exact = accessFor(guards, seen.selected);
  checkDecision(subject, { owner: exact, key: null });
  if (exact.grants.length > 0) {
    const dropped = choices.below(exact.grants.length);
    const less = exact.grants.filter((_grant, at) => at !== dropped);
    checkDecision(subject, { owner: exact, key: less });
    checkDecision(subject, { owner: { ...exact, grants: less }, key: null });
  }
}

/**
 * Variables are refused exactly when execution would meet an error, but for a null in a place that takes none, which graphql-js
 * does not always look at.
 */
function checkInvalid(subject: Case): void {
  counts.invalidVariables++;
  const isRefused = subject.bound.invalidVariables !== null;
  insist(subject, isRefused, `execution failed: ${subject.seen.errors.join("; ")}`);
  const isStricter = subject.bound.invalidVariables?.every(({ kind, path }) => kind === "NULL" && path.length === 1);
  insist(
    subject,
    isStricter || subject.seen.errors.length > 0,
    `refused ${JSON.stringify(subject.bound.invalidVariables)}`,
  );
  const explained = explainInvalidVariables(staffSchema, subject.main, subject.variables);
  insist(
    subject,
    explained.every((error) => /^Variable \$v\d+ /.test(error.message)),
    "an explanation names no variable",
  );
}

/** The decision and its refusals are exactly what the oracle expects, so that nothing is let through and nothing refused in vain. */
function checkDecision(subject: Case, access: OracleAccess): void {
  const owner = roleScope(staffIndex, access.owner);
  const scope = access.key === null ? owner : intersectScopes(owner, keyScope(staffIndex, access.key));
  const decision = decide(subject.bound, scope, owner);
  const isGranted = (coordinate: string) => guards.isGranted(coordinate, access);
  const ungranted = [...subject.seen.selected].filter((coordinate) => !isGranted(coordinate));
  if (decision.allowed) {
    counts.allowed++;
    const leaked = [...subject.seen.touched].filter((coordinate) => !isGranted(coordinate));
    insist(subject, leaked.length === 0, `allowed, and touched ${leaked}`, access);
    insist(subject, ungranted.length === 0, `allowed, and selects ${ungranted}`, access);
  } else {
    counts.refused++;
    const refused = decision.refusals.map((refusal) => refusal.coordinate);
    insist(subject, same(refused, ungranted), `refused ${refused}, expected ${ungranted}`, access);
    for (const { coordinate, deniedBy } of decision.refusals) {
      const isOwners = !guards.isGranted(coordinate, { ...access, key: null });
      insist(
        subject,
        deniedBy === (isOwners ? "OWNER" : "KEY"),
        `${coordinate} is said to be denied by ${deniedBy}`,
        access,
      );
    }
    checkMasked(subject, scope, access, ungranted);
  }
  // The costliest part of a case, and the least likely to find anything.
  if (++decisions % 8 === 0) checkFiltered(subject, scope, access);
}

/**
 * What a masked query touches is granted, to the last argument, and a query runs masked when all that it lacks are fields that may be
 * null.
 */
function checkMasked(subject: Case, scope: Scope, access: OracleAccess, ungranted: readonly string[]): void {
  const { document, variables, main, planFor } = subject;
  if (main.operation !== "query" || subject.bound.plan.introspects || ++refusals % 8 !== 0) return;
  const rest = bindPlan(planFor(main, maskOf(staffSchema, staffIndex, scope)), variables);
  if (!decide(rest, scope, scope).allowed) {
    insist(subject, !ungranted.every(mayBeNull), `refused, though all of ${ungranted} may be null`, access);
    return;
  }
  counts.masked++;
  const mask = (schema: GraphQLSchema) => maskOf(schema, staffIndex, scope).schema;
  const { touched, errors } = oracle.touchMasked(mask, document, "Main", variables);
  const leaked = [...touched].filter((coordinate) => !guards.isGranted(coordinate, access));
  insist(subject, leaked.length === 0, `masked, and touched ${leaked}`, access);
  insist(subject, errors.length === 0, `masked, and failed: ${errors}`, access);
}

function mayBeNull(coordinate: string): boolean {
  const [typeName = "", field = ""] = coordinate.split(".");
  const type = staffSchema.getType(typeName);
  if (!isObjectType(type)) return false;
  const definition = type.getFields()[field];
  return definition !== undefined && (isNullableType(definition.type) || typeName === "Query");
}

/** Whatever is valid on the filtered schema is granted, so that introspection promises nothing that is then refused. */
function checkFiltered(subject: Case, scope: Scope, access: OracleAccess): void {
  const filtered = filterSchema(staffSchema, staffIndex, scope);
  if (validateDocument(filtered, subject.document).length > 0) return;
  counts.validWhereFiltered++;
  const missing = subject.bound.plan.needs.filter(({ bit }) => !hasBit(scope.bits, bit));
  insist(subject, missing.length === 0, `the filtered schema shows ${missing.map((need) => need.coordinate)}`, access);
}

function same(left: readonly string[], right: readonly string[]): boolean {
  return JSON.stringify([...left].sort()) === JSON.stringify([...right].sort());
}

function insist({ text, variables }: Case, holds: boolean | undefined, problem: string, access?: OracleAccess): void {
  if (!holds) throw new Error(`${problem}\n${text}\n${JSON.stringify(variables)}\n${JSON.stringify(access)}`);
}
