import "reflect-metadata";
import { join } from "node:path";
import { pino } from "pino";
import { Action } from "../src/access/grant";
import { generateApiKey } from "../src/api-keys/generate-api-key";
import { createApiSet } from "../src/api-sets/create-api-set";
import type { GrantInput } from "../src/authorities/grant.input";
import { boot } from "../src/boot";
import { generateCompany } from "../src/cli/demo/generate-company";
import { saveCompany } from "../src/cli/demo/save-company";
import { parseDatabaseUrl } from "../src/config";
import { systemClock } from "../src/kernel/clock";
import { createRole } from "../src/roles/create-role";
import { createUser } from "../src/users/create-user";
import { ensureOwner } from "../src/users/ensure-owner";
import { UserKind } from "../src/users/user-kind";
import { DEPARTMENT_FIELDS, EMPLOYEE_FIELDS } from "./workloads/workload";

/** A database that every target serves, and the key that its requests carry. */
export interface Dataset {
  readonly databaseUrl: string;
  readonly secret: string;
  readonly token: string;
  /** Where contents of documents would be kept; there are none. */
  readonly documentsDir: string;
}

/** What Latchkey's /metrics is read with. */
export const METRICS_TOKEN = "what-the-bench-reads-metrics-with";
/** What W1 reads and nothing else. */
const GRANTS: GrantInput[] = [
  { resource: "employee", actions: [Action.READ], fields: [...EMPLOYEE_FIELDS] },
  { resource: "department", actions: [Action.READ], fields: [...DEPARTMENT_FIELDS] },
];
const SECRET = "a secret of the bench, which guards nothing but made-up people";

/**
 * Fills the database of a run, which is empty: a company of a fixed seed, and a key that is granted `grants` and nothing else,
 * through an API set, owned by an account that holds no more either.
 */
export async function buildDataset(
  databaseUrl: string,
  folder: string,
  employees: number,
  grants: GrantInput[] = GRANTS,
): Promise<Dataset> {
  const log = pino({ level: "warn" }, pino.destination(2));
  const documentsDir = join(folder, "documents");
  const config = { database: parseDatabaseUrl(databaseUrl), secret: SECRET, documentsDir };
  const { store, operator } = await boot(config, systemClock, log);
  try {
    const company = generateCompany({ seed: "bench", employees });
    await store.transaction((tx) => saveCompany(tx, operator, company));
    // The servers would make an owner of their own on their first start, in the middle of the run.
    await ensureOwner(operator, {});
    const role = await createRole(operator, { name: "Directory reader", grants });
    const bot = { kind: UserKind.BOT, firstName: "Bench", lastName: "Bot", email: "bot@bench.example" };
    const user = await createUser(operator, { ...bot, roleIds: [role.id] });
    const set = await createApiSet(operator, { name: "Directory", grants });
    const key = { name: "W1", apiSetIds: [set.id], forUserId: user.id };
    const { token } = await generateApiKey(operator, key);
    return { databaseUrl, secret: SECRET, token, documentsDir };
  } finally {
    await store.close();
  }
}

/** The environment that every server under measurement is started with. */
export function serverEnvironment({ databaseUrl, secret, documentsDir }: Dataset): NodeJS.ProcessEnv {
  return {
    PATH: process.env.PATH,
    NODE_ENV: "production",
    DATABASE_URL: databaseUrl,
    LATCHKEY_SECRET: secret,
    DOCUMENTS_DIR: documentsDir,
    HOST: "127.0.0.1",
    PORT: "0",
    LOG_LEVEL: "warn",
    METRICS_TOKEN,
  };
}
