import { Alert, Button, Code, Group, List, Modal, Stack, Text } from "@mantine/core";
import { useEffect, useState } from "react";
import { fileNameOf } from "./file-name";
import { copyText, downloadText } from "./hand-out";
import type { NewSecret } from "./secret-provider";
import { warningText } from "./words";

/** The one time that a token is seen: to copy, to download, and only then to close. */
export function SecretDialog({ secret, onClose }: { readonly secret: NewSecret; onClose(): void }) {
  const { keyName, token, warnings } = secret;
  const [isKept, setKept] = useState(false);
  const [said, setSaid] = useState("");
  const [isAsking, setAsking] = useState(false);
  useWarningOnLeave(!isKept);

  const copy = async (): Promise<void> => {
    const isCopied = await copyText(token);
    setSaid(
      isCopied ? "Copied to the clipboard." : "This browser did not allow it: select the key above, and copy it.",
    );
    if (isCopied) setKept(true);
  };
  const download = (): void => {
    downloadText(fileNameOf(keyName), `${token}\n`);
    setSaid(`Downloaded as ${fileNameOf(keyName)}.`);
    setKept(true);
  };
  const close = (): void => (isKept ? onClose() : setAsking(true));

  return (
    <Modal
      opened
      onClose={close}
      title={isAsking ? "Close without the key?" : "Save the generated key"}
      size="lg"
      closeOnClickOutside={false}
      withCloseButton={false}
    >
      {isAsking ? (
        <Stack>
          <Text>
            You have neither copied nor downloaded the key. Once this is closed, nothing can show it again: you would
            have to rotate the key or generate another one.
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
              Back to the key
            </Button>
            <Button color="red" onClick={onClose}>
              Close anyway
            </Button>
          </Group>
        </Stack>
      ) : (
        <Stack>
          <Text>
            This is the key <strong>{keyName}</strong>. It is shown <strong>only now</strong>; only a digest of it is
            stored.
          </Text>
          <Code block className="secret" aria-label="API key" fz="sm" p="md">
            {token}
          </Code>
          {warnings.length > 0 && <Warnings warnings={warnings} />}
          <Group>
            <Button onClick={() => void copy()} data-autofocus>
              Copy to clipboard
            </Button>
            <Button variant="default" onClick={download}>
              Download
            </Button>
            <Button variant="subtle" color="gray" ml="auto" onClick={close}>
              Close
            </Button>
          </Group>
          <Text size="sm" c="dimmed" role="status" mih="1.4em">
            {said}
          </Text>
        </Stack>
      )}
    </Modal>
  );
}

function Warnings({ warnings }: { readonly warnings: readonly string[] }) {
  return (
    <Alert
      color="orange"
      role="alert"
      title={warnings.some((text) => text.startsWith("ALL_FIELDS")) ? "ALL FIELDS" : "Note"}
    >
      <List size="sm">
        {warnings.map((warning) => (
          <List.Item key={warning}>{warningText(warning)}</List.Item>
        ))}
      </List>
    </Alert>
  );
}

/** Has the browser ask before the page is closed or loaded anew while the key would be lost. */
function useWarningOnLeave(isNeeded: boolean): void {
  useEffect(() => {
    if (!isNeeded) return;
    const ask = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [isNeeded]);
}
