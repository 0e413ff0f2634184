import type { ApolloServer } from "@apollo/server";
import { fastifyApolloHandler } from "@as-integrations/fastify";
import type { FastifyInstance, FastifyReply, FastifyRequest } from "fastify";
import type { FastPath } from "./fast-path";
import { sendInPieces, standsForPieces } from "./large-answer";
import type { Answered, Metrics } from "./metrics";
import type { CountedOperation, RequestState } from "./request-state";

/** Authenticates once; each call of the result is then a state of its own, since nothing of a run is for another. */
export type Beginner = (request: FastifyRequest, reply: FastifyReply) => Promise<() => RequestState>;

/** What answers at /graphql. */
export interface GraphQLRoute {
  readonly apollo: ApolloServer<RequestState>;
  readonly fastPath: FastPath;
  readonly beginner: Beginner;
  readonly metrics: Metrics;
}

/** The state of each request under way in Apollo Server, from authentication to its resolvers. */
const states = new WeakMap<object, RequestState>();

/** `/graphql`: the fast path where it can, Apollo Server elsewhere; either way the request is counted once. */
export function registerGraphQL(http: FastifyInstance, { apollo, fastPath, beginner, metrics }: GraphQLRoute): void {
  const ordinaryWay = fastifyApolloHandler(apollo, { context: async (request) => states.get(request) as RequestState });
  http.route({
    url: "/graphql",
    method: ["GET", "POST", "OPTIONS"],
    async handler(request, reply) {
      const began = performance.now();
      const answered = (way: Answered["way"], operation: CountedOperation | null): void =>
        metrics.answered(operation, { way, status: reply.statusCode, milliseconds: performance.now() - began });
      const begin = await beginner(request, reply);
      let counted: CountedOperation | null = null;
      const quick = await fastPath.answer(request, reply, () => {
        const state = begin();
        counted = state.counted;
        return state;
      });
      if (quick !== null) {
        answered("fast", counted);
        return quick;
      }
      const state = begin();
      states.set(request, state);
      const answer = await ordinaryWay.call(http, request, reply);
      answered("ordinary", state.counted);
      const { pieces } = state.large;
      return pieces !== null && standsForPieces(answer) ? sendInPieces(pieces, reply) : answer;
    },
  });
}
