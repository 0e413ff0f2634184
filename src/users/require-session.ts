import type { Principal, RequestContext } from "../context";
import { ServiceError } from "../kernel/service-error";

/** The signed-in user and session. Throws FORBIDDEN for a key, which stands for no session, and UNAUTHENTICATED for nobody. */
export function requireSession({ principal }: RequestContext): Extract<Principal, { kind: "USER" }> {
  if (principal.kind === "USER") return principal;
  if (principal.kind === "NOBODY") throw new ServiceError("UNAUTHENTICATED", "Sign in first.");
  throw new ServiceError("FORBIDDEN", "This needs a signed-in user's session.", { reason: "NO_SESSION" });
}
