import "reflect-metadata";
import assert from "node:assert/strict";
import { type DocumentNode, type OperationDefinitionNode, parse } from "graphql";
import { type DocumentCompiler, documentCompiler } from "../src/access/compile-document";
import { decide } from "../src/access/decide";
import { Action } from "../src/access/grant";
import { DEFAULT_LIMITS } from "../src/access/limits";
import { bindPlan, type OperationPlan } from "../src/access/plan";
import { keyScope, type Scope } from "../src/access/scope";
import { createMetrics } from "../src/http/metrics";
import type { CountedOperation } from "../src/http/request-state";
import { NO_LIMITS } from "../src/rate-limits/rate-limits";
import { resolvers } from "../src/registry";
import { buildLatchkeySchema } from "../src/schema";
import { readOptions } from "./options";
import { spreadOf } from "./statistics";
import { W1 } from "./workloads/w1";
import { DEPARTMENT_FIELDS, EMPLOYEE_FIELDS, PAGE_SIZE } from "./workloads/workload";

readOptions({});

/** `npm run bench:decide`: what authorization itself costs, in one process, without HTTP or database. */
const BATCHES = 15;
const BATCH_MS = 100;

const { executable, index } = buildLatchkeySchema(resolvers);
const newCompiler = (): DocumentCompiler => documentCompiler(executable, index, DEFAULT_LIMITS);

const granted = keyScope(index, [
  { resource: "employee", actions: [Action.READ], fields: [...EMPLOYEE_FIELDS], rows: null },
  { resource: "department", actions: [Action.READ], fields: [...DEPARTMENT_FIELDS], rows: null },
]);
const narrower = keyScope(index, [{ resource: "employee", actions: [Action.READ], fields: ["firstName"], rows: null }]);
const FILTERED = "query ($filter: EmployeeFilter) { employees(first: 50, filter: $filter) { nodes { id firstName } } }";
const filter = { or: [{ lastName: { startsWith: "K" } }, { not: { jobTitle: { eq: "Counsel" } } }] };

const document = parse(W1.document);
const compiler = newCompiler();
const plan = planOf(compiler, document);
const filteredPlan = planOf(compiler, parse(FILTERED));
const variables = { first: PAGE_SIZE, after: "a cursor" };
const bound = bindPlan(plan, variables);
assert.equal(decide(bound, granted, granted).allowed, true);
assert.equal(decide(bound, narrower, granted).allowed, false);

const idle = { reads: 0, served: 0 };
const metrics = createMetrics({
  parts: {
    store: { epochReads: idle },
    usage: { waiting: () => 0 },
    limits: { refusals: NO_LIMITS.refusals },
    caches: [],
  },
  caches: [],
});
const counted: CountedOperation = { decision: "allowed", outcome: { kind: "query", code: "OK" } };

/** The whole of what a request pays once its document is known. */
function verdict(scope: Scope): boolean {
  return decide(bindPlan(planOf(compiler, document), variables), scope, granted).allowed;
}

const measured: readonly (readonly [string, () => unknown])[] = [
  ["parse W1 (graphql-js, for comparison)", () => parse(W1.document)],
  ["first sight of a document: limits, validation, plan", () => planOf(newCompiler(), document)],
  ["known document: find its plan", () => planOf(compiler, document)],
  ["bind W1's two variables", () => bindPlan(plan, variables)],
  ["bind a nested filter of four names", () => bindPlan(filteredPlan, { filter })],
  ["decide, allowed", () => decide(bound, granted, granted)],
  ["decide, refused, every field named", () => decide(bound, narrower, granted)],
  ["a request, allowed: find, bind, decide", () => verdict(granted)],
  ["a request, refused: find, bind, decide", () => verdict(narrower)],
  ["counting a request for /metrics", () => metrics.answered(counted, { way: "fast", status: 200, milliseconds: 1.5 })],
];

function planOf(by: DocumentCompiler, node: DocumentNode): OperationPlan {
  const compiled = by.compile(node);
  if (compiled.kind !== "ready") throw new Error(`the document is ${compiled.kind}`);
  return compiled.planFor(node.definitions[0] as OperationDefinitionNode);
}

/** Nanoseconds for one call, by batches long enough for the clock; what the calls return is used, so none is optimised away. */
function nanoseconds(work: () => unknown): number[] {
  let used = 0;
  const batch = (calls: number): number => {
    const start = process.hrtime.bigint();
    for (let call = 0; call < calls; call++) if (work() !== null) used++;
    return Number(process.hrtime.bigint() - start) / calls;
  };
  // Twice, since the first batch runs before the optimiser has seen the function.
  batch(Math.ceil((BATCH_MS * 1e6) / batch(10)));
  const calls = Math.max(10, Math.ceil((BATCH_MS * 1e6) / batch(10)));
  const taken = Array.from({ length: BATCHES }, () => batch(calls));
  assert.ok(used > 0);
  return taken;
}

process.stdout.write(
  `${index.size} permissions in ${Math.ceil(index.size / 32)} words; ${BATCHES} batches of about ${BATCH_MS} ms\n\n`,
);
for (const [name, work] of measured) {
  const { median, least, most } = spreadOf(nanoseconds(work).map((time) => time / 1000));
  const figures = [median, least, most].map((micros) => micros.toFixed(3).padStart(10));
  process.stdout.write(`${name.padEnd(54)}${figures[0]} µs  (${figures[1]?.trim()} … ${figures[2]?.trim()})\n`);
}
