import { Badge, Table } from "@mantine/core";
import type { ApiKeySecretState } from "../api/operations";
import { Instant } from "../shell/instant";
import { Panel } from "../shell/panel";
import type { KeyDetails } from "./key-draft";

const WORDS: Readonly<Record<ApiKeySecretState, string>> = {
  ACTIVE: "In use",
  PENDING: "New, not used yet",
  GRACE: "Replaced, still works",
  RETIRED: "Retired",
};

/** The secrets that rotations made, by their dates; nothing shows a secret itself. */
export function SecretList({ secrets }: { readonly secrets: KeyDetails["secrets"] }) {
  return (
    <Panel title="Secrets" about="One for each rotation. None of them can be shown again.">
      <Table.ScrollContainer minWidth={460}>
        <Table fz="sm" aria-label="Secrets">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>State</Table.Th>
              <Table.Th>Made</Table.Th>
              <Table.Th>Took over</Table.Th>
              <Table.Th>Stops</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {secrets.map((secret) => (
              <Table.Tr key={secret.createdAt + secret.state}>
                <Table.Td>
                  <Badge variant="light" color={secret.state === "RETIRED" ? "gray" : undefined}>
                    {WORDS[secret.state]}
                  </Badge>
                </Table.Td>
                <Table.Td>
                  <Instant at={secret.createdAt} none="" byMinute />
                </Table.Td>
                <Table.Td>
                  <Instant at={secret.firstUsedAt} none="–" byMinute />
                </Table.Td>
                <Table.Td>
                  <Instant at={secret.expiresAt} none="With the key" byMinute />
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </Panel>
  );
}
