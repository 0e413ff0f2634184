import { createHash, timingSafeEqual } from "node:crypto";
import type { FastifyInstance } from "fastify";
import { collectDefaultMetrics, Registry } from "prom-client";
import { ServiceError } from "../kernel/service-error";
import type { Metrics } from "./metrics";

/** Of this process, however many servers there are in it; made when somebody first asks, since measuring has its cost. */
let ofProcess: Registry | null = null;

function processRegistry(): Registry {
  if (ofProcess === null) {
    ofProcess = new Registry();
    collectDefaultMetrics({ register: ofProcess });
  }
  return ofProcess;
}

/**
 * `GET /metrics` for whoever sends METRICS_TOKEN as `Authorization: Bearer`; UNAUTHENTICATED for everybody else. Asks no database.
 * Without a token nothing is registered, and the path is NOT_FOUND like any other.
 */
export function registerMetrics(http: FastifyInstance, metrics: Metrics, token: string | null): void {
  if (token === null) return;
  const expected = digestOf(`Bearer ${token}`);
  http.get("/metrics", async (request, reply) => {
    const given = digestOf(request.headers.authorization ?? "");
    if (!timingSafeEqual(given, expected)) {
      throw new ServiceError("UNAUTHENTICATED", "Send METRICS_TOKEN as `Authorization: Bearer TOKEN`.");
    }
    const registry = processRegistry();
    return reply
      .header("content-type", registry.contentType)
      .send(`${await registry.metrics()}\n${await metrics.text()}`);
  });
}

/** Of one length whatever was sent, which the comparison needs. */
function digestOf(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
