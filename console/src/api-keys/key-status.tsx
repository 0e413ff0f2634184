import { Badge, Group, type MantineColor } from "@mantine/core";
import type { ApiKeyStatus, KeyFactsFragment } from "../api/operations";

const LOOKS: Readonly<Record<ApiKeyStatus, { readonly word: string; readonly color: MantineColor }>> = {
  ACTIVE: { word: "Active", color: "green" },
  DISABLED: { word: "Disabled", color: "gray" },
  EXPIRED: { word: "Expired", color: "orange" },
  REVOKED: { word: "Revoked", color: "red" },
};

export const STATUSES = Object.entries(LOOKS).map(([value, { word }]) => ({ value, label: word }));

/** Whether the key works, and an alarm when somebody tried a secret of it that was replaced. */
export function KeyStatus({ apiKey }: { readonly apiKey: Pick<KeyFactsFragment, "status" | "retiredSecretUsedAt"> }) {
  const { word, color } = LOOKS[apiKey.status];
  return (
    <Group gap={6}>
      <Badge variant="light" color={color}>
        {word}
      </Badge>
      {apiKey.retiredSecretUsedAt !== null && (
        <Badge color="red" title="A secret that a rotation had ended was tried: somebody still has it.">
          Old secret tried
        </Badge>
      )}
    </Group>
  );
}
