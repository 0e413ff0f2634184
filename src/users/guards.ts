import type { AccessIndex } from "../access/access-index";
import { Action } from "../access/grant";
import { heldBits, type Scope } from "../access/scope";
import type { RequestContext, Transaction } from "../context";
import { hasBit } from "../kernel/bitset";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import type { Actor } from "../roles/load-actor";
import { loadUserAccess, type UserAccess } from "./load-user-access";
import { User } from "./user.entity";

const MOST_ROLES = 50;

/** A user to be changed, as the transaction sees it. */
export interface Target {
  readonly user: User;
  readonly access: UserAccess;
}

/** Reads the user to be changed. Throws NOT_FOUND, and FORBIDDEN when it ranks above the actor. */
export async function requireTarget(tx: Transaction, ctx: RequestContext, actor: Actor, id: string): Promise<Target> {
  const user = await tx.createQueryBuilder(User, "user").where("user.id = :id", { id }).getOne();
  const access = user && (await loadUserAccess(tx, ctx.index, id));
  if (!user || !access) throw notFound("user");
  requireRank(actor, access.user.level);
  return { user, access };
}

/** Refuses with FORBIDDEN to administer a user whose highest level is above one's own. */
export function requireRank(actor: Pick<Actor, "level">, level: number): void {
  if (level <= actor.level) return;
  const details = { reason: "RANK", level, ownLevel: actor.level };
  throw new ServiceError("FORBIDDEN", `The user has level ${level}, above your own level ${actor.level}.`, details);
}

/** Refuses with FORBIDDEN what nobody may do to their own account, e.g. `requireOther(actor, id, "disable")`. */
export function requireOther(actor: Pick<Actor, "userId">, userId: string, verb: string): void {
  if (actor.userId !== userId) return;
  throw new ServiceError("FORBIDDEN", `Nobody may ${verb} their own account.`, { reason: "OWN_ACCOUNT" });
}

/**
 * Refuses with OUT_OF_SCOPE to link an account to an employee record when SELF or REPORTS, as the account has them or as the
 * actor could assign them, would then reach records that the actor does not. Without this, whoever manages users would link an
 * account of theirs to anyone's record and read it as their own.
 *
 * An everyday role may give SELF to the account later, so the actor must read every employee in full anyway, and everything there
 * is to link their own account.
 */
export function requireLinkable(
  index: AccessIndex,
  actor: Pick<Actor, "userId" | "scope">,
  target: { readonly user: { readonly id: string } | null; readonly scope: Scope },
  field: string,
): void {
  const { bits, rows } = actor.scope;
  const isOwn = actor.userId !== null && actor.userId === target.user?.id;
  const read = [...index.resources.keys()].filter((name) => isOwn || name === "employee");
  const limited = [...heldBits(target.scope), ...heldBits(actor.scope)].filter(
    (bit) => reachesByEmployee(target.scope, bit) || reachesByEmployee(actor.scope, bit),
  );
  const missing = [...new Set([...read.flatMap((name) => readBits(index, name)), ...limited])]
    .filter((bit) => !hasBit(bits, bit) || rows.has(bit))
    .map((bit) => `${index.permissionOf(bit)} (rows)`);
  if (missing.length === 0) return;
  throw new ServiceError("OUT_OF_SCOPE", `${field} would open an employee record that you may not see in full.`, {
    field,
    missing,
  });
}

/** Refuses with NOT_FOUND to link an account to an employee record that is not there: SELF and REPORTS would silently reach nobody. */
export async function requireEmployee(tx: Transaction, id: string, field: string): Promise<void> {
  // By the name of its table: users know employees by their ids alone.
  const employees = tx.getRepository<{ id: string }>("employee");
  if (!(await employees.existsBy({ id }))) throw notFound("employee", field, id);
}

function readBits(index: AccessIndex, resource: string): number[] {
  const read = index.bitsOf(resource, Action.READ);
  return read === undefined ? [] : [read.whole, ...read.fields.values()];
}

/** Whether the permission is limited to rows that depend on which employee the user is. */
function reachesByEmployee(scope: Scope, bit: number): boolean {
  return scope.rows.get(bit)?.some((set) => set.self === true || set.reports === true) ?? false;
}

/** Ids of roles without repetition; at most 50. */
export function requireRoleIds(ids: readonly string[], field: string): string[] {
  const unique = [...new Set(ids)];
  if (unique.length > MOST_ROLES) throw badInput(field, `must have at most ${MOST_ROLES} roles`);
  return unique;
}

/** Refuses with CONFLICT an edit of a user that has changed since it was read. */
export function requireUserVersion(user: Pick<User, "version">, version: number | null | undefined): void {
  if (version == null || version === user.version) return;
  throw new ServiceError("CONFLICT", `The user has changed since it was read: it is at version ${user.version}.`, {
    field: "input.version",
    version: user.version,
  });
}
