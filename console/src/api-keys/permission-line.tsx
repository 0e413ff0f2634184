import { Badge, Box, Button, Checkbox, Collapse, Group, Input, Text } from "@mantine/core";
import { useId, useState } from "react";
import type { Action } from "../api/operations";
import { FieldChooser } from "./field-chooser";
import { ACTIONS, coversAllFields, type PermissionDraft, type Resource } from "./permission-draft";
import { RowChooser } from "./row-chooser";
import { actionWord, readable } from "./words";

/** One line of the permission table; its fields and records are chosen below it. */
export function PermissionLine(props: {
  readonly line: PermissionDraft;
  /** Null for a resource whose fields this user may not learn. */
  readonly resource: Resource | null;
  readonly isFurther: boolean;
  readonly problem: string | null;
  onChange(line: PermissionDraft): void;
  onAdd(): void;
  onRemove(): void;
}) {
  const { line, resource, isFurther, problem, onChange, onAdd, onRemove } = props;
  const [isOpen, setOpen] = useState(false);
  const panel = useId();
  const name = readable(line.resource);
  const isGranted = line.actions.length > 0;

  const toggle = (action: Action): void => {
    const has = line.actions.includes(action);
    const actions = has ? line.actions.filter((other) => other !== action) : [...line.actions, action];
    onChange({ ...line, actions: ACTIONS.filter((other) => actions.includes(other)) });
  };

  return (
    <Box
      className="permission-line"
      pt={8}
      pb={4}
      role="group"
      aria-label={isFurther ? `${name}, further permission` : name}
    >
      <Box className="permission" py={4}>
        <Text fw={500} size="sm" c={isFurther ? "dimmed" : undefined}>
          {isFurther ? "and also" : name}
        </Text>
        {ACTIONS.map((action) => (
          <Checkbox
            key={action}
            size="sm"
            label={actionWord(action)}
            checked={line.actions.includes(action)}
            disabled={!(resource?.actions.includes(action) ?? false) && !line.actions.includes(action)}
            onChange={() => toggle(action)}
          />
        ))}
        <Group gap="xs" justify="flex-end" wrap="wrap">
          {isGranted && <FieldBadge line={line} />}
          {isGranted && line.rows !== null && <Badge variant="light">Some records</Badge>}
          <Button
            size="compact-sm"
            variant="default"
            aria-expanded={isOpen}
            aria-controls={panel}
            aria-label={`Fields and records of ${name}`}
            onClick={() => setOpen(!isOpen)}
          >
            Fields and records
          </Button>
        </Group>
      </Box>
      <Collapse expanded={isOpen} id={panel} keepMounted={false} transitionDuration={120}>
        <Box p="md" my={4} bg="light-dark(var(--mantine-color-gray-0), var(--mantine-color-dark-7))" bdrs="md">
          <FieldChooser resource={resource} line={line} onChange={(fields) => onChange({ ...line, fields })} />
          <RowChooser rows={line.rows} onChange={(rows) => onChange({ ...line, rows })} />
          <Group mt="md" gap="xs">
            <Button size="compact-xs" variant="subtle" onClick={onAdd}>
              Add other fields for other actions
            </Button>
            {isFurther && (
              <Button size="compact-xs" variant="subtle" color="red" onClick={onRemove}>
                Remove this line
              </Button>
            )}
          </Group>
        </Box>
      </Collapse>
      {problem !== null && <Input.Error role="alert">{problem}</Input.Error>}
    </Box>
  );
}

function FieldBadge({ line }: { readonly line: PermissionDraft }) {
  if (coversAllFields(line)) return <Badge color="orange">ALL fields</Badge>;
  if (line.fields.length === 0) return null;
  return <Badge variant="light">{line.fields.length === 1 ? "1 field" : `${line.fields.length} fields`}</Badge>;
}
