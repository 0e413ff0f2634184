import { Box, Checkbox, Group, MultiSelect, Radio, SimpleGrid, TagsInput } from "@mantine/core";
import { DepartmentChoices } from "../api/operations";
import { useQuery } from "../api/use-query";
import { useSession } from "../session/session";
import { NO_ROWS, type RowsDraft } from "./permission-draft";

/** The records that one permission reaches: every one, or those that any of the parts names. */
export function RowChooser(props: { readonly rows: RowsDraft | null; onChange(rows: RowsDraft | null): void }) {
  const { rows, onChange } = props;
  return (
    <Box mt="md">
      <Radio.Group
        label="Records"
        value={rows === null ? "all" : "some"}
        onChange={(value) => onChange(value === "all" ? null : NO_ROWS)}
      >
        <Group mt={4} gap="lg">
          <Radio size="xs" value="all" label="Every record" />
          <Radio size="xs" value="some" label="Only some records" />
        </Group>
      </Radio.Group>
      {rows !== null && <RowParts rows={rows} onChange={onChange} />}
    </Box>
  );
}

function RowParts({ rows, onChange }: { readonly rows: RowsDraft; onChange(rows: RowsDraft): void }) {
  const session = useSession();
  return (
    <Box mt="sm">
      <Group gap="lg" mb="sm">
        <Checkbox
          size="xs"
          label="The owner's own record"
          checked={rows.self}
          onChange={(event) => onChange({ ...rows, self: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label="Everybody who reports to the owner"
          checked={rows.reports}
          onChange={(event) => onChange({ ...rows, reports: event.currentTarget.checked })}
        />
      </Group>
      <SimpleGrid cols={{ base: 1, sm: 3 }} spacing="sm">
        {session.reads("department", "name") ? (
          <DepartmentSelect
            ids={rows.departmentIds}
            onChange={(departmentIds) => onChange({ ...rows, departmentIds })}
          />
        ) : (
          <TagsInput
            size="xs"
            label="Department ids"
            value={[...rows.departmentIds]}
            onChange={(departmentIds) => onChange({ ...rows, departmentIds })}
          />
        )}
        <TagsInput
          size="xs"
          label="Locations"
          placeholder="Type, then Enter"
          value={[...rows.locations]}
          onChange={(locations) => onChange({ ...rows, locations })}
        />
        <TagsInput
          size="xs"
          label="Employee ids"
          placeholder="Type, then Enter"
          value={[...rows.employeeIds]}
          onChange={(employeeIds) => onChange({ ...rows, employeeIds })}
        />
      </SimpleGrid>
    </Box>
  );
}

function DepartmentSelect({ ids, onChange }: { readonly ids: readonly string[]; onChange(ids: string[]): void }) {
  const { data } = useQuery(DepartmentChoices, {});
  const known = data?.departments.nodes.map(({ id, name }) => ({ value: id, label: name ?? id })) ?? [];
  const unknown = ids.filter((id) => !known.some(({ value }) => value === id)).map((id) => ({ value: id, label: id }));
  return (
    <MultiSelect
      size="xs"
      label="Departments"
      searchable
      data={[...known, ...unknown]}
      value={[...ids]}
      onChange={onChange}
    />
  );
}
