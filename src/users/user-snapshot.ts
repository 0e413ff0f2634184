import type { User } from "./user.entity";

/** What the audit trail keeps of a user: never anything of the password. */
export type UserSnapshot = Pick<
  User,
  "kind" | "status" | "firstName" | "lastName" | "email" | "expiresAt" | "employeeId"
>;

/** The content of a user without its identity, dates and sign-in state. */
export function userSnapshot(user: UserSnapshot): UserSnapshot {
  const { kind, status, firstName, lastName, email, expiresAt, employeeId } = user;
  return { kind, status, firstName, lastName, email, expiresAt, employeeId };
}
