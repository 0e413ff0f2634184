import { Badge, Code, Group, Stack, Text } from "@mantine/core";
import type { GrantPartsFragment } from "../api/operations";
import { coversAllFields } from "./permission-draft";
import { actionWord, readable } from "./words";

type Rows = NonNullable<GrantPartsFragment["rows"]>;
type Grant = GrantPartsFragment & { readonly alsoWithin?: readonly Rows[] };

/** Resources, actions and fields of some grants, as people read them. */
export function GrantList({ grants, empty }: { readonly grants: readonly Grant[]; readonly empty: string }) {
  if (grants.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {empty}
      </Text>
    );
  }
  return (
    <Stack gap="sm" component="ul" m={0} p={0} mt="xs">
      {grants.map((grant) => (
        <Stack gap={6} key={JSON.stringify(grant)} component="li" style={{ listStyle: "none" }}>
          <Group gap="xs">
            <Text size="sm" fw={500} miw={110}>
              {readable(grant.resource)}
            </Text>
            {grant.actions.map((action) => (
              <Badge key={action} variant="light" size="sm">
                {actionWord(action)}
              </Badge>
            ))}
          </Group>
          <Fields grant={grant} />
          {[...(grant.rows === null ? [] : [grant.rows]), ...(grant.alsoWithin ?? [])].map((rows, at) => (
            <Text size="sm" c="dimmed" key={JSON.stringify(rows)}>
              {at === 0 ? "Only" : "and only"} {rowWords(rows)}
            </Text>
          ))}
        </Stack>
      ))}
    </Stack>
  );
}

function Fields({ grant }: { readonly grant: Grant }) {
  if (grant.fields !== null) {
    return (
      <Group gap={4}>
        {grant.fields.map((field) => (
          <Code key={field}>{field}</Code>
        ))}
      </Group>
    );
  }
  return coversAllFields({ actions: grant.actions, fields: [] }) ? (
    <Badge color="orange">ALL fields</Badge>
  ) : (
    <Text size="sm" c="dimmed">
      The record as a whole
    </Text>
  );
}

function rowWords({ departmentIds, locations, employeeIds, self, reports }: Rows): string {
  const count = (many: readonly string[] | null, one: string): string[] =>
    many === null || many.length === 0 ? [] : [many.length === 1 ? `one ${one}` : `${many.length} ${one}s`];
  return [
    ...(self === true ? ["the owner's own record"] : []),
    ...(reports === true ? ["those who report to the owner"] : []),
    ...count(departmentIds, "department"),
    ...(locations !== null && locations.length > 0 ? [`people at ${locations.join(", ")}`] : []),
    ...count(employeeIds, "named employee"),
  ].join(", or ");
}
