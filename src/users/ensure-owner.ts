import type { RequestContext } from "../context";
import { newTokenId } from "../kernel/token";
import { OWNER_KEY } from "../roles/built-in-key";
import { Role } from "../roles/role.entity";
import { createUserRecord } from "./create-user-record";
import { hashPassword, requirePassword } from "./password";
import { User } from "./user.entity";
import { requireEmail } from "./user-draft";
import { UserKind } from "./user-kind";

const DEFAULT_EMAIL = "owner@latchkey.local";

/** The first owner, as it was just made. */
export interface FirstOwner {
  readonly email: string;
  /** To be printed once; null when the operator chose the password. */
  readonly oneTimePassword: string | null;
}

/**
 * Makes the first account owner on a database without any user, and nothing otherwise. Several instances that start at once
 * make one.
 *
 * Returns null when there was a user already. Throws BAD_USER_INPUT naming the setting that cannot be used, also when it is not
 * needed any more: a wrong setting should not come to light on the day it is.
 */
export async function ensureOwner(
  ctx: RequestContext,
  given: { readonly email?: string | null; readonly password?: string | null },
): Promise<FirstOwner | null> {
  const owner = {
    kind: UserKind.NON_EMPLOYEE,
    firstName: "Account",
    lastName: "Owner",
    email: requireEmail(given.email ?? DEFAULT_EMAIL, "LATCHKEY_OWNER_EMAIL"),
  };
  if (given.password != null) requirePassword(given.password, "LATCHKEY_OWNER_PASSWORD", owner);
  if ((await ctx.store.reader.getRepository(User).count()) > 0) return null;

  const oneTimePassword = given.password == null ? newTokenId() + newTokenId() : null;
  const passwordHash = await hashPassword(given.password ?? oneTimePassword ?? "");
  return ctx.store.change(async (tx) => {
    if ((await tx.getRepository(User).count()) > 0) return null;
    const role = await tx.createQueryBuilder(Role, "role").where("role.key = :key", { key: OWNER_KEY }).getOneOrFail();
    await createUserRecord(tx, ctx, { ...owner, passwordHash, expiresAt: null, employeeId: null, roles: [role] });
    return { email: owner.email, oneTimePassword };
  });
}
