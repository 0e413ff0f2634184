import type { EntityManager } from "typeorm";
import type { Pepper } from "../kernel/pepper";
import { normaliseGuid } from "../kernel/token";
import { PasswordReset } from "../users/password-reset.entity";
import { Session } from "../users/session.entity";
import { ApiKeySecret } from "./api-key-secret.entity";

/** What a token that lay about belongs to, in whatever state. */
export interface Leaked {
  /** With its key, and the key's owner. */
  readonly secret: ApiKeySecret | null;
  /** With its user. */
  readonly session: Session | null;
  /** With its user. */
  readonly reset: PasswordReset | null;
}

/**
 * Looks for a token by its digest among keys, sessions and password resets. Costs the same look-ups for any text, so that neither answer
 * nor time tells what a text is.
 */
export async function findLeaked(manager: EntityManager, pepper: Pepper, text: string): Promise<Leaked> {
  const trimmed = text.trim();
  const digest = pepper.digest(normaliseGuid(trimmed) ?? trimmed);
  const secret = await manager
    .createQueryBuilder(ApiKeySecret, "secret")
    .innerJoinAndSelect("secret.apiKey", "apiKey")
    .innerJoinAndSelect("apiKey.owner", "owner")
    .where("secret.digest = :digest", { digest })
    .getOne();
  const session = await manager
    .createQueryBuilder(Session, "session")
    .innerJoinAndSelect("session.user", "user")
    .where("session.digest = :digest", { digest })
    .getOne();
  const reset = await manager
    .createQueryBuilder(PasswordReset, "reset")
    .innerJoinAndSelect("reset.user", "user")
    .where("reset.digest = :digest", { digest })
    .getOne();
  return { secret, session, reset };
}
