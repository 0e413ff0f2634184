import { roleScope } from "../access/scope";
import { requireAnyAuthority } from "../authorities/require-authorities";
import type { RequestContext } from "../context";
import { badInput } from "../kernel/service-error";
import { loadActor } from "../roles/load-actor";
import { sumOfRoles } from "../roles/load-roles";
import { requireRolesWithin } from "../roles/role-guards";
import { createUserRecord } from "./create-user-record";
import { requireEmployee, requireLinkable, requireRoleIds } from "./guards";
import { hashPassword, requirePassword } from "./password";
import { refuseTakenEmail } from "./refuse-taken-email";
import type { User } from "./user.entity";
import type { CreateUserInput } from "./user.input";
import { requireDate, requireEmail, requireEmployeeId, requireName } from "./user-draft";

/**
 * Makes a user, with roles out of what the actor holds and not above the actor's level.
 *
 * Throws BAD_USER_INPUT, FORBIDDEN when roles are given without ASSIGN_ROLES, OUT_OF_SCOPE, NOT_FOUND for an unknown role or employee,
 * CONFLICT for an email that is taken.
 */
export async function createUser(ctx: RequestContext, input: CreateUserInput): Promise<User> {
  const person = readInput(ctx, input);
  const roleIds = requireRoleIds(input.roleIds ?? [], "input.roleIds");
  if (input.password != null) requirePassword(input.password, "input.password", person);
  // Before the transaction, which holds up every other change while it lasts.
  const passwordHash = input.password == null ? null : await hashPassword(input.password);
  return refuseTakenEmail(() =>
    ctx.store.change(async (tx) => {
      const actor = await loadActor(tx, ctx, ["MANAGE_USERS"]);
      if (roleIds.length > 0) requireAnyAuthority(actor.scope, ["ASSIGN_ROLES"], "input.roleIds");
      const all = await requireRolesWithin(tx, ctx, actor, roleIds, "input.roleIds");
      if (person.employeeId !== null) {
        const scope = roleScope(ctx.index, sumOfRoles(all.values()));
        requireLinkable(ctx.index, actor, { user: null, scope }, "input.employeeId");
        await requireEmployee(tx, person.employeeId, "input.employeeId");
      }
      const roles = roleIds.map((id) => all.get(id)).filter((role) => role !== undefined);
      return createUserRecord(tx, ctx, { ...person, passwordHash, roles });
    }),
  );
}

function readInput(ctx: RequestContext, input: CreateUserInput) {
  const expiresAt = input.expiresAt == null ? null : requireDate(input.expiresAt, "input.expiresAt");
  if (expiresAt !== null && expiresAt.getTime() <= ctx.clock.now())
    throw badInput("input.expiresAt", "must be in the future");
  return {
    kind: input.kind,
    firstName: requireName(input.firstName, "input.firstName"),
    lastName: requireName(input.lastName, "input.lastName"),
    email: requireEmail(input.email, "input.email"),
    expiresAt,
    employeeId: input.employeeId == null ? null : requireEmployeeId(input.employeeId, "input.employeeId"),
  };
}
