import "reflect-metadata";
import { parseDatabaseUrl } from "./src/config";
import { entities, migrations } from "./src/registry";
import { createDataSource } from "./src/store/data-source";

/**
 * The DataSource of the environment's DATABASE_URL, as TypeORM's own command line takes it:
 * `npm run typeorm -- migration:show -d ormconfig.ts`.
 */
export default createDataSource(parseDatabaseUrl(process.env.DATABASE_URL ?? "sqlite:./data/latchkey.db"), {
  entities,
  migrations,
  role: "writer",
});
