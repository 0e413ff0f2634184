import "reflect-metadata";
import { pino } from "pino";
import { AuditEvent } from "../../src/audit/audit-event.entity";
import { type Booted, boot } from "../../src/boot";
import { parseDatabaseUrl } from "../../src/config";
import type { RequestContext } from "../../src/context";
import { ServiceError } from "../../src/kernel/service-error";
import type { BuiltInKey } from "../../src/roles/built-in-key";
import { Role } from "../../src/roles/role.entity";
import { createUserRecord } from "../../src/users/create-user-record";
import { ensureOwner } from "../../src/users/ensure-owner";
import { loadUserAccess } from "../../src/users/load-user-access";
import { User } from "../../src/users/user.entity";
import { UserKind } from "../../src/users/user-kind";
import { freshDatabase } from "../support/database";

/** The service without HTTP on a database of its own, with users to act as. */
export interface Keyring extends Booted {
  /** Makes a user with built-in or custom roles and returns its id. */
  user(name: string, roles: readonly (BuiltInKey | Role)[], kind?: UserKind): Promise<string>;
  /** A signed-in user's context, with what the user holds now. */
  as(userId: string): Promise<RequestContext>;
  ownerId(): Promise<string>;
  advance(milliseconds: number): void;
  /** Audit rows of one action, oldest first. */
  audited(action: string): Promise<AuditEvent[]>;
  epoch(): Promise<number>;
  stop(): Promise<void>;
}

export async function openKeyring(): Promise<Keyring> {
  const database = await freshDatabase();
  let ahead = 0;
  const clock = { now: () => Date.UTC(2030, 0, 1) + ahead };
  const secret = "a secret of more than thirty-two characters";
  const config = { database: parseDatabaseUrl(database.url), secret, documentsDir: "/nowhere" };
  const booted = await boot(config, clock, pino({ level: "silent" }));
  const { operator, store } = booted;
  await ensureOwner(operator, { email: "owner@example.com", password: "correct horse battery staple" });
  const { manager } = store.reader;
  return {
    ...booted,
    async user(name, roles, kind = UserKind.EMPLOYEE) {
      const found = await Promise.all(roles.map((role) => (typeof role === "string" ? builtIn(booted, role) : role)));
      const email = `${name.toLowerCase()}@example.com`;
      const person = {
        kind,
        firstName: name,
        lastName: "Test",
        email,
        passwordHash: null,
        expiresAt: null,
        employeeId: null,
      };
      const user = await store.change((tx) => createUserRecord(tx, operator, { ...person, roles: found }));
      return user.id;
    },
    async as(userId) {
      const access = await loadUserAccess(manager, booted.schema.index, userId);
      if (access === null) throw new Error(`no user ${userId}`);
      const principal = { kind: "USER", user: access.user, sessionId: "session" } as const;
      return { ...operator, principal, scope: access.scope, ownerScope: access.scope };
    },
    async ownerId() {
      return (await manager.findOneByOrFail(User, { emailKey: "owner@example.com" })).id;
    },
    advance(milliseconds) {
      ahead += milliseconds;
    },
    audited: (action) => manager.find(AuditEvent, { where: { action }, order: { id: "ASC" } }),
    epoch: () => store.readEpoch(),
    async stop() {
      await store.close();
      await database.dispose();
    },
  };
}

function builtIn({ store }: Booted, key: BuiltInKey): Promise<Role> {
  return store.reader.manager.findOneByOrFail(Role, { key });
}

/** What `act` is refused with; fails the test when it is not. */
export async function refusalOf(act: Promise<unknown>): Promise<ServiceError> {
  const outcome = await act.then(
    () => null,
    (error: unknown) => error,
  );
  if (outcome instanceof ServiceError) return outcome;
  throw outcome ?? new Error("nothing was refused");
}
