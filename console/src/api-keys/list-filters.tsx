import { Group, SegmentedControl, Select, TextInput } from "@mantine/core";
import type { ApiKeyStatus } from "../api/operations";
import { useSession } from "../session/session";
import { STATUSES } from "./key-status";
import type { ListState } from "./list-page";

const UNUSED_FOR_DAYS = [7, 30, 90, 180, 365];

/** Which keys are listed. */
export function ListFilters({
  list,
  onChange,
}: {
  readonly list: ListState;
  onChange(part: Partial<ListState>): void;
}) {
  const session = useSession();
  return (
    <Group gap="sm">
      {session.has("VIEW_ALL_API_KEYS") && (
        <SegmentedControl
          aria-label="Whose keys"
          data={[
            { value: "own", label: "My keys" },
            { value: "all", label: "Everyone's" },
          ]}
          value={list.isEveryones ? "all" : "own"}
          onChange={(value) => onChange({ isEveryones: value === "all" })}
        />
      )}
      <TextInput
        aria-label="Search keys"
        placeholder={list.isEveryones ? "Search name or owner's email" : "Search name"}
        type="search"
        flex={1}
        miw={180}
        maw={360}
        value={list.search}
        onChange={(event) => onChange({ search: event.currentTarget.value })}
      />
      <Select
        aria-label="Status"
        placeholder="Any status"
        clearable
        w={150}
        data={STATUSES}
        value={list.status}
        onChange={(status) => onChange({ status: status as ApiKeyStatus | null })}
      />
      <Select
        aria-label="Unused for"
        placeholder="Used or not"
        clearable
        w={190}
        data={UNUSED_FOR_DAYS.map((days) => ({ value: String(days), label: `Unused for ${days} days` }))}
        value={list.unusedForDays === null ? null : String(list.unusedForDays)}
        onChange={(days) => onChange({ unusedForDays: days === null ? null : Number(days) })}
      />
    </Group>
  );
}
