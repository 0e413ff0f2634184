import { Box, Button, Checkbox, Group, Text } from "@mantine/core";
import { offeredFields, type PermissionDraft, type Resource } from "./permission-draft";
import { readable } from "./words";

/** The fields of one permission. None chosen means ALL, which is said where it is decided. */
export function FieldChooser(props: {
  readonly resource: Resource | null;
  readonly line: PermissionDraft;
  onChange(fields: readonly string[]): void;
}) {
  const { resource, line, onChange } = props;
  const offered = resource === null ? [] : offeredFields(resource, line.actions);
  const names = [...new Set([...(resource?.fields.map(({ name }) => name) ?? []), ...line.fields])].sort();
  const isChosen = (name: string): boolean => line.fields.includes(name);

  return (
    <Box role="group" aria-label={`Fields of ${readable(line.resource)}`}>
      <Group justify="space-between" mb="xs" gap="xs">
        <Text size="sm" fw={500}>
          Fields
        </Text>
        {line.fields.length === 0 ? (
          <Text size="sm" c="orange" fw={600}>
            None chosen: ALL fields
          </Text>
        ) : (
          <Button size="compact-xs" variant="subtle" onClick={() => onChange([])}>
            Clear the choice
          </Button>
        )}
      </Group>
      <Box className="field-choices">
        {names.map((name) => (
          <Checkbox
            key={name}
            size="xs"
            label={name}
            checked={isChosen(name)}
            disabled={!isChosen(name) && !offered.includes(name)}
            onChange={() =>
              onChange(isChosen(name) ? line.fields.filter((other) => other !== name) : [...line.fields, name])
            }
          />
        ))}
      </Box>
    </Box>
  );
}
