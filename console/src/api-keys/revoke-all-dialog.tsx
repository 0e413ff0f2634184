import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { KeysToRevoke, RevokeAllApiKeys } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { useQuery } from "../api/use-query";
import { useSession } from "../session/session";
import { Failure } from "../shell/failure";

/** What has to be typed, letter by letter. */
const CONFIRMATION = "REVOKE ALL";

/** Ends every key of every user, after the words for it were typed, and says how many it were. */
export function RevokeAllDialog({ onClose }: { onClose(hasRevoked: boolean): void }) {
  const session = useSession();
  const { data } = useQuery(KeysToRevoke, {});
  const [typed, setTyped] = useState("");
  const [count, setCount] = useState<number | null>(null);
  const revoke = useMutation(RevokeAllApiKeys);
  // Without VIEW_ALL_API_KEYS the lists have one's own keys only, and a number would be too low.
  const isKnown = data !== null && session.has("VIEW_ALL_API_KEYS");
  const known = isKnown ? data.active.totalCount + data.disabled.totalCount + data.expired.totalCount : null;

  const submit = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    const done = await revoke.run({ confirm: typed });
    if (done !== null) setCount(done.revokeAllApiKeys.count);
  };

  return (
    <Modal opened onClose={() => onClose(count !== null)} title="Revoke ALL API keys" closeOnClickOutside={false}>
      {count === null ? (
        <form onSubmit={(event) => void submit(event)} aria-label="Revoke ALL API keys">
          <Stack>
            <Text size="sm">
              {known === null
                ? "Every key of every user"
                : `All keys of all users, ${known.toLocaleString()} in total,`}{" "}
              will be refused from the very next request on. This cannot be undone: every integration will need a new
              key.
            </Text>
            <TextInput
              label={`Type ${CONFIRMATION} to confirm`}
              autoComplete="off"
              spellCheck={false}
              data-autofocus
              value={typed}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Failure error={revoke.error} />
            <Group justify="flex-end">
              <Button variant="default" onClick={() => onClose(false)}>
                Cancel
              </Button>
              <Button type="submit" color="red" disabled={typed !== CONFIRMATION} loading={revoke.isRunning}>
                Revoke ALL keys
              </Button>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Text role="status">{keys(count)} revoked.</Text>
          <Group justify="flex-end">
            <Button onClick={() => onClose(true)}>Done</Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}

function keys(count: number): string {
  return count === 1 ? "1 key" : `${count.toLocaleString()} keys`;
}
