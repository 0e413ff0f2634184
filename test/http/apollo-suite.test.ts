/**
 * Apollo's own suite for integrations, over Latchkey's HTTP layer (Fastify with its parsers, limits, headers and error replies)
 * hosting the suite's schemas. What it expects otherwise is listed in the environment.
 *
 * @jest-environment ./test/http/apollo-suite-environment.ts
 */
import type { AddressInfo } from "node:net";
import { ApolloServer, type BaseContext, type ContextThunk } from "@apollo/server";
import { defineIntegrationTestSuite } from "@apollo/server-integration-testsuite";
import { type ApolloFastifyContextFunction, fastifyApolloHandler } from "@as-integrations/fastify";
import { pino } from "pino";
import { createHttp } from "../../src/server";

const log = pino({ level: "silent" });

defineIntegrationTestSuite(
  async (config, options) => {
    const http = await createHttp({ trustProxy: false }, log);
    const server = new ApolloServer(config);
    // The suite looks at how start fails, too.
    await server.start();
    const given: ContextThunk = options?.context ?? (async () => ({}));
    const context: ApolloFastifyContextFunction<BaseContext> = () => given();
    http.route({ url: "/", method: ["GET", "POST", "OPTIONS"], handler: fastifyApolloHandler(server, { context }) });
    await http.listen({ port: 0, host: "127.0.0.1" });
    const { port } = http.server.address() as AddressInfo;
    return { server, url: `http://127.0.0.1:${port}`, extraCleanup: () => http.close() };
  },
  // Execution in several answers needs graphql 17.
  { noIncrementalDelivery: true },
);
