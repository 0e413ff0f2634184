import { requireAnyAuthority } from "../authorities/require-authorities";
import type { RequestContext, Transaction } from "../context";
import { badInput, notFound, ServiceError } from "../kernel/service-error";
import { nameKeyOf } from "../kernel/text";
import type { Actor } from "../roles/load-actor";
import { isUsable, loadUserAccess, type UserAccess } from "../users/load-user-access";
import { UserKind } from "../users/user-kind";
import { ApiKey } from "./api-key.entity";
import { findApiKey, whereLive } from "./api-key.queries";

/**
 * The user to own a new key: oneself, or with MANAGE_BOT_API_KEYS a bot or non-employee of no higher level. Nobody makes keys for
 * another person, whatever they hold. The owner must be usable now.
 */
export async function requireKeyOwner(
  ctx: RequestContext,
  tx: Transaction,
  actor: Actor,
  forUserId: string | null | undefined,
): Promise<UserAccess> {
  const ownerId = forUserId ?? actor.userId;
  if (ownerId === null) throw badInput("input.forUserId", "must be given at the command line");
  if (ownerId !== actor.userId) requireAnyAuthority(actor.scope, ["MANAGE_BOT_API_KEYS"], "input.forUserId");
  const owner = await loadUserAccess(tx, ctx.index, ownerId);
  if (owner === null) throw notFound("user", "input.forUserId", ownerId);
  if (actor.userId !== null && ownerId !== actor.userId) requireAdministeredBot(actor, owner);
  if (!isUsable(owner, ctx.clock.now())) {
    throw new ServiceError("CONFLICT", "The owner of the key is disabled, locked or expired.", {
      field: "input.forUserId",
    });
  }
  return owner;
}

/** Throws CONFLICT when another live key than `exceptId` of this owner has the name, whatever its case. */
export async function requireFreeKeyName(
  ctx: RequestContext,
  tx: Transaction,
  key: { readonly ownerId: string; readonly name: string; readonly exceptId: string | null },
): Promise<void> {
  const query = tx
    .createQueryBuilder(ApiKey, "apiKey")
    .where("apiKey.ownerId = :ownerId", { ownerId: key.ownerId })
    .andWhere("apiKey.nameKey = :nameKey", { nameKey: nameKeyOf(key.name) });
  if (key.exceptId !== null) query.andWhere("apiKey.id <> :exceptId", { exceptId: key.exceptId });
  if (!(await whereLive(query, "apiKey", ctx.clock.now()).getExists())) return;
  throw new ServiceError("CONFLICT", "The owner has a live key of this name already.", { field: "input.name" });
}

/** What somebody is about to do to a key. */
export type KeyDeed = "change" | "rotate" | "enable" | "stop";

/**
 * The key of this id, for an actor who may do `deed` to it. One's own keys, and with MANAGE_BOT_API_KEYS those of bots and
 * non-employees up to one's own level, may be changed in any way. REVOKE_ANY_API_KEY allows to stop any key, since stopping is
 * always safe, and to enable those of owners up to one's own level. Throws NOT_FOUND for a key that the actor may not see.
 */
export async function requireKey(
  ctx: RequestContext,
  tx: Transaction,
  actor: Actor,
  id: string,
  deed: KeyDeed,
): Promise<ApiKey> {
  const key = await findApiKey(tx, id);
  if (key === null) throw notFound("API key");
  if (await mayDo(ctx, tx, actor, key, deed)) return key;
  if (!actor.scope.authorities.has("VIEW_ALL_API_KEYS")) throw notFound("API key");
  const authority = deed === "change" || deed === "rotate" ? "MANAGE_BOT_API_KEYS" : "REVOKE_ANY_API_KEY";
  const message = `To ${deed} another user's key needs ${authority}, and an owner whose level is not above yours.`;
  throw new ServiceError("FORBIDDEN", message, { authorities: [authority] });
}

/** Throws CONFLICT for a revoked key: revocation is for ever. */
export function requireNotRevoked(key: ApiKey): void {
  if (key.revokedAt !== null) throw new ServiceError("CONFLICT", "This API key is revoked: generate a new one.");
}

async function mayDo(ctx: RequestContext, tx: Transaction, actor: Actor, key: ApiKey, deed: KeyDeed): Promise<boolean> {
  if (actor.userId === null) return ctx.principal.kind === "OPERATOR";
  if (actor.userId === key.ownerId) return true;
  const { authorities } = actor.scope;
  const revokesAny = authorities.has("REVOKE_ANY_API_KEY");
  if (deed === "stop" && revokesAny) return true;
  const owner = await loadUserAccess(tx, ctx.index, key.ownerId);
  if (owner === null || owner.user.level > actor.level) return false;
  const isBotKey = owner.kind !== UserKind.EMPLOYEE && authorities.has("MANAGE_BOT_API_KEYS");
  return isBotKey || (deed === "enable" && revokesAny);
}

function requireAdministeredBot(actor: Actor, owner: UserAccess): void {
  const authorities = ["MANAGE_BOT_API_KEYS"];
  if (owner.kind === UserKind.EMPLOYEE) {
    const message =
      "Nobody generates a key for another person: MANAGE_BOT_API_KEYS is for bots and non-employee users.";
    throw new ServiceError("FORBIDDEN", message, { authorities });
  }
  if (owner.user.level > actor.level) {
    const message = "This user's level is above yours: MANAGE_BOT_API_KEYS reaches up to your own.";
    throw new ServiceError("FORBIDDEN", message, { authorities });
  }
}
