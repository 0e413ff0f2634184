import type { Logger } from "pino";
import { DEFAULT_LIMITS } from "./access/limits";
import { everythingScope } from "./access/scope";
import { ensureChain } from "./audit/record";
import type { Config, DatabaseExpectation } from "./config";
import type { RequestContext } from "./context";
import { type Contents, createContents } from "./documents/contents";
import { createContentStore } from "./documents/create-content-store";
import type { Clock } from "./kernel/clock";
import { createCursorCodec } from "./kernel/cursor-codec";
import { newId } from "./kernel/id";
import { createPepper } from "./kernel/pepper";
import { NO_LIMITS } from "./rate-limits/rate-limits";
import { entities, migrations, resolvers } from "./registry";
import { ensureBuiltInRoles } from "./roles/ensure-built-in-roles";
import { buildLatchkeySchema, type LatchkeySchema } from "./schema";
import { createStore } from "./store/create-store";
import type { Store } from "./store/store";

/** An open database with everything that must be there before the first request. */
export interface Booted {
  readonly store: Store;
  readonly contents: Contents;
  readonly schema: LatchkeySchema;
  /** For commands: whoever runs the CLI next to the database may do anything, and the audit trail calls it OPERATOR. */
  readonly operator: RequestContext;
}

/**
 * Compiles the schema, opens and migrates the database, and makes sure of the built-in roles. Shared by the server, the
 * commands and the tests; who serves requests says in `options` how long they may wait for the database.
 */
export async function boot(
  config: Pick<Config, "database" | "secret" | "documentsDir">,
  clock: Clock,
  log: Logger,
  expectation: DatabaseExpectation = {},
): Promise<Booted> {
  const schema = buildLatchkeySchema(resolvers);
  const store = await createStore(config.database, { entities, migrations }, expectation);
  try {
    const contents = createContents({ store, clock, log }, createContentStore(config));
    const operator = operatorContext(config, { store, contents }, schema, clock, log);
    await ensureChain(operator);
    await ensureBuiltInRoles(operator);
    return { store, contents, schema, operator };
  } catch (error) {
    await store.close();
    throw error;
  }
}

function operatorContext(
  config: Pick<Config, "secret">,
  { store, contents }: Pick<Booted, "store" | "contents">,
  { index, compiler, visible }: LatchkeySchema,
  clock: Clock,
  log: Logger,
): RequestContext {
  const scope = everythingScope(index);
  return {
    principal: { kind: "OPERATOR" },
    scope,
    ownerScope: scope,
    origin: { requestId: newId(), ip: null, client: "latchkey cli" },
    store,
    clock,
    index,
    compiler,
    visibleSchema: visible,
    cursors: createCursorCodec(config.secret),
    pepper: createPepper(config.secret),
    limits: NO_LIMITS,
    mostRows: DEFAULT_LIMITS.rows,
    contents,
    session: { set: () => undefined, clear: () => undefined },
    log,
    rowRule: () => [],
  };
}
