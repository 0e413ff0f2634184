import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { RevokeApiKey } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { Failure } from "../shell/failure";
import type { KeyDetails } from "./key-draft";

/** Asks once before a key is ended for ever. */
export function RevokeDialog(props: { readonly apiKey: KeyDetails; onClose(hasChanged: boolean): void }) {
  const { apiKey, onClose } = props;
  const revoke = useMutation(RevokeApiKey);

  const submit = async (): Promise<void> => {
    if ((await revoke.run({ id: apiKey.id })) !== null) onClose(true);
  };

  return (
    <Modal opened onClose={() => onClose(false)} title="Revoke this key for ever?">
      <Stack>
        <Text size="sm">
          <strong>{apiKey.name}</strong> is refused from its very next request on. This cannot be undone: whatever uses
          it needs another key. To stop it for a while, disable it instead.
        </Text>
        <Failure error={revoke.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose(false)} data-autofocus>
            Cancel
          </Button>
          <Button color="red" loading={revoke.isRunning} onClick={() => void submit()}>
            Revoke key
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
