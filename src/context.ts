import type { GraphQLSchema } from "graphql";
import type { Logger } from "pino";
import type { EntityManager } from "typeorm";
import type { AccessIndex } from "./access/access-index";
import type { DocumentCompiler } from "./access/compile-document";
import type { Action } from "./access/grant";
import type { RowRule, Scope } from "./access/scope";
import type { Contents } from "./documents/contents";
import type { Clock } from "./kernel/clock";
import type { CursorCodec } from "./kernel/cursor-codec";
import type { Pepper } from "./kernel/pepper";
import type { RateLimits } from "./rate-limits/rate-limits";
import type { Store } from "./store/store";

/** The user behind a session or a key, as far as deciding and recording need it. */
export interface PrincipalUser {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  /** Highest level of the user's roles; decides only whom one may administer. */
  readonly level: number;
  /** The employee record that SELF and REPORTS start from. */
  readonly employeeId: string | null;
}

/** Who a request proves to be. `OPERATOR` is whoever can run the CLI next to the database; no request is ever one. */
export type Principal =
  | { readonly kind: "NOBODY" }
  | { readonly kind: "USER"; readonly user: PrincipalUser; readonly sessionId: string }
  | {
      readonly kind: "API_KEY";
      readonly user: PrincipalUser;
      readonly apiKey: { readonly id: string; readonly name: string };
    }
  | { readonly kind: "OPERATOR" };

/** Where a request came from, for audit and limits. */
export interface RequestOrigin {
  /** Unique per request; the only thing an INTERNAL error tells. */
  readonly requestId: string;
  /** When it arrived, in milliseconds, before anything was done for it; undefined on the CLI. */
  readonly receivedAt?: number;
  /** Peer address, or the forwarded one where TRUST_PROXY says so; null on the CLI, and where what was forwarded is no address. */
  readonly ip: string | null;
  /** `apollographql-client-name` header. */
  readonly client: string | null;
}

/**
 * Everything a resolver or command may use, first parameter everywhere. There is no other ambient state.
 */
export interface RequestContext {
  readonly principal: Principal;
  /** Of the principal: for a key, already intersected with its owner. */
  readonly scope: Scope;
  /** Of the owner alone; the same object as `scope` for a session. */
  readonly ownerScope: Scope;
  readonly origin: RequestOrigin;
  readonly store: Store;
  readonly clock: Clock;
  /** Every permission there is: the schema's directives, compiled at boot. */
  readonly index: AccessIndex;
  /** Measures, validates and plans documents; the same one that decides requests. */
  readonly compiler: DocumentCompiler;
  /** The schema as a scope sees it. */
  readonly visibleSchema: (scope: Scope) => GraphQLSchema;
  readonly cursors: CursorCodec;
  /** Derives digests of tokens; see docs/decisions on the token format. */
  readonly pepper: Pepper;
  /** What may be done only so often: sign-ins, calls, guesses. None of it binds the CLI. */
  readonly limits: RateLimits;
  /** Rows that the lists of the running operation may read, those of joined tables included: `first` × (1 + relations), added up. */
  readonly mostRows: number;
  /** Sets or clears the session cookie of the reply; does nothing on the CLI. */
  readonly session: SessionCookie;
  /** The content of documents. */
  readonly contents: Contents;
  readonly log: Logger;
  /**
   * Rows of `resource` that the running operation may touch with `action`: every field that the operation asks of the resource
   * must be granted on the row. Set by http/enforce before any resolver runs.
   */
  rowRule(resource: string, action: Action): RowRule;
}

/** The cookie that a browser's session travels in. */
export interface SessionCookie {
  set(token: string, expiresAt: Date): void;
  clear(): void;
}

/** Work done inside `store.change` or `store.transaction`. */
export type Transaction = EntityManager;
