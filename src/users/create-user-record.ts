import { record } from "../audit/record";
import type { RequestContext, Transaction } from "../context";
import { newId } from "../kernel/id";
import { nameKeyOf } from "../kernel/text";
import type { Role } from "../roles/role.entity";
import { User } from "./user.entity";
import type { UserKind } from "./user-kind";
import { UserRole } from "./user-role.entity";
import { userSnapshot } from "./user-snapshot";
import { UserStatus } from "./user-status";

/** A user to store; every part has been judged. */
export interface NewUser {
  readonly kind: UserKind;
  readonly firstName: string;
  readonly lastName: string;
  readonly email: string;
  /** From `hashPassword`; null = cannot sign in yet. */
  readonly passwordHash: string | null;
  readonly expiresAt: Date | null;
  readonly employeeId: string | null;
  readonly roles: readonly Pick<Role, "id" | "name">[];
}

/**
 * Stores a user with its roles and audit row. Judges nothing: `createUser`, the bootstrap and the demo generator each answer
 * for what they pass. Rejects with a unique violation when the email is taken.
 */
export async function createUserRecord(tx: Transaction, ctx: RequestContext, person: NewUser): Promise<User> {
  const { roles, ...given } = person;
  const now = new Date(ctx.clock.now());
  const user: User = {
    ...given,
    id: newId(),
    status: UserStatus.ACTIVE,
    nameKey: nameKeyOf(`${person.firstName} ${person.lastName}`),
    emailKey: nameKeyOf(person.email),
    failedSignIns: 0,
    lockedUntil: null,
    version: 1,
    createdAt: now,
    updatedAt: now,
    lastSignInAt: null,
  };
  await tx.insert(User, user);
  if (roles.length > 0)
    await tx.insert(
      UserRole,
      roles.map(({ id }) => ({ userId: user.id, roleId: id })),
    );
  await record(tx, ctx, {
    action: "user.create",
    target: { kind: "user", id: user.id, name: user.email },
    after: { ...userSnapshot(user), roles: roles.map(({ id, name }) => ({ id, name })) },
  });
  return { ...user, passwordHash: null };
}
