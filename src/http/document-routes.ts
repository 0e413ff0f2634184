import multipart from "@fastify/multipart";
import type { FastifyInstance, FastifyPluginAsync, FastifyReply, FastifyRequest } from "fastify";
import { badInput, ServiceError } from "../kernel/service-error";
import { downloadDocument } from "./download-document";
import { outcomeOf } from "./record-use";
import { RefusedRequest } from "./refusal";
import type { RequestState } from "./request-state";
import { type UploadParts, uploadDocument } from "./upload-document";

/** How long the rest of a body that is refused is still read, so that its sender comes to read the answer. */
const LINGER_MS = 2_000;
/** What a foreign page's form cannot send: a browser asks first, and gets no leave. The same as for `/graphql`. */
const UNFORMLIKE = ["x-apollo-operation-name", "apollo-require-preflight", "authorization", "x-api-key"];

type Work = (state: RequestState, request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

declare module "fastify" {
  interface FastifyContextConfig {
    /** Whether the body may take minutes to arrive: an upload. */
    takesLong?: boolean;
  }
}

/**
 * Uploads and downloads of documents: what GraphQL is not made for. `stateOf` authenticates as for `/graphql`; refusals, their codes, the
 * audit trail and the use of keys are the same, too.
 */
export async function registerDocuments(
  http: FastifyInstance,
  stateOf: (request: FastifyRequest, reply: FastifyReply) => Promise<RequestState>,
  parts: Omit<UploadParts, "current"> & { readonly readEpoch: () => Promise<unknown> },
): Promise<void> {
  const route = (name: string, work: Work) => async (request: FastifyRequest, reply: FastifyReply) => {
    lingerOverRest(request, reply);
    const state = await stateOf(request, reply);
    try {
      const answer = await work(state, request, reply);
      recordUse(state, name, null);
      return answer;
    } catch (error) {
      recordUse(state, name, error);
      throw error;
    }
  };

  const plugin: FastifyPluginAsync = async (scope) => {
    // A body of any other type is not read at all: the upload refuses it by its header.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _body, done) => done(null));
    await scope.register(multipart);
    scope.route({
      url: "/documents",
      method: "POST",
      config: { takesLong: true },
      handler: async (request, reply) => {
        const epoch = await parts.readEpoch();
        const upload = route("POST /documents", async (state) => {
          requireNoForeignForm(state, request);
          const current = async () => ((await parts.readEpoch()) === epoch ? state : stateOf(request, reply));
          return uploadDocument({ ...parts, current }, state, request, reply);
        });
        return upload(request, reply);
      },
    });
    scope.route<{ Params: { id: string } }>({
      url: "/documents/:id/content",
      method: ["GET", "HEAD"],
      handler: route("GET /documents/:id/content", (state, request, reply) =>
        downloadDocument(parts.trail, state, request as FastifyRequest<{ Params: { id: string } }>, reply),
      ) as never,
    });
  };
  await http.register(plugin);
}

/** A session's cookie comes along with forms of other sites as well. */
function requireNoForeignForm({ principal }: RequestState, request: FastifyRequest): void {
  if (principal.kind !== "USER" || UNFORMLIKE.some((name) => request.headers[name])) return;
  throw badInput(
    "Apollo-Require-Preflight",
    "must be sent as a header (`true`, say) by whoever is signed in by a cookie",
  );
}

function recordUse({ principal, usage, origin }: RequestState, name: string, error: unknown): void {
  if (principal.kind !== "API_KEY") return;
  usage.called(principal.apiKey.id, name, error === null ? "ALLOWED" : outcomeOf(errorsOf(error)), origin);
}

function errorsOf(error: unknown): readonly { readonly extensions: Record<string, unknown> }[] {
  if (error instanceof RefusedRequest) return error.errors.map(({ extensions = {} }) => ({ extensions }));
  return [{ extensions: error instanceof ServiceError ? { code: error.code } : {} }];
}

/** A sender that is still sending when it is answered reads the answer only if its bytes are taken a little longer; then it is cut off. */
function lingerOverRest({ raw }: FastifyRequest, reply: FastifyReply): void {
  reply.raw.once("finish", () => {
    if (raw.complete) return;
    raw.unpipe();
    raw.resume();
    const cut = setTimeout(() => raw.destroy(), LINGER_MS);
    raw.once("close", () => clearTimeout(cut));
    raw.once("end", () => clearTimeout(cut));
  });
}
