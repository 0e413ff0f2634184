import { type ExecutionResult, type GraphQLSchema, graphql } from "graphql";
import { pino } from "pino";
import { buildSchemaSync } from "type-graphql";
import { compileAccessIndex } from "../../src/access/access-index";
import { DEFAULT_LIMITS } from "../../src/access/limits";
import { everythingScope, type RowRule } from "../../src/access/scope";
import { parseDatabaseUrl } from "../../src/config";
import type { Principal, RequestContext } from "../../src/context";
import { createContents } from "../../src/documents/contents";
import { createFileContentStore } from "../../src/documents/file-content-store";
import { createCursorCodec } from "../../src/kernel/cursor-codec";
import { createPepper } from "../../src/kernel/pepper";
import type { ServiceError } from "../../src/kernel/service-error";
import { NO_LIMITS } from "../../src/rate-limits/rate-limits";
import { entities, migrations } from "../../src/registry";
import { department } from "../../src/resources/department/department.resource";
import { employee } from "../../src/resources/employee/employee.resource";
import { createStore } from "../../src/store/create-store";
import type { Store } from "../../src/store/store";
import { freshDatabase } from "../support/database";

/** The schema of departments and employees alone, without authorization: rows are all that is decided here. */
export const schema: GraphQLSchema = buildSchemaSync({
  resolvers: [department.resolver, employee.resolver],
  validate: false,
});

/** A database with empty tables, and every SELECT that went through `store.select`. */
export interface TestDatabase {
  readonly store: Store;
  readonly statements: { readonly sql: string; readonly parameters: readonly unknown[] }[];
  close(): Promise<void>;
}

const SECRET = "a secret of the tests, thirty-two characters or more";
const index = compileAccessIndex(schema, []);
const cursors = createCursorCodec(SECRET);
const NOW = Date.parse("2024-05-01T12:00:00Z");
export const OPERATOR: Principal = { kind: "OPERATOR" };

/** A session of somebody with this employee record. */
export function sessionOf(employeeId: string | null): Principal {
  const user = { id: "u", email: "u@example.com", name: "U", level: 20, employeeId };
  return { kind: "USER", user, sessionId: "s" };
}

const log = pino({ level: "silent" });

/** The context of one request; `rules` gives the rows by `resource:ACTION`, every row where it says nothing. */
export function contextFor(
  store: Store,
  rules: Readonly<Record<string, RowRule>> = {},
  principal: Principal = OPERATOR,
): RequestContext {
  const scope = everythingScope(index);
  return {
    principal,
    scope,
    ownerScope: scope,
    origin: { requestId: "r1", ip: null, client: null },
    store,
    clock: { now: () => NOW },
    index,
    compiler: {
      compile() {
        throw new Error("nothing here compiles documents");
      },
    },
    visibleSchema: () => schema,
    cursors,
    pepper: createPepper(SECRET),
    limits: NO_LIMITS,
    mostRows: DEFAULT_LIMITS.rows,
    contents: createContents({ store, clock: { now: () => NOW }, log }, createFileContentStore("/nowhere")),
    session: { set: () => undefined, clear: () => undefined },
    log,
    rowRule: (resource, action) => rules[`${resource}:${action}`] ?? [],
  } as RequestContext;
}

/** What a root field answers: a record or a connection, of which a test knows which it asked for. */
export interface Answer {
  readonly [field: string]: unknown;
  readonly id: string;
  readonly version: number;
  readonly nodes: readonly Answer[];
  readonly edges: readonly { readonly cursor: string; readonly node: Answer }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly hasPreviousPage: boolean; readonly endCursor: string };
  readonly totalCount: number;
}

type RootField =
  | "employees"
  | "departments"
  | "employee"
  | "department"
  | "createEmployee"
  | "updateEmployee"
  | "deleteEmployee"
  | "createDepartment";
type Data = Readonly<Record<RootField, Answer>>;

export interface Refusal {
  readonly message: string;
  readonly code: string;
  readonly field: unknown;
}

/** Runs one operation as a request of its own; the result as a client would get it, errors with the code and details of their ServiceError. */
export async function run(
  ctx: RequestContext,
  source: string,
  variableValues: Record<string, unknown> = {},
): Promise<{ data: Data; errors: Refusal[] }> {
  const result: ExecutionResult = await graphql({ schema, source, variableValues, contextValue: { ...ctx } });
  const errors = (result.errors ?? []).map((error) => {
    const { code, details } = (error.originalError ?? {}) as Partial<ServiceError>;
    return { message: error.message, code: code ?? "INTERNAL", field: details?.["field"] };
  });
  return { data: result.data && JSON.parse(JSON.stringify(result.data)), errors };
}

/** The data of an operation that must succeed. */
export async function dataOf(
  ctx: RequestContext,
  source: string,
  variables: Record<string, unknown> = {},
): Promise<Data> {
  const { data, errors } = await run(ctx, source, variables);
  expect(errors).toEqual([]);
  return data;
}

/** A migrated database of the running project's dialect, for one test file. */
export async function openDatabase(): Promise<TestDatabase> {
  const database = await freshDatabase();
  const store = await createStore(parseDatabaseUrl(database.url), { entities, migrations });
  const statements: { sql: string; parameters: readonly unknown[] }[] = [];
  const watched: Store = {
    ...store,
    select: (sql, parameters, form) => {
      statements.push({ sql, parameters });
      return store.select(sql, parameters, form);
    },
  };
  return {
    store: watched,
    statements,
    async close() {
      await store.close();
      await database.dispose();
    },
  };
}
