import type { KeyFactsFragment } from "../api/operations";
import type { Session } from "../session/session";

/** Which buttons a key has for this user. The service decides again, by level too, and says so when it refuses. */
export interface MayDo {
  readonly edit: boolean;
  readonly stop: boolean;
  readonly enable: boolean;
}

export function mayDo(session: Session, { owner, status }: Pick<KeyFactsFragment, "owner" | "status">): MayDo {
  const isOver = status === "REVOKED";
  const isOwn = owner.id === session.user.id;
  const isBots = owner.kind !== "EMPLOYEE" && session.has("MANAGE_BOT_API_KEYS");
  const revokesAny = session.has("REVOKE_ANY_API_KEY");
  return {
    edit: !isOver && (isOwn || isBots),
    stop: !isOver && (isOwn || isBots || revokesAny),
    enable: !isOver && (isOwn || isBots || revokesAny),
  };
}
