import "reflect-metadata";
import { ApolloServer } from "@apollo/server";
import { fastifyApolloDrainPlugin, fastifyApolloHandler } from "@as-integrations/fastify";
import Fastify from "fastify";
import { buildSchema } from "type-graphql";
import type { EntityManager } from "typeorm";
import { ApiKey } from "../../src/api-keys/api-key.entity";
import { ApiKeyApiSet } from "../../src/api-keys/api-key-api-set.entity";
import { ApiKeySecret } from "../../src/api-keys/api-key-secret.entity";
import { ApiSet } from "../../src/api-sets/api-set.entity";
import { parseDatabaseUrl } from "../../src/config";
import { createPepper } from "../../src/kernel/pepper";
import { Department } from "../../src/resources/department/department.entity";
import { Employee } from "../../src/resources/employee/employee.entity";
import { createDataSource } from "../../src/store/data-source";
import { User } from "../../src/users/user.entity";
import { type UsualContext, UsualResolver } from "./usual-way-schema";

/**
 * The usual way to build such a service on this stack: Apollo Server as it comes on Fastify, type-graphql with `@Authorized` on
 * every field and an auth checker, TypeORM entities by `find` with relations, the key looked up for every request.
 */
const ENTITIES = [ApiKey, ApiKeyApiSet, ApiKeySecret, ApiSet, Department, Employee, User];

async function permissionsOf(manager: EntityManager, digest: string): Promise<ReadonlySet<string> | null> {
  const secret = await manager.findOne(ApiKeySecret, { where: { digest }, relations: { apiKey: { owner: true } } });
  const key = secret?.apiKey;
  if (!key?.isEnabled || key.revokedAt !== null || secret?.state !== "ACTIVE" || key.owner?.status !== "ACTIVE") {
    return null;
  }
  if (key.expiresAt !== null && key.expiresAt.getTime() <= Date.now()) return null;
  const bound = await manager.find(ApiKeyApiSet, { where: { apiKeyId: key.id }, relations: { apiSet: true } });
  const grants = [...key.grants, ...bound.flatMap(({ apiSet }) => apiSet?.grants ?? [])];
  return new Set(grants.flatMap(({ resource, fields }) => (fields ?? []).map((field) => `${resource}.${field}`)));
}

async function serve(): Promise<void> {
  const database = parseDatabaseUrl(process.env["DATABASE_URL"] as string);
  const dataSource = createDataSource(database, { entities: ENTITIES, migrations: [], role: "reader" });
  await dataSource.initialize();
  const pepper = createPepper(process.env["LATCHKEY_SECRET"] as string);
  const schema = await buildSchema({
    resolvers: [UsualResolver],
    authChecker: ({ context: { permissions } }: { context: UsualContext }, needed: string[]) =>
      permissions !== null && needed.every((permission) => permissions.has(permission)),
  });
  const app = Fastify();
  const apollo = new ApolloServer<UsualContext>({ schema, plugins: [fastifyApolloDrainPlugin(app)] });
  await apollo.start();
  app.route({
    url: "/graphql",
    method: ["GET", "POST", "OPTIONS"],
    handler: fastifyApolloHandler(apollo, {
      context: async ({ headers }) => ({
        manager: dataSource.manager,
        permissions: await permissionsOf(
          dataSource.manager,
          pepper.digest(headers.authorization?.slice("Bearer ".length) ?? ""),
        ),
      }),
    }),
  });
  process.stdout.write(`${await app.listen({ port: 0, host: "127.0.0.1" })}\n`);
}

void serve();
