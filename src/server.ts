import type { AddressInfo } from "node:net";
import { ApolloServer } from "@apollo/server";
import {
  ApolloServerPluginCacheControlDisabled,
  ApolloServerPluginUsageReportingDisabled,
} from "@apollo/server/plugin/disabled";
import { ApolloServerPluginLandingPageLocalDefault } from "@apollo/server/plugin/landingPage/default";
import fastifyCookie from "@fastify/cookie";
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
} from "fastify";
import type { Logger } from "pino";
import { DEFAULT_LIMITS } from "./access/limits";
import { createRefusalTrail, type RefusalTrail } from "./audit/refusal-trail";
import type { Config } from "./config";
import type { Contents } from "./documents/contents";
import { sweepRegularly } from "./documents/sweep-regularly";
import { createAuthenticator } from "./http/authenticate";
import { clientErrorHandler, sendError } from "./http/client-error";
import { compilableOf } from "./http/compilable";
import { registerDocuments } from "./http/document-routes";
import { enforcePlugin, type FormattedErrors } from "./http/enforce";
import { createFastPath, type FastPath, type FastPathOptions, NO_FAST_PATH } from "./http/fast-path";
import { formatError } from "./http/format-error";
import { type Beginner, registerGraphQL } from "./http/graphql-route";
import { registerHealth } from "./http/health";
import { parsedDocuments } from "./http/known-documents";
import { writeAnswer } from "./http/large-answer";
import { createMetrics } from "./http/metrics";
import { originOf, RequestState, type ServerParts, sessionCookie } from "./http/request-state";
import { serveConsole } from "./http/serve-console";
import { registerMetrics } from "./http/serve-metrics";
import type { Clock } from "./kernel/clock";
import { createCursorCodec } from "./kernel/cursor-codec";
import { newId } from "./kernel/id";
import { createPepper } from "./kernel/pepper";
import type { ErrorCode } from "./kernel/service-error";
import { createRateLimits } from "./rate-limits/rate-limits";
import { resources } from "./registry";
import type { LatchkeySchema } from "./schema";
import type { Store } from "./store/store";
import { createUsageRecorder } from "./usage/usage-recorder";

/** What a server is made of; tests pass their own clock and store. */
export interface ServerDeps {
  readonly config: Pick<Config, "host" | "port" | "secret" | "trustProxy" | "documentsMaxBytes" | "metricsToken">;
  readonly store: Store;
  readonly contents: Contents;
  readonly schema: LatchkeySchema;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether queries of known documents are answered without Apollo Server; they are unless this says no. */
  readonly fastPath?: boolean | FastPathOptions;
  /** The built console; null = none; when left out, what `npm run build` built, if it did. */
  readonly consoleDirectory?: string | null;
}

/** A server that may listen; `close` lets requests under way finish. The store stays the caller's to close. */
export interface LatchkeyServer {
  readonly http: FastifyInstance;
  /** Begins to listen and returns the base URL, e.g. `http://127.0.0.1:4000`. */
  listen(): Promise<string>;
  close(): Promise<void>;
}

const LARGEST_BODY_BYTES = 1024 * 1024;
const SLOWEST_REQUEST_MS = 30_000;
/** 25 MiB at half a megabit a second. */
const SLOWEST_UPLOAD_MS = 7 * 60_000;
/** How often a closing server looks for connections that have become idle. */
const IDLE_CHECK_MS = 20;

/** Puts the service together; used by main and by tests alike. */
export async function createServer(deps: ServerDeps): Promise<LatchkeyServer> {
  const { config, store, contents, schema, clock, log } = deps;
  const parts: ServerParts = {
    store,
    clock,
    index: schema.index,
    compiler: schema.compiler,
    visibleSchema: schema.visible,
    maskOf: schema.mask,
    cursors: createCursorCodec(config.secret),
    pepper: createPepper(config.secret),
    limits: createRateLimits(store, log),
    contents,
    usage: createUsageRecorder(store, clock, log),
    caches: [],
    log,
  };
  const trail = createRefusalTrail(parts);
  const fastPath = fastPathOf(deps, trail);
  const apollo = createApollo(schema, trail, fastPath, log);
  await apollo.start();

  const authenticate = createAuthenticator(parts);
  const metrics = createMetrics({ parts, caches: [...schema.caches, ...fastPath.caches] });
  const beginner: Beginner = async (request, reply) => {
    const origin = originOf(request, clock.now());
    const who = await authenticate(request);
    return () => new RequestState(parts, who, origin, sessionCookie(request, reply));
  };
  const http = await createHttp(config, log, metrics.failed);
  registerGraphQL(http, { apollo, fastPath, beginner, metrics });
  const stateOf = async (request: FastifyRequest, reply: FastifyReply) => (await beginner(request, reply))();
  await registerDocuments(http, stateOf, {
    trail,
    mostBytes: config.documentsMaxBytes,
    readEpoch: () => store.readEpoch(),
  });
  await contents.ready();
  const sweeping = sweepRegularly(contents, log);
  registerHealth(http, store);
  registerMetrics(http, metrics, config.metricsToken);
  await serveConsole(http, deps.consoleDirectory);

  return {
    http,
    async listen() {
      await http.listen({ port: config.port, host: config.host });
      const { address, family, port } = http.server.address() as AddressInfo;
      return `http://${family === "IPv6" ? `[${address}]` : address}:${port}`;
    },
    async close() {
      // Connections that are busy now are idle once they are answered, and would keep the process for as long as clients like.
      const idle = setInterval(() => http.server.closeIdleConnections(), IDLE_CHECK_MS);
      await http.close().finally(() => clearInterval(idle));
      await sweeping.stop();
      await apollo.stop();
      await trail.close();
      parts.limits.close();
      await parts.usage.close();
    },
  };
}

