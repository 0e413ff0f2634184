import { Alert, Input, Stack } from "@mantine/core";
import type { ApiError } from "../api/client";
import { problemAt } from "../api/field-problem";
import { coversAllFields, granting, newPermission, type PermissionDraft, type Resource } from "./permission-draft";
import { PermissionLine } from "./permission-line";
import { readable } from "./words";

/** Permissions for this key alone, a line for each resource or several: actions, fields, records. */
export function PermissionTable(props: {
  readonly resources: readonly Resource[];
  readonly permissions: readonly PermissionDraft[];
  readonly error: ApiError | null;
  onChange(permissions: readonly PermissionDraft[]): void;
}) {
  const { resources, permissions, error, onChange } = props;
  const sent = granting(permissions);
  const problemOf = (line: PermissionDraft): string | null => {
    const at = sent.indexOf(line);
    return at < 0 ? null : problemAt(error, `input.grants[${at}]`);
  };
  const whole = error?.field === "input.grants" ? problemAt(error, "input.grants") : null;
  const wide = [...new Set(permissions.filter(coversAllFields).map(({ resource }) => readable(resource)))];

  return (
    <Stack gap={0}>
      {permissions.map((line, at) => (
        <PermissionLine
          key={line.key}
          line={line}
          resource={resources.find(({ name }) => name === line.resource) ?? null}
          isFurther={permissions[at - 1]?.resource === line.resource}
          problem={problemOf(line)}
          onChange={(next) => onChange(permissions.map((other) => (other === line ? next : other)))}
          onAdd={() => onChange(permissions.toSpliced(at + 1, 0, newPermission(line.resource)))}
          onRemove={() => onChange(permissions.toSpliced(at, 1))}
        />
      ))}
      {wide.length > 0 && (
        <Alert color="orange" variant="light" role="status" title={`ALL FIELDS of ${wide.join(", ")}`} mt="xs">
          No field is chosen there, so this key may touch every field, also those that are added later. Choose fields to
          limit it.
        </Alert>
      )}
      {whole !== null && <Input.Error role="alert">{whole}</Input.Error>}
    </Stack>
  );
}
