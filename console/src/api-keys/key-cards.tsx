import { Anchor, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ReactNode } from "react";
import { linkTo } from "../router";
import { Instant } from "../shell/instant";
import { KeyStatus } from "./key-status";
import type { KeysProps } from "./key-table";
import { UseCount } from "./use-count";
import { USAGE_DAYS } from "./use-key-details";

/** Keys one below the other, for narrow windows: the same as the table has. */
export function KeyCards({ keys, withOwner }: KeysProps) {
  return (
    <Stack gap="sm" component="ul" m={0} p={0} aria-label="API keys">
      {keys.map((key) => (
        <Paper key={key.id} withBorder p="md" component="li" style={{ listStyle: "none" }}>
          <Group justify="space-between" align="flex-start" wrap="nowrap" gap="sm" mb="xs">
            <Anchor href={linkTo("api-keys", key.id)} fw={600} style={{ overflowWrap: "anywhere" }}>
              {key.name}
            </Anchor>
            <KeyStatus apiKey={key} />
          </Group>
          <SimpleGrid cols={2} spacing="xs" verticalSpacing="xs">
            {withOwner && <Fact name="Owner">{`${key.owner.firstName} ${key.owner.lastName}`}</Fact>}
            <Fact name="Created">
              <Instant at={key.createdAt} none="" />
            </Fact>
            <Fact name="Expires">
              <Instant at={key.expiresAt} none="Never" />
            </Fact>
            <Fact name="Last used">
              <Instant at={key.lastUsedAt} none="Never" />
            </Fact>
            <Fact name={`Calls, ${USAGE_DAYS} days`}>
              <UseCount usage={key.usage} />
            </Fact>
            <Fact name="Application">{key.application}</Fact>
            <Fact name="Device ID">{key.deviceId}</Fact>
          </SimpleGrid>
        </Paper>
      ))}
    </Stack>
  );
}

/** A value below its name. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <Text size="xs" c="dimmed">
        {name}
      </Text>
      <Text size="sm" component="div" style={{ overflowWrap: "anywhere" }}>
        {children}
      </Text>
    </div>
  );
}
