import { createContext, type ReactNode, useContext, useState } from "react";
import { SecretDialog } from "./secret-dialog";

/** A token that was just made, with what the service said about it. */
export interface NewSecret {
  readonly keyName: string;
  readonly token: string;
  readonly warnings: readonly string[];
}

const ShowSecret = createContext<(secret: NewSecret) => void>(() => undefined);

/** Shows a new token, once, over whatever page one goes to; it is kept nowhere but here, until the dialog is closed. */
export function useSecretDialog(): (secret: NewSecret) => void {
  return useContext(ShowSecret);
}

/** Above everything, so that the dialog outlives a change of page and the end of the session: nothing could show the token again. */
export function SecretProvider({ children }: { readonly children: ReactNode }) {
  const [secret, setSecret] = useState<NewSecret | null>(null);
  return (
    <ShowSecret value={setSecret}>
      {children}
      {secret !== null && <SecretDialog key={secret.token} secret={secret} onClose={() => setSecret(null)} />}
    </ShowSecret>
  );
}
