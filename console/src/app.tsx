import { Center, Loader, Text } from "@mantine/core";
import { useCallback, useEffect, useState } from "react";
import { type ApiError, onSignedOut, request } from "./api/client";
import { HasSession, SignOut, Viewer } from "./api/operations";
import { ApiKeysSection } from "./api-keys/api-keys-section";
import { linkTo, useRoute } from "./router";
import { AccountPage } from "./session/account-page";
import { type Session, SessionProvider, sessionOf, useSession } from "./session/session";
import { SignInPage } from "./session/sign-in";
import { Failure } from "./shell/failure";
import { Page } from "./shell/page";
import { type Section, Shell } from "./shell/shell";

type State =
  | { readonly is: "starting" }
  | { readonly is: "failed"; readonly error: ApiError }
  | { readonly is: "signed out"; readonly notice: string | null }
  | { readonly is: "signed in"; readonly session: Session };

/** The console: signing in for those who are not, and the sections for those who are. */
export function App() {
  const [state, setState] = useState<State>({ is: "starting" });

  const enter = useCallback(async (): Promise<void> => {
    try {
      const { __type: viewerType } = await request(HasSession, {});
      if (viewerType === null) return setState({ is: "signed out", notice: null });
      setState({ is: "signed in", session: sessionOf(await request(Viewer, {})) });
    } catch (error) {
      setState({ is: "failed", error: error as ApiError });
    }
  }, []);

  const leave = async (): Promise<void> => {
    try {
      await request(SignOut, {});
    } catch (error) {
      // Whoever walks away from a page that says so must really be signed out.
      if ((error as ApiError).code !== "UNAUTHENTICATED") return setState({ is: "failed", error: error as ApiError });
    }
    setState({ is: "signed out", notice: "You are signed out." });
  };

  useEffect(() => {
    onSignedOut(() =>
      setState((before) =>
        before.is === "signed in" ? { is: "signed out", notice: "Your session has ended. Sign in again." } : before,
      ),
    );
    void enter();
  }, [enter]);

  switch (state.is) {
    case "starting":
      return (
        <Center mih="100dvh">
          <Loader aria-label="Loading" />
        </Center>
      );
    case "failed":
      return (
        <Center mih="100dvh" p="md">
          <Failure error={state.error} onRetry={() => void enter()} />
        </Center>
      );
    case "signed out":
      return <SignInPage notice={state.notice} onSignedIn={() => void enter()} />;
    case "signed in":
      return (
        <SessionProvider value={state.session}>
          <SignedIn onSignOut={() => void leave()} />
        </SessionProvider>
      );
  }
}

function SignedIn({ onSignOut }: { onSignOut(): void }) {
  const session = useSession();
  const [section = "api-keys", ...rest] = useRoute();
  const sections: Section[] = session.has("MANAGE_USER_API_KEY") ? [{ name: "API keys", path: "api-keys" }] : [];
  return (
    <Shell sections={sections} at={section} onSignOut={onSignOut}>
      <Contents section={section} rest={rest} sections={sections} />
    </Shell>
  );
}

function Contents(props: { readonly section: string; readonly rest: readonly string[]; readonly sections: Section[] }) {
  const { section, rest, sections } = props;
  if (section === "account") return <AccountPage />;
  if (sections.length === 0) return <NothingHere />;
  if (section === "api-keys") return <ApiKeysSection route={rest} />;
  return (
    <Page title="There is no such page">
      <Text>
        Go back to <a href={linkTo()}>the start</a>.
      </Text>
    </Page>
  );
}

/** For users whose roles give nothing that the console shows. */
function NothingHere() {
  return (
    <Page title="Welcome" lead="You are signed in.">
      <Text maw={560}>
        Your roles give you no section of this console. An administrator can give you one; your data is there in{" "}
        <a href="/graphql">Apollo Sandbox</a>, as far as you may read it.
      </Text>
    </Page>
  );
}
