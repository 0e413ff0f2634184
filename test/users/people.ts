import { createContents } from "../../src/documents/contents";
import { createFileContentStore } from "../../src/documents/file-content-store";
import "reflect-metadata";
import { buildSchema } from "graphql";
import { pino } from "pino";
import { type AccessIndex, compileAccessIndex } from "../../src/access/access-index";
import { documentCompiler } from "../../src/access/compile-document";
import { filterSchema } from "../../src/access/filter-schema";
import { DEFAULT_LIMITS } from "../../src/access/limits";
import { emptyScope, everythingScope, type Scope } from "../../src/access/scope";
import { AuditEvent } from "../../src/audit/audit-event.entity";
import { AuditHead } from "../../src/audit/audit-head.entity";
import { AUTHORITY_NAMES } from "../../src/authorities/authority-catalogue";
import { parseDatabaseUrl } from "../../src/config";
import type { Principal, RequestContext } from "../../src/context";
import { createCursorCodec } from "../../src/kernel/cursor-codec";
import { createPepper } from "../../src/kernel/pepper";
import { NO_LIMITS } from "../../src/rate-limits/rate-limits";
import { Department } from "../../src/resources/department/department.entity";
import { Employee } from "../../src/resources/employee/employee.entity";
import type { BuiltInKey } from "../../src/roles/built-in-key";
import { ensureBuiltInRoles } from "../../src/roles/ensure-built-in-roles";
import { Role } from "../../src/roles/role.entity";
import { createDataSource } from "../../src/store/data-source";
import { Epoch } from "../../src/store/epoch.entity";
import { createMariaDbStore } from "../../src/store/mariadb-store";
import { createSqliteStore } from "../../src/store/sqlite-store";
import type { Store } from "../../src/store/store";
import { ensureOwner } from "../../src/users/ensure-owner";
import { loadUserAccess } from "../../src/users/load-user-access";
import { PasswordReset } from "../../src/users/password-reset.entity";
import { Session } from "../../src/users/session.entity";
import { User } from "../../src/users/user.entity";
import { UserRole } from "../../src/users/user-role.entity";
import { freshDatabase } from "../support/database";

export const OWNER = { email: "owner@example.com", password: "correct horse battery staple" };

const SDL = `
  enum Action { CREATE READ UPDATE DELETE DOWNLOAD }
  directive @public on OBJECT | FIELD_DEFINITION | INPUT_OBJECT
  directive @access(resource: String!, action: Action = READ, field: String)
    on OBJECT | FIELD_DEFINITION | INPUT_OBJECT | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION
  type Query {
    employee: Employee @access(resource: "employee")
    department: Department @access(resource: "department")
    nothing: Boolean @public
  }
  type Mutation {
    deleteEmployee: Boolean @access(resource: "employee", action: DELETE)
    updateEmployee: Boolean @access(resource: "employee", action: UPDATE, field: "phone")
  }
  type Employee @access(resource: "employee") { firstName: String lastName: String email: String phone: String salary: Float }
  type Department @access(resource: "department") { code: String name: String }
`;

/** A store with the tables of users and roles, an owner, and contexts to act in; no server. */
export interface People {
  readonly store: Store;
  readonly index: AccessIndex;
  readonly operator: RequestContext;
  readonly nobody: RequestContext;
  readonly cookies: (string | null)[];
  /** Moves the clock ahead. */
  advance(milliseconds: number): void;
  /** A context of a signed-in user, with what the user holds now. */
  as(userId: string, sessionId?: string): Promise<RequestContext>;
  role(key: BuiltInKey): Promise<Role>;
  ownerId(): Promise<string>;
  /** Audit rows of one action, oldest first. */
  audited(action: string): Promise<AuditEvent[]>;
  stop(): Promise<void>;
}

/** Opens `People` on a database of its own, built from the entities without migrations. */
export async function openPeople(): Promise<People> {
  const database = await freshDatabase();
  const config = parseDatabaseUrl(database.url);
  const parts = {
    entities: [Epoch, Role, User, UserRole, Session, PasswordReset, AuditEvent, AuditHead, Employee, Department],
    migrations: [],
  };
  const writer = await createDataSource(config, { ...parts, role: "writer" }).initialize();
  await writer.synchronize();
  await writer.getRepository(Epoch).insert({ id: 1, value: 1 });
  await writer.getRepository(AuditHead).insert({ id: 1, sequence: 0, hash: "", seal: "" });
  const store =
    config.dialect === "mariadb"
      ? createMariaDbStore(writer)
      : createSqliteStore(writer, await createDataSource(config, { ...parts, role: "reader" }).initialize());

  const schema = buildSchema(SDL);
  const index = compileAccessIndex(schema, AUTHORITY_NAMES);
  let ahead = 0;
  const log = pino({ level: "silent" });
  const cookies: (string | null)[] = [];
  const contextOf = (principal: Principal, scope: Scope): RequestContext => ({
    principal,
    scope,
    ownerScope: scope,
    origin: { requestId: "test", ip: "127.0.0.1", client: null },
    store,
    clock: { now: () => Date.UTC(2030, 0, 1) + ahead },
    index,
    compiler: documentCompiler(schema, index, DEFAULT_LIMITS),
    visibleSchema: (of) => filterSchema(schema, index, of),
    cursors: createCursorCodec("a secret of more than thirty-two characters"),
    pepper: createPepper("a secret of more than thirty-two characters"),
    limits: NO_LIMITS,
    mostRows: DEFAULT_LIMITS.rows,
    contents: createContents({ store, clock: { now: () => Date.now() }, log }, createFileContentStore("/nowhere")),
    session: { set: (token) => void cookies.push(token), clear: () => void cookies.push(null) },
    log,
    rowRule: () => [],
  });
  const operator = contextOf({ kind: "OPERATOR" }, everythingScope(index));
  await ensureBuiltInRoles(operator);
  await ensureOwner(operator, OWNER);
  const { manager } = store.reader;
  return {
    store,
    index,
    operator,
    nobody: contextOf({ kind: "NOBODY" }, emptyScope(index)),
    cookies,
    advance(milliseconds) {
      ahead += milliseconds;
    },
    async as(userId, sessionId = "session") {
      const access = await loadUserAccess(manager, index, userId);
      if (access === null) throw new Error(`no user ${userId}`);
      return contextOf({ kind: "USER", user: access.user, sessionId }, access.scope);
    },
    role: (key) => manager.createQueryBuilder(Role, "role").where("role.key = :key", { key }).getOneOrFail(),
    async ownerId() {
      const owner = await manager.createQueryBuilder(User, "user").where("user.email = :email", OWNER).getOneOrFail();
      return owner.id;
    },
    audited: (action) =>
      manager
        .createQueryBuilder(AuditEvent, "event")
        .where("event.action = :action", { action })
        .orderBy("event.id")
        .getMany(),
    async stop() {
      await store.close();
      await database.dispose();
    },
  };
}
