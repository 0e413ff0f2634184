import { createContext, useContext } from "react";
import type { ViewerQuery } from "../api/operations";

/** Who is signed in. What is shown follows from the authorities; what may be done is the service's to decide. */
export interface Session {
  readonly user: ViewerQuery["viewer"]["user"];
  has(authority: string): boolean;
  /** Whether this resource's records can be listed by name, for choosing among them. */
  reads(resource: string, field: string): boolean;
}

export function sessionOf({ viewer }: ViewerQuery): Session {
  return {
    user: viewer.user,
    has: (authority) => viewer.authorities.includes(authority),
    reads: (resource, field) =>
      viewer.grants.some(
        (grant) =>
          grant.resource === resource &&
          grant.actions.includes("READ") &&
          (grant.fields === null || grant.fields.includes(field)),
      ),
  };
}

const SessionContext = createContext<Session | null>(null);

export const SessionProvider = SessionContext.Provider;

/** The session of the page; there is one on every page but the one for signing in. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("there is no session here");
  return session;
}
