import type { Readable } from "node:stream";
import { type GraphQLResponse, HeaderMap } from "@apollo/server";
import type { FastifyReply, FastifyRequest } from "fastify";
import {
  type DocumentNode,
  type FormattedExecutionResult,
  getVariableValues,
  type OperationDefinitionNode,
} from "graphql";
import type { RefusalTrail } from "../audit/refusal-trail";
import type { RequestContext } from "../context";
import { type Compilable, type CompiledQuery, compileQuery } from "../execute/compile-query";
import type { CacheMeter } from "../kernel/cache-meter";
import { rowsAsked } from "../resources/read-budget";
import { COST_HEADER } from "./cost-report";
import { enforce, onePerPlace } from "./enforce";
import { type GraphQLBody, plainAnswerType, readPlainBody } from "./graphql-body";
import { flagsOf, type KnownDocument, knownDocuments, operationOf } from "./known-documents";
import { sendInPieces, writeAnswer, writeLargeAnswer } from "./large-answer";
import { recordUse } from "./record-use";
import type { RequestState } from "./request-state";

/** Answers queries of known documents without Apollo Server, which answers everything else. */
export interface FastPath {
  /**
   * The body of the answer, whose status and content type are set on `reply`; null when the ordinary way has to answer. `begin`
   * makes the state of an operation: what this way has begun is nothing to the other.
   */
  answer(request: FastifyRequest, reply: FastifyReply, begin: () => RequestState): Promise<string | Readable | null>;
  /** Tells of a document that the ordinary way has parsed. */
  note(text: string | undefined, document: DocumentNode): void;
  /** Of its documents; none where nothing is kept. */
  readonly caches: readonly CacheMeter[];
}

/** What the fast path is made of. */
export interface FastPathParts {
  readonly compilable: Compilable<RequestContext>;
  readonly trail: RefusalTrail;
}

/** For tests and measurements. */
export interface FastPathOptions {
  /** Times that a document comes before it is compiled; `COMPILE_AFTER` unless told otherwise. */
  readonly compileAfter?: number;
  /** Called for every request that the fast path answers. */
  readonly answered?: () => void;
}

/** Leaves everything to the ordinary way. */
export const NO_FAST_PATH: FastPath = Object.freeze({ answer: async () => null, note: () => undefined, caches: [] });

/** Times that a document comes before it is compiled: whoever sends each document once shall not fill the memory with them. */
const COMPILE_AFTER = 2;
/** Combinations of values of the variables that `@skip` and `@include` use, per operation; further ones go the ordinary way. */
const MOST_VARIANTS = 8;
/** Rows up to which an answer is written at once, without being weighed first. */
const MOST_SMALL_ROWS = 1_000;

type Compiled = CompiledQuery<RequestContext>;

/** A query that can be run, with the operation that it was compiled of. */
interface Runnable {
  readonly run: Compiled;
  readonly definition: OperationDefinitionNode;
}

/**
 * The fast path decides by the same `enforce` as the ordinary way, and what is refused is answered at once. A run that meets any
 * error is forgotten, and the ordinary way runs the query anew, so that there is one wording of errors.
 */
export function createFastPath(
  parts: FastPathParts,
  { compileAfter = COMPILE_AFTER, answered }: FastPathOptions = {},
): FastPath {
  const documents = knownDocuments<Compiled>(compileAfter);
  return {
    caches: [documents.meter],
    note(text, document) {
      if (text !== undefined) documents.note(text, document);
    },
    async answer(request, reply, begin) {
      const contentType = asksForMore(request) ? null : plainAnswerType(request);
      const body = contentType === null ? null : readPlainBody(request.body);
      const known = body === null ? undefined : documents.find(body.query);
      if (contentType === null || body === null || known === undefined) return null;
      const state = begin();
      // What such a key may not read can be masked, on a schema of its own.
      if (state.policy.nullsDenied) return null;
      const runnable = runnableOf(parts, known, body, state);
      if (runnable === null) return null;

      const { definition } = runnable;
      const operation = { contextValue: state, document: known.document, operation: definition, request: body };
      const response = (await enforce(operation, parts.trail)) ?? (await respond(parts, runnable, body, state));
      if (response?.body.kind !== "single") return null;
      answered?.();
      recordUse({ ...operation, operationName: definition.name?.value ?? null, response });
      reply.code(response.http.status ?? 200).header("content-type", contentType);
      const { singleResult } = response.body;
      onePerPlace(singleResult);
      return write(singleResult, state, reply);
    },
  };
}

async function write(
  result: FormattedExecutionResult,
  state: RequestState,
  reply: FastifyReply,
): Promise<string | Readable> {
  const pieces = rowsAsked(state) > MOST_SMALL_ROWS ? await writeLargeAnswer(result) : null;
  return pieces === null ? writeAnswer(result) : sendInPieces(pieces, reply);
}

/** Whether the answer is to hold more than the operation's own. */
function asksForMore({ headers }: FastifyRequest): boolean {
  return headers[COST_HEADER] !== undefined;
}

/** What was compiled of the operation that the body means, for its values of `@skip` and `@include`; null for "cannot be". */
function runnableOf(
  { compilable }: FastPathParts,
  known: KnownDocument<Compiled>,
  body: GraphQLBody,
  { compiler, policy }: RequestState,
): Runnable | null {
  const operation = operationOf(known, body.operationName);
  const flags = operation && flagsOf(operation, body.variables);
  if (operation === null || flags === null) return null;
  const { definition, variants } = operation;
  const key = Object.values(flags).join();
  let run = variants.get(key);
  if (run === undefined) {
    // Beyond a key's own limits is not beyond those of all.
    const isReady = compiler.compile(known.document, policy.limits).kind === "ready";
    if (!isReady || variants.size >= MOST_VARIANTS) return null;
    const source = { operation: definition, fragments: known.fragments, variables: flags };
    run = compileQuery(compilable, source);
    variants.set(key, run);
  }
  return run && { run, definition };
}

async function respond(
  { compilable: { schema } }: FastPathParts,
  { run, definition }: Runnable,
  { variables }: GraphQLBody,
  state: RequestState,
): Promise<GraphQLResponse | null> {
  const { coerced } = getVariableValues(schema, definition.variableDefinitions ?? [], variables);
  const data = coerced === undefined ? null : await run(state, coerced);
  return data && { http: { status: 200, headers: NO_HEADERS }, body: { kind: "single", singleResult: { data } } };
}

const NO_HEADERS = new HeaderMap();
