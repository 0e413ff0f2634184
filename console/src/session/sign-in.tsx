import {
  Alert,
  Button,
  Center,
  Group,
  Image,
  Paper,
  PasswordInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { ApiError } from "../api/client";
import { SignIn } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import mark from "../mark.svg";

/** The page for whoever is not signed in. `notice` says why one is here again. */
export function SignInPage({ notice, onSignedIn }: { readonly notice: string | null; onSignedIn(): void }) {
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const signIn = useMutation(SignIn);

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if ((await signIn.run({ email, password })) === null) return setPassword("");
    onSignedIn();
  };

  return (
    <Center component="main" mih="100dvh" p="md">
      <Stack w="100%" maw={380} gap="lg">
        <Group justify="center" gap="sm">
          <Image src={mark} w={32} h={32} alt="" />
          <Title order={1}>Latchkey</Title>
        </Group>
        <Paper withBorder p="xl">
          <form onSubmit={(event) => void submit(event)} aria-label="Sign in">
            <Stack>
              {notice !== null && signIn.error === null && <Alert color="gray">{notice}</Alert>}
              {signIn.error !== null && (
                <Alert color="red" role="alert" title={titleOf(signIn.error)}>
                  {explain(signIn.error)}
                </Alert>
              )}
              <TextInput
                label="Email"
                type="email"
                autoComplete="username"
                required
                withAsterisk={false}
                autoFocus
                value={email}
                onChange={(event) => setEmail(event.currentTarget.value)}
              />
              <PasswordInput
                label="Password"
                autoComplete="current-password"
                required
                withAsterisk={false}
                value={password}
                onChange={(event) => setPassword(event.currentTarget.value)}
              />
              <Button type="submit" loading={signIn.isRunning} fullWidth mt="xs">
                Sign in
              </Button>
            </Stack>
          </form>
        </Paper>
        <Text size="sm" c="dimmed" ta="center">
          Forgotten your password? An administrator can open a reset for you.
        </Text>
      </Stack>
    </Center>
  );
}

function titleOf(error: ApiError): string {
  return error.code === "RATE_LIMITED" ? "Too many attempts" : "Not signed in";
}

/** The service says the same of a wrong password and of a locked account, so the page says what may help in either case. */
function explain({ code, message, retryAfterSeconds }: ApiError): string {
  if (code === "UNAUTHENTICATED") {
    return `${message} After several wrong passwords an account is locked for a while: wait, or ask an administrator.`;
  }
  if (code !== "RATE_LIMITED" || retryAfterSeconds === null) return message;
  const minutes = Math.ceil(retryAfterSeconds / 60);
  return `${message} Next attempt in ${minutes === 1 ? "a minute" : `${minutes} minutes`}.`;
}
