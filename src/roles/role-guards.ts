import { In } from "typeorm";
import { requireHeld } from "../authorities/require-grantable";
import type { RequestContext, Transaction } from "../context";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import type { Actor } from "./load-actor";
import { inheritanceOf, loadRoles, sumOfRoles } from "./load-roles";
import { Role } from "./role.entity";

/** Roles that one inherits through, itself included. */
const LONGEST_INHERITANCE = 10;

/**
 * Refuses with OUT_OF_SCOPE unless the actor holds everything that the roles `ids` give, inherited roles included, and ranks at
 * least as high. NOT_FOUND for an unknown id. Returns the roles with what they inherit, by id.
 */
export async function requireRolesWithin(
  tx: Transaction,
  ctx: RequestContext,
  actor: Actor,
  ids: readonly string[],
  field: string,
): Promise<Map<string, Role>> {
  const roles = await loadRoles(tx, ids);
  const unknown = ids.find((id) => !roles.has(id));
  if (unknown !== undefined) throw notFound("role", field, unknown);
  const sum = sumOfRoles(roles.values());
  requireLevel(actor, sum.level, field);
  requireHeld(ctx, actor.scope, sum, field);
  return roles;
}

/** Refuses with OUT_OF_SCOPE a level above the actor's own. */
export function requireLevel(actor: Pick<Actor, "level">, level: number, field: string): void {
  if (level <= actor.level) return;
  const details = { field, level, ownLevel: actor.level };
  throw new ServiceError("OUT_OF_SCOPE", `${field}: level ${level} is above your own level ${actor.level}.`, details);
}

/** Refuses with FORBIDDEN to change or delete a built-in role. */
export function requireCustom(role: Role): void {
  if (role.key === null) return;
  throw new ServiceError(
    "FORBIDDEN",
    `${role.name} is a built-in role: it can be inherited, but not changed or deleted.`,
    {
      reason: "BUILT_IN_ROLE",
    },
  );
}

/**
 * Refuses with BAD_USER_INPUT when role `id` would inherit itself through `inheritsId`, or would inherit too long a chain.
 * `inherited` has the chain above it, as `loadRoles` returns it; the roles that inherit `id` lengthen the chain, too.
 */
export async function requireAcyclic(
  tx: Transaction,
  id: string,
  inheritsId: string,
  inherited: ReadonlyMap<string, Pick<Role, "id" | "inheritsId">>,
): Promise<void> {
  const chain = inheritanceOf(inheritsId, inherited);
  if (chain.some((role) => role.id === id)) throw badInput("input.inheritsId", "would make the role inherit itself");
  if (chain.length + 1 + (await depthBelow(tx, id)) > LONGEST_INHERITANCE) {
    throw badInput("input.inheritsId", `would make a chain of more than ${LONGEST_INHERITANCE} roles`);
  }
}

/** Steps of the longest chain of roles that inherit `id`; does not look further than the longest chain allowed. */
async function depthBelow(tx: Transaction, id: string): Promise<number> {
  let depth = 0;
  let heirs = await tx.getRepository(Role).findBy({ inheritsId: id });
  while (heirs.length > 0 && depth < LONGEST_INHERITANCE) {
    depth += 1;
    heirs = await tx.getRepository(Role).findBy({ inheritsId: In(heirs.map((heir) => heir.id)) });
  }
  return depth;
}
