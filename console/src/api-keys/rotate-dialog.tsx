import { Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { RotateApiKey } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { Failure } from "../shell/failure";
import type { KeyDetails } from "./key-draft";
import { useSecretDialog } from "./secret-provider";

const GRACE = [
  { value: "0", label: "None: it stops at that moment" },
  { value: "300", label: "5 minutes" },
  { value: "3600", label: "1 hour" },
  { value: "86400", label: "1 day" },
  { value: "604800", label: "7 days" },
  { value: "2592000", label: "30 days" },
];

/** Asks for the grace period of the old secret, and hands out the new one. */
export function RotateDialog(props: { readonly apiKey: KeyDetails; onClose(hasChanged: boolean): void }) {
  const { apiKey, onClose } = props;
  const showSecret = useSecretDialog();
  const [grace, setGrace] = useState("0");
  const rotate = useMutation(RotateApiKey);

  const submit = async (): Promise<void> => {
    const done = await rotate.run({ id: apiKey.id, graceSeconds: Number(grace) });
    if (done === null) return;
    const { token, warnings } = done.rotateApiKey;
    showSecret({ keyName: apiKey.name, token, warnings });
    onClose(true);
  };

  return (
    <Modal opened onClose={() => onClose(false)} title="Rotate the key's secret">
      <Stack>
        <Text size="sm">
          <strong>{apiKey.name}</strong> gets a new secret. The old one works until the new one is first used, and then
          for the grace period.
        </Text>
        <Select
          label="Grace period of the old secret"
          allowDeselect={false}
          data={GRACE}
          value={grace}
          onChange={(value) => setGrace(value ?? "0")}
        />
        <Failure error={rotate.error} />
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onClose(false)}>
            Cancel
          </Button>
          <Button loading={rotate.isRunning} onClick={() => void submit()}>
            Rotate
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
