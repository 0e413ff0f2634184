import { Anchor, Paper, Table, Text } from "@mantine/core";
import type { ApiKeysQuery } from "../api/operations";
import { linkTo } from "../router";
import { Instant } from "../shell/instant";
import { KeyStatus } from "./key-status";
import { UseCount } from "./use-count";
import { USAGE_DAYS } from "./use-key-details";

/** Keys of a list, with their use. */
export interface KeysProps {
  readonly keys: ApiKeysQuery["apiKeys"]["nodes"];
  readonly withOwner: boolean;
}

/** Keys as a table, for wide windows. */
export function KeyTable({ keys, withOwner }: KeysProps) {
  return (
    <Paper withBorder style={{ overflowX: "auto" }}>
      <Table
        className="keys"
        verticalSpacing="sm"
        horizontalSpacing="md"
        fz="sm"
        highlightOnHover
        aria-label="API keys"
      >
        <Table.Thead>
          <Table.Tr>
            <Table.Th>Name</Table.Th>
            {withOwner && <Table.Th>Owner</Table.Th>}
            <Table.Th>Created</Table.Th>
            <Table.Th>Application</Table.Th>
            <Table.Th>Device ID</Table.Th>
            <Table.Th>Expires</Table.Th>
            <Table.Th>Last used</Table.Th>
            <Table.Th>Calls, {USAGE_DAYS} days</Table.Th>
            <Table.Th>Status</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {keys.map((key) => (
            <Table.Tr key={key.id}>
              <Table.Td maw={240}>
                <Anchor href={linkTo("api-keys", key.id)} fw={500} size="sm" style={{ overflowWrap: "anywhere" }}>
                  {key.name}
                </Anchor>
                {key.tokenPrefix !== null && (
                  <Text size="xs" c="dimmed" ff="monospace">
                    {key.tokenPrefix}…
                  </Text>
                )}
              </Table.Td>
              {withOwner && (
                <Table.Td maw={200}>
                  <Text size="sm" truncate>
                    {key.owner.firstName} {key.owner.lastName}
                  </Text>
                  <Text size="xs" c="dimmed" truncate title={key.owner.email}>
                    {key.owner.email}
                  </Text>
                </Table.Td>
              )}
              <Table.Td>
                <Instant at={key.createdAt} none="" />
              </Table.Td>
              <Table.Td>{key.application}</Table.Td>
              <Table.Td>{key.deviceId}</Table.Td>
              <Table.Td>
                <Instant at={key.expiresAt} none="Never" />
              </Table.Td>
              <Table.Td>
                <Instant at={key.lastUsedAt} none="Never" />
              </Table.Td>
              <Table.Td>
                <UseCount usage={key.usage} />
              </Table.Td>
              <Table.Td>
                <KeyStatus apiKey={key} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Paper>
  );
}
