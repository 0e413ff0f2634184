import { isDeepStrictEqual } from "node:util";
import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { nameKeyOf } from "../kernel/text";
import { type Actor, loadActor } from "../roles/load-actor";
import { requireOwnerRemains } from "../roles/require-owner";
import { Unchanged } from "../store/unchanged";
import {
  requireEmployee,
  requireLinkable,
  requireOther,
  requireTarget,
  requireUserVersion,
  type Target,
} from "./guards";
import { refuseTakenEmail } from "./refuse-taken-email";
import { User } from "./user.entity";
import type { UpdateUserInput } from "./user.input";
import { requireDate, requireEmail, requireEmployeeId, requireName } from "./user-draft";
import { userSnapshot } from "./user-snapshot";

/** The columns that an edit may change. */
type UserContent = Pick<User, "firstName" | "lastName" | "email" | "expiresAt" | "employeeId">;

/**
 * Edits name, email, expiry and employee link of a user who does not rank above the actor. Setting what is there already changes
 * nothing, neither version nor audit trail.
 *
 * Throws BAD_USER_INPUT, NOT_FOUND, also for an unknown employee, FORBIDDEN for rank or one's own expiry, OUT_OF_SCOPE for a link that opens records, CONFLICT
 * for a taken email, a stale `version`, or when no usable account owner would remain.
 */
export async function updateUser(ctx: RequestContext, id: string, input: UpdateUserInput): Promise<User> {
  const given = readInput(input);
  return refuseTakenEmail(() =>
    ctx.store.change(async (tx) => {
      const actor = await loadActor(tx, ctx, ["MANAGE_USERS"]);
      const target = await requireTarget(tx, ctx, actor, id);
      requireUserVersion(target.user, input.version);
      requirePermitted(ctx, actor, target, given);
      if (given.employeeId != null && given.employeeId !== target.user.employeeId) {
        await requireEmployee(tx, given.employeeId, "input.employeeId");
      }
      const before = target.user;
      const after = { ...before, ...given };
      if (isDeepStrictEqual(userSnapshot(before), userSnapshot(after))) return new Unchanged(before);
      const content = {
        ...given,
        nameKey: nameKeyOf(`${after.firstName} ${after.lastName}`),
        emailKey: nameKeyOf(after.email),
        version: before.version + 1,
        updatedAt: new Date(ctx.clock.now()),
      };
      await tx.update(User, { id: before.id }, content);
      await requireOwnerRemains(tx, ctx);
      await record(tx, ctx, {
        action: "user.update",
        target: { kind: "user", id: before.id, name: after.email },
        before: userSnapshot(before),
        after: userSnapshot(after),
      });
      return { ...before, ...content };
    }),
  );
}

function requirePermitted(
  ctx: RequestContext,
  actor: Actor,
  { user, access }: Target,
  given: Partial<UserContent>,
): void {
  if (given.expiresAt !== undefined && given.expiresAt?.getTime() !== user.expiresAt?.getTime()) {
    requireOther(actor, user.id, "change the expiry of");
  }
  if (given.employeeId != null && given.employeeId !== user.employeeId) {
    requireLinkable(ctx.index, actor, access, "input.employeeId");
  }
}

function readInput(input: UpdateUserInput): Partial<UserContent> {
  const { firstName, lastName, email, expiresAt, employeeId } = input;
  return {
    ...(firstName != null && { firstName: requireName(firstName, "input.firstName") }),
    ...(lastName != null && { lastName: requireName(lastName, "input.lastName") }),
    ...(email != null && { email: requireEmail(email, "input.email") }),
    ...(expiresAt !== undefined && { expiresAt: expiresAt && requireDate(expiresAt, "input.expiresAt") }),
    ...(employeeId !== undefined && {
      employeeId: employeeId === null ? null : requireEmployeeId(employeeId, "input.employeeId"),
    }),
  };
}
