import type { EntityManager } from "typeorm";
import { Session } from "./session.entity";

/** A session as far as authenticating a request needs it. */
export interface FoundSession {
  readonly id: string;
  readonly userId: string;
  /** The caller refuses from this instant on. */
  readonly expiresAt: Date;
}

/** The session of a token's digest, expired or not; null when there is none. Says nothing about the user. */
export async function findSession(manager: EntityManager, digest: string): Promise<FoundSession | null> {
  return manager
    .createQueryBuilder(Session, "session")
    .select(["session.id", "session.userId", "session.expiresAt"])
    .where("session.digest = :digest", { digest })
    .getOne();
}
