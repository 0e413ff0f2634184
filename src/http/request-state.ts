import { isIP } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { AccessIndex } from "../access/access-index";
import type { DocumentCompiler } from "../access/compile-document";
import type { Action } from "../access/grant";
import { DEFAULT_LIMITS, type Limits } from "../access/limits";
import type { Mask } from "../access/mask";
import type { BoundPlan } from "../access/plan";
import { rowRuleFor } from "../access/row-rule";
import type { RowRule, Scope } from "../access/scope";
import type { Principal, RequestContext, RequestOrigin, SessionCookie } from "../context";
import type { Contents } from "../documents/contents";
import type { CacheMeter } from "../kernel/cache-meter";
import type { Clock } from "../kernel/clock";
import type { CursorCodec } from "../kernel/cursor-codec";
import type { Pepper } from "../kernel/pepper";
import type { ErrorCode } from "../kernel/service-error";
import type { RateLimits } from "../rate-limits/rate-limits";
import type { Store } from "../store/store";
import type { UsageRecorder } from "../usage/usage-recorder";
import type { CostReport } from "./cost-report";

/** What lives as long as the server and every request shares. */
export interface ServerParts {
  readonly store: Store;
  readonly clock: Clock;
  readonly index: AccessIndex;
  readonly compiler: DocumentCompiler;
  readonly visibleSchema: (scope: Scope) => GraphQLSchema;
  readonly maskOf: (scope: Scope) => Mask;
  readonly cursors: CursorCodec;
  readonly pepper: Pepper;
  readonly limits: RateLimits;
  readonly contents: Contents;
  readonly usage: UsageRecorder;
  /** Caches that came with the server; each adds itself. */
  readonly caches: CacheMeter[];
  readonly log: Logger;
}

/** How operations of a principal are answered, beside what it may do. */
export interface OperationPolicy {
  /** Whether queries run with null in place of what is denied, where that is possible. */
  readonly nullsDenied: boolean;
  /** Bounds on one operation. */
  readonly limits: Limits;
}

/** The policy of whoever has none of its own: only keys do. */
export const USUAL_POLICY: OperationPolicy = Object.freeze({ nullsDenied: false, limits: DEFAULT_LIMITS });

/** Who a request proved to be, with what that may do. */
export interface Authenticated {
  readonly principal: Principal;
  readonly scope: Scope;
  readonly ownerScope: Scope;
  readonly policy: OperationPolicy;
}

/** How an operation was decided: `masked` is what runs with null for what is denied. */
export type Verdict = "allowed" | "masked" | "denied";

/** What metrics count of an operation, as far as it has come. */
export interface CountedOperation {
  /** How http/enforce decided, once it has. */
  decision: Verdict | null;
  outcome: OperationOutcome | null;
}

/** How an operation was answered. */
export interface OperationOutcome {
  readonly kind: "query" | "mutation" | "unreadable";
  readonly code: OutcomeCode;
}

/** An answer that is too large for one text. */
export interface LargeAnswer {
  /** Its body as UTF-8, once it is written; null for an answer that is not large. */
  pieces: readonly Buffer[] | null;
}

/** "OK", or the code of the first error. */
export type OutcomeCode = "OK" | ErrorCode;

/** The `RequestContext` of one HTTP request. */
export class RequestState implements RequestContext {
  readonly store: Store;
  readonly clock: Clock;
  readonly index: AccessIndex;
  readonly compiler: DocumentCompiler;
  readonly visibleSchema: (scope: Scope) => GraphQLSchema;
  readonly cursors: CursorCodec;
  readonly pepper: Pepper;
  readonly limits: RateLimits;
  readonly contents: Contents;
  /** Not part of `RequestContext`: no command has to do with it. */
  readonly usage: UsageRecorder;
  /** Nor with these two. */
  readonly maskOf: (scope: Scope) => Mask;
  readonly policy: OperationPolicy;
  readonly mostRows: number;
  readonly log: Logger;
  readonly principal: Principal;
  readonly scope: Scope;
  readonly ownerScope: Scope;
  /** What the operation needs, once http/enforce has allowed it. */
  bound: BoundPlan | null = null;
  /** An object of its own: Apollo Server runs an operation on a shallow copy of its context. */
  readonly counted: CountedOperation = { decision: null, outcome: null };
  /** Likewise. */
  readonly large: LargeAnswer = { pieces: null };
  /** What the operation costs, for clients that ask; null until http/enforce knows, and for those that do not. */
  costReport: CostReport | null = null;

  constructor(
    parts: ServerParts,
    who: Authenticated,
    readonly origin: RequestOrigin,
    readonly session: SessionCookie,
  ) {
    this.store = parts.store;
    this.clock = parts.clock;
    this.index = parts.index;
    this.compiler = parts.compiler;
    this.visibleSchema = parts.visibleSchema;
    this.maskOf = parts.maskOf;
    this.cursors = parts.cursors;
    this.pepper = parts.pepper;
    this.limits = parts.limits;
    this.contents = parts.contents;
    this.usage = parts.usage;
    this.log = parts.log;
    this.principal = who.principal;
    this.scope = who.scope;
    this.ownerScope = who.ownerScope;
    this.policy = who.policy;
    this.mostRows = who.policy.limits.rows;
  }

  rowRule(resource: string, action: Action): RowRule {
    // A resolver that runs before the decision is a defect: it must not read anything.
    if (this.bound === null) throw new Error(`rowRule(${resource}) was asked before the operation was allowed`);
    return rowRuleFor(this.index, this.bound, this.scope, resource, action);
  }
}

const SESSION_COOKIE = "latchkey_session";

/** The session token that a browser sent, if any. */
export function sessionCookieOf(request: FastifyRequest): string | undefined {
  return request.cookies[SESSION_COOKIE];
}

/** Sets and clears the session cookie on `reply`: HttpOnly, SameSite=Lax, Secure wherever the request came by HTTPS. */
export function sessionCookie(request: FastifyRequest, reply: FastifyReply): SessionCookie {
  const options = { path: "/", httpOnly: true, sameSite: "lax", secure: request.protocol === "https" } as const;
  return {
    set: (token, expiresAt) => void reply.setCookie(SESSION_COOKIE, token, { ...options, expires: expiresAt }),
    clear: () => void reply.clearCookie(SESSION_COOKIE, options),
  };
}

/** What columns of addresses hold; the zone of an IPv6 address may have any length. */
const LONGEST_ADDRESS = 64;

/**
 * The address that `request` came from. Null for what is none: where a proxy passes X-Forwarded-For on, a client writes there what
 * it likes, and a text that fits into no row would keep the rows of others from being written.
 */
export function addressOf({ ip }: Pick<FastifyRequest, "ip">): string | null {
  return isIP(ip) !== 0 && ip.length <= LONGEST_ADDRESS ? ip : null;
}

/** Where `request` came from, for audit and limits; a client name is cut to what the audit trail stores. */
export function originOf(request: FastifyRequest, receivedAt: number): RequestOrigin {
  const client = request.headers["apollographql-client-name"];
  return {
    requestId: request.id,
    receivedAt,
    ip: addressOf(request),
    client: typeof client === "string" ? client.slice(0, 120) : null,
  };
}