function fastPathOf({ fastPath = true, schema }: ServerDeps, trail: RefusalTrail): FastPath {
  if (fastPath === false) return NO_FAST_PATH;
  const compilable = compilableOf(schema.executable, resources);
  return createFastPath({ compilable, trail }, fastPath === true ? {} : fastPath);
}

/**
 * Apollo Server for parsing, execution and GraphQL over HTTP. Introspection is on for everybody, since everybody sees only their
 * own part of the schema.
 */
function createApollo(
  schema: LatchkeySchema,
  trail: RefusalTrail,
  fastPath: FastPath,
  log: Logger,
): ApolloServer<RequestState> {
  const formatted: FormattedErrors = new WeakMap();
  return new ApolloServer<RequestState>({
    schema: schema.executable,
    // Validation needs the principal, so http/enforce does it.
    dangerouslyDisableValidation: true,
    parseOptions: { maxTokens: DEFAULT_LIMITS.tokens },
    introspection: true,
    persistedQueries: false,
    documentStore: parsedDocuments(),
    // Any of these makes a browser ask before it sends a request from another site; a key's own header is one of them.
    csrfPrevention: {
      requestHeaders: ["x-apollo-operation-name", "apollo-require-preflight", "authorization", "x-api-key"],
    },
    stopOnTerminationSignals: false,
    includeStacktraceInErrorResponses: false,
    nodeEnv: "production",
    stringifyResult: writeAnswer,
    logger: log,
    // What is not formatted yet was refused before there was an operation.
    formatError: (_apollos, error) => formatted.get(error as object) ?? formatError(error, "", log),
    plugins: [
      enforcePlugin(formatted, trail, fastPath.note),
      // Wraps every resolver otherwise, at half the speed; `Cache-Control: no-store` is sent below.
      ApolloServerPluginCacheControlDisabled(),
      ApolloServerPluginUsageReportingDisabled(),
      ApolloServerPluginLandingPageLocalDefault({
        includeCookies: true,
        embed: { initialState: { pollForSchemaUpdates: false } },
      }),
    ],
  });
}

/** Fastify with the answers, limits and headers that every route shares; `noteFailure` is told what /graphql refuses. */
export async function createHttp(
  config: Pick<Config, "trustProxy">,
  log: Logger,
  noteFailure: (code: ErrorCode) => void = () => undefined,
): Promise<FastifyInstance> {
  const http: FastifyInstance = Fastify({
    loggerInstance: log as FastifyBaseLogger,
    logController: new LogController({ disableRequestLogging: true }),
    bodyLimit: LARGEST_BODY_BYTES,
    // Fastify waits for ever by itself; a body that trickles in would hold its connection open.
    requestTimeout: SLOWEST_UPLOAD_MS,
    trustProxy: typeof config.trustProxy === "boolean" ? config.trustProxy : [...config.trustProxy],
    genReqId: () => newId(),
    requestIdHeader: false,
    forceCloseConnections: "idle",
    // What still arrives on an open connection while the server closes is answered as ever, and the connection ends with it.
    return503OnClosing: false,
    clientErrorHandler,
  });
  http.server.headersTimeout = SLOWEST_REQUEST_MS;
  // Only uploads may take longer than that.
  http.addHook("onRequest", async ({ raw, routeOptions }) => {
    if (raw.method !== "POST" || routeOptions.config.takesLong) return;
    const cut = setTimeout(
      () => clientErrorHandler(new Error("the request took too long"), raw.socket),
      SLOWEST_REQUEST_MS,
    );
    raw.once("end", () => clearTimeout(cut)).once("close", () => clearTimeout(cut));
  });
  http.setErrorHandler<Error>((error, request, reply) =>
    sendError(error, request, reply, request.routeOptions.url === "/graphql" ? noteFailure : undefined),
  );
  http.setNotFoundHandler((request, reply) =>
    reply.code(404).send({
      errors: [
        {
          message: `Nothing is served at ${request.method} ${request.url.split("?")[0]}.`,
          extensions: { code: "NOT_FOUND" },
        },
      ],
    }),
  );
  http.addHook("onSend", (request, reply, _payload, done) => {
    // The console's assets alone are kept, and say so themselves.
    if (!reply.hasHeader("cache-control")) reply.header("cache-control", "no-store");
    reply.header("x-content-type-options", "nosniff").header("x-request-id", request.id);
    done();
  });
  // GraphQL over HTTP is JSON; a form or plain text, which a foreign page may post, is answered 415.
  http.removeContentTypeParser("text/plain");
  await http.register(fastifyCookie);
  return http;
}
