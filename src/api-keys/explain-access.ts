import { type DocumentNode, getOperationAST, parse } from "graphql";
import { missingFrom } from "../access/check-grants";
import { explainInvalidDocument, explainInvalidVariables } from "../access/explain-invalid";
import { DEFAULT_LIMITS } from "../access/limits";
import { type BoundPlan, bindPlan, touchedBy } from "../access/plan";
import { keyScope, type Scope } from "../access/scope";
import { ApiSet } from "../api-sets/api-set.entity";
import type { RequestContext } from "../context";
import { hasBit } from "../kernel/bitset";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import { LackedBy } from "./access-explanation.type";
import { findVisibleApiKey } from "./api-key.queries";
import { boundApiSets } from "./bound-api-sets";
import { loadKeyAccess } from "./verify-key";

/** Characters of a query that is explained, at most: parsing, validating and planning it hold up everybody else. */
export const LONGEST_QUERY = 20_000;

const explaining = new WeakSet<RequestContext>();

/** An operation as a client would send it. */
export interface SentOperation {
  readonly query: string;
  readonly variables?: Readonly<Record<string, unknown>> | null;
  readonly operationName?: string | null;
}

/** One place the operation touches; `apiSets` is read only when asked for. */
export interface ExplainedCoordinate {
  readonly coordinate: string;
  readonly permission: string;
  readonly granted: boolean;
  readonly deniedBy: LackedBy | null;
  readonly apiSets: () => Promise<ApiSet[]>;
}

/** What would become of the operation. */
export interface AccessExplanation {
  readonly allowed: boolean;
  readonly coordinates: readonly ExplainedCoordinate[];
}

/**
 * Plans an operation and compares it with what a key may do now, place by place, running nothing. Whether the key is expired,
 * disabled or used from the right address is not asked.
 *
 * Throws NOT_FOUND for a key that the asker may not see, BAD_USER_INPUT naming `query` or `variables` (explained by the schema that
 * the asker sees), QUERY_TOO_COSTLY, also for the second call of one request.
 */
export async function explainAccess(ctx: RequestContext, id: string, sent: SentOperation): Promise<AccessExplanation> {
  if (explaining.has(ctx)) {
    const message = "One operation may ask for explainAccess once: send one request for each.";
    throw new ServiceError("QUERY_TOO_COSTLY", message, { limit: "explainAccess" });
  }
  explaining.add(ctx);
  if (sent.query.length > LONGEST_QUERY) throw badInput("query", `must have at most ${LONGEST_QUERY} characters`);
  const key = await findVisibleApiKey(ctx, id);
  if (key === null) throw notFound("API key");
  const bound = bindOperation(ctx, sent);
  const { owner, scope } = await loadKeyAccess(ctx.store.reader.manager, ctx.index, key);
  const candidates = once(() => bindableSets(ctx, key.id, owner.scope));
  const coordinates = touchedBy(bound).map(({ coordinate, bit }): ExplainedCoordinate => {
    const deniedBy = lackedBy(bit, scope, owner.scope);
    return {
      coordinate,
      permission: ctx.index.permissionOf(bit),
      granted: deniedBy === null,
      deniedBy,
      apiSets: async () =>
        deniedBy === LackedBy.KEY
          ? (await candidates()).filter((candidate) => hasBit(candidate.scope.bits, bit)).map(({ apiSet }) => apiSet)
          : [],
    };
  });
  return { allowed: coordinates.every(({ granted }) => granted), coordinates };
}

function lackedBy(bit: number, key: Scope, owner: Scope): LackedBy | null {
  if (hasBit(key.bits, bit)) return null;
  return hasBit(owner.bits, bit) ? LackedBy.KEY : LackedBy.OWNER;
}

function bindOperation(ctx: RequestContext, { query, variables, operationName }: SentOperation): BoundPlan {
  const document = parseQuery(query);
  const compiled = ctx.compiler.compile(document);
  if (compiled.kind === "too-costly") {
    throw new ServiceError("QUERY_TOO_COSTLY", compiled.message, { field: "query", limit: compiled.limit });
  }
  if (compiled.kind === "invalid") {
    throw badInput(
      "query",
      `is invalid: ${explainInvalidDocument(ctx.visibleSchema(ctx.scope), document)[0]?.message}`,
    );
  }
  const operation = getOperationAST(document, operationName);
  if (!operation) throw badInput("operationName", "must name one of the operations of the query");
  const bound = bindPlan(compiled.planFor(operation), variables ?? {});
  if (bound.invalidVariables !== null) {
    const [first] = explainInvalidVariables(ctx.visibleSchema(ctx.scope), operation, variables ?? {});
    throw badInput("variables", `cannot be used: ${first?.message}`);
  }
  return bound;
}

function parseQuery(query: string): DocumentNode {
  try {
    return parse(query, { maxTokens: DEFAULT_LIMITS.tokens });
  } catch (error) {
    throw badInput("query", `is not GraphQL: ${(error as Error).message}`);
  }
}

/** Sets that the key could be bound to as well: no key is bound to a set that holds more than its owner. */
async function bindableSets(
  ctx: RequestContext,
  keyId: string,
  owner: Scope,
): Promise<{ apiSet: ApiSet; scope: Scope }[]> {
  const { manager } = ctx.store.reader;
  const bound = new Set((await boundApiSets(manager, keyId)).map(({ id }) => id));
  const sets = await manager.find(ApiSet, { order: { nameKey: "ASC" } });
  return sets
    .filter(({ id }) => !bound.has(id))
    .map((apiSet) => ({ apiSet, scope: keyScope(ctx.index, apiSet.grants) }))
    .filter(({ scope }) => missingFrom(ctx.index, owner, scope).length === 0);
}

function once<T>(read: () => Promise<T>): () => Promise<T> {
  let reading: Promise<T> | undefined;
  return () => (reading ??= read());
}
