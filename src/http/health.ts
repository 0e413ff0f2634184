import type { FastifyInstance } from "fastify";
import type { Store } from "../store/store";

/** How long /readyz waits for the database before it says no: an orchestrator's probe has its own, longer limit. */
const LONGEST_WAIT_MS = 2_000;

/**
 * `/healthz`: this process runs. `/readyz`: it can answer requests now, that is, the database answers; 503 otherwise. Neither
 * tells anything else, since both are open to everybody.
 */
export function registerHealth(http: FastifyInstance, store: Store): void {
  http.get("/healthz", async () => ({ status: "ok" }));
  http.get("/readyz", async (_request, reply) => {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(reject, LONGEST_WAIT_MS, new Error(`the database did not answer in ${LONGEST_WAIT_MS} ms`));
    });
    try {
      await Promise.race([store.ready(), tooLate]);
      return { status: "ready" };
    } catch (error) {
      http.log.warn({ err: error }, "not ready");
      return reply.code(503).send({
        status: "unavailable",
        errors: [{ message: "The database cannot be reached.", extensions: { code: "UNAVAILABLE" } }],
      });
    } finally {
      clearTimeout(timer);
    }
  });
}
