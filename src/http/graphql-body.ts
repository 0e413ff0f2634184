import type { FastifyRequest } from "fastify";

/** An operation as nearly all clients send it: one JSON object with a text. */
export interface GraphQLBody {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName: string | undefined;
}

const JSON_ANSWER = "application/json; charset=utf-8";
const GRAPHQL_ANSWER = "application/graphql-response+json; charset=utf-8";

/** What clients in use accept, with the type that Apollo Server's negotiation gives each; a test compares the two. */
const ANSWERS: ReadonlyMap<string | undefined, string> = new Map([
  [undefined, JSON_ANSWER],
  ["*/*", JSON_ANSWER],
  ["application/json", JSON_ANSWER],
  ["application/json, */*", JSON_ANSWER],
  ["application/json, text/plain, */*", JSON_ANSWER],
  ["application/json, application/graphql-response+json", JSON_ANSWER],
  ["application/graphql-response+json", GRAPHQL_ANSWER],
  ["application/graphql-response+json, application/json", GRAPHQL_ANSWER],
  ["application/graphql-response+json,application/json;q=0.9", GRAPHQL_ANSWER],
]);

/** JSON as clients call it; a page of another site cannot send it without asking first, which is all that CSRF prevention wants. */
const JSON_BODIES: ReadonlySet<string | undefined> = new Set([
  "application/json",
  "application/json;charset=utf-8",
  "application/json; charset=utf-8",
  "application/json;charset=UTF-8",
  "application/json; charset=UTF-8",
]);

/**
 * The content type of the answer to a plain POST of JSON; null for every request whose form takes more thought, which is Apollo
 * Server's.
 */
export function plainAnswerType({ method, headers }: FastifyRequest): string | null {
  if (method !== "POST" || !JSON_BODIES.has(headers["content-type"])) return null;
  return ANSWERS.get(headers.accept) ?? null;
}

/** The operation in a parsed body; null for every form that Apollo Server would refuse, or answer by other rules. */
export function readPlainBody(body: unknown): GraphQLBody | null {
  if (!isObject(body)) return null;
  const { query, variables, operationName, extensions } = body;
  if (typeof query !== "string") return null;
  if (operationName !== undefined && operationName !== null && typeof operationName !== "string") return null;
  if (extensions !== undefined && extensions !== null && !(isObject(extensions) && isEmpty(extensions))) return null;
  if (variables !== undefined && variables !== null && !isObject(variables)) return null;
  return { query, variables: variables ?? NO_VARIABLES, operationName: operationName ?? undefined };
}

const NO_VARIABLES = Object.freeze({});

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(value: object): boolean {
  return Object.keys(value).length === 0;
}
