import { Button, Group, Text } from "@mantine/core";

/** Keys on one page of the list. */
export const PAGE_SIZE = 25;

/** Where in the list one is, and the ways to its next and previous page. `cursors` are those of the pages up to this one. */
export function Pager(props: {
  readonly cursors: readonly string[];
  readonly shown: number;
  readonly total: number;
  readonly next: string | null;
  onMove(cursors: readonly string[]): void;
}) {
  const { cursors, shown, total, next, onMove } = props;
  const from = cursors.length * PAGE_SIZE;
  return (
    <Group justify="space-between" mih={30}>
      <Text size="sm" c="dimmed" className="number" role="status">
        {shown === 0 ? "0 keys" : `${from + 1}–${from + shown} of ${total} ${total === 1 ? "key" : "keys"}`}
      </Text>
      {(cursors.length > 0 || next !== null) && (
        <Group gap="xs">
          <Button
            size="compact-sm"
            variant="default"
            disabled={cursors.length === 0}
            onClick={() => onMove(cursors.slice(0, -1))}
          >
            Previous page
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            disabled={next === null}
            onClick={() => next !== null && onMove([...cursors, next])}
          >
            Next page
          </Button>
        </Group>
      )}
    </Group>
  );
}
