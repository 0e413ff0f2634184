import { Alert, Button, Paper, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { problemAt } from "../api/field-problem";
import { ChangePassword } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { Failure } from "../shell/failure";
import { Page } from "../shell/page";
import { useSession } from "./session";

/** One's own account: who one is here, and another password. */
export function AccountPage() {
  const { user } = useSession();
  return (
    <Page title="Account" lead={`Signed in as ${user.firstName} ${user.lastName}, ${user.email}`}>
      <Paper withBorder p="lg" maw={480}>
        <Title order={2} mb="md">
          Change password
        </Title>
        <PasswordForm />
      </Paper>
    </Page>
  );
}

function PasswordForm() {
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [isDone, setDone] = useState(false);
  const change = useMutation(ChangePassword);
  const currentProblem = problemAt(change.error, "current");
  const nextProblem = problemAt(change.error, "next");

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    setDone(false);
    if ((await change.run({ current, next })) === null) return;
    setCurrent("");
    setNext("");
    setDone(true);
  };

  return (
    <form onSubmit={(event) => void submit(event)} aria-label="Change password">
      <Stack>
        {currentProblem === null && nextProblem === null && <Failure error={change.error} />}
        <PasswordInput
          label="Current password"
          autoComplete="current-password"
          required
          value={current}
          error={currentProblem}
          onChange={(event) => setCurrent(event.currentTarget.value)}
        />
        <PasswordInput
          label="New password"
          description="12 to 200 characters"
          autoComplete="new-password"
          required
          value={next}
          error={nextProblem}
          onChange={(event) => setNext(event.currentTarget.value)}
        />
        <Button type="submit" loading={change.isRunning} style={{ alignSelf: "flex-start" }}>
          Change password
        </Button>
        {isDone && (
          <Alert color="green" role="status">
            <Text size="sm">Your password is changed, and your other sessions have ended.</Text>
          </Alert>
        )}
      </Stack>
    </form>
  );
}
