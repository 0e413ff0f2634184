import { record } from "../audit/record";
import type { RequestContext } from "../context";
import { requireSession } from "./require-session";
import { Session } from "./session.entity";

/** Ends the session that the request came with, on every instance from the next request on, and clears its cookie. */
export async function signOut(ctx: RequestContext): Promise<void> {
  const { user, sessionId } = requireSession(ctx);
  await ctx.store.change(async (tx) => {
    await tx.delete(Session, { id: sessionId });
    const target = { kind: "user", id: user.id, name: user.email };
    await record(tx, ctx, { action: "session.signOut", target, before: { sessionId } });
  });
  ctx.session.clear();
}
