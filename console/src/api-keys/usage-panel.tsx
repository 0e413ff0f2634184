import { Box, Table, Text } from "@mantine/core";
import { Instant } from "../shell/instant";
import { Panel } from "../shell/panel";
import type { KeyDetails } from "./key-draft";
import { UseCount } from "./use-count";
import { USAGE_DAYS } from "./use-key-details";
import { hoursOf, type UsedHour } from "./used-hour";

/** What the key was used for, hour by hour: calls, and how many of them were denied or failed. */
export function UsagePanel({ usage }: { readonly usage: KeyDetails["usage"] }) {
  const hours = hoursOf(usage);
  const most = Math.max(1, ...hours.map(({ calls }) => calls));
  return (
    <Panel
      title="Use"
      about={`By hour, over the last ${USAGE_DAYS} days`}
      aside={
        <Text size="sm">
          Calls: <UseCount usage={usage} />
        </Text>
      }
    >
      {hours.length === 0 ? (
        <Text size="sm" c="dimmed">
          Not used in this time.
        </Text>
      ) : (
        <Table.ScrollContainer minWidth={560} mah={420}>
          <Table fz="sm" aria-label="Use by hour" stickyHeader>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>Hour</Table.Th>
                <Table.Th>Operations</Table.Th>
                <Table.Th ta="right">Calls</Table.Th>
                <Table.Th ta="right">Denied</Table.Th>
                <Table.Th ta="right">Errors</Table.Th>
                <Table.Th w="22%" aria-label="Share" />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {hours.map((hour) => (
                <HourRow key={hour.hour} hour={hour} most={most} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </Panel>
  );
}

function HourRow({ hour, most }: { readonly hour: UsedHour; readonly most: number }) {
  const share = (count: number): string => `${(100 * count) / most}%`;
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <Instant at={hour.hour} none="" byMinute />
      </Table.Td>
      <Table.Td>
        <Text size="sm" c="dimmed" lineClamp={1} title={hour.operations.join(", ")}>
          {hour.operations.join(", ")}
        </Text>
      </Table.Td>
      <Table.Td ta="right" className="number">
        {hour.calls.toLocaleString()}
      </Table.Td>
      <Table.Td ta="right" className="number" c={hour.denials > 0 ? "red" : "dimmed"}>
        {hour.denials.toLocaleString()}
      </Table.Td>
      <Table.Td ta="right" className="number" c={hour.errors > 0 ? "orange" : "dimmed"}>
        {hour.errors.toLocaleString()}
      </Table.Td>
      <Table.Td>
        <div className="bar" aria-hidden="true">
          <Box w={share(hour.calls - hour.denials - hour.errors)} bg="cyan.7" />
          <Box w={share(hour.denials)} bg="red.6" />
          <Box w={share(hour.errors)} bg="orange.5" />
        </div>
      </Table.Td>
    </Table.Tr>
  );
}
