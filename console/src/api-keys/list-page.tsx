import { Anchor, Box, Button, Group, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { type ApiKeyFilter, type ApiKeyStatus, ApiKeys } from "../api/operations";
import { useQuery } from "../api/use-query";
import { linkTo } from "../router";
import { type Session, useSession } from "../session/session";
import { Failure } from "../shell/failure";
import { Page } from "../shell/page";
import { KeyCards } from "./key-cards";
import { KeyTable } from "./key-table";
import { ListFilters } from "./list-filters";
import { RevokeAllDialog } from "./revoke-all-dialog";
import { useUsageStart } from "./use-key-details";

/** What of the keys is listed, and where in the list one is: the cursors of the pages up to the present one. */
export interface ListState {
  readonly isEveryones: boolean;
  readonly search: string;
  readonly status: ApiKeyStatus | null;
  readonly unusedForDays: number | null;
  readonly cursors: readonly string[];
}

export const FIRST_LIST: ListState = { isEveryones: false, search: "", status: null, unusedForDays: null, cursors: [] };

const PAGE_SIZE = 25;
const SEARCH_DELAY_MS = 250;

/** Own keys, or everyone's for those who may see them. */
export function ListPage({ list, onChange }: { readonly list: ListState; onChange(list: ListState): void }) {
  const session = useSession();
  const isWide = useMediaQuery("(min-width: 62em)", undefined, { getInitialValueInEffect: false });
  const [search] = useDebouncedValue(list.search, SEARCH_DELAY_MS);
  const usedSince = useUsageStart();
  const [isRevokingAll, setRevokingAll] = useState(false);
  const after = list.cursors.at(-1) ?? null;
  const keys = useQuery(ApiKeys, {
    first: PAGE_SIZE,
    after,
    usedSince,
    filter: filterOf({ ...list, search }, session),
  });
  const nodes = keys.data?.apiKeys.nodes ?? [];
  const Keys = isWide ? KeyTable : KeyCards;

  return (
    <Page
      title="API keys"
      lead="Each hands out what it was given, and no more than its owner may."
      actions={
        <>
          {session.has("REVOKE_ALL_API_KEYS") && (
            <Button color="red" variant="light" onClick={() => setRevokingAll(true)}>
              Revoke ALL keys
            </Button>
          )}
          <Button component="a" href={linkTo("api-keys", "generate")}>
            Generate key
          </Button>
        </>
      }
    >
      <ListFilters list={list} onChange={(part) => onChange({ ...list, cursors: [], ...part })} />
      <Failure error={keys.error} onRetry={() => void keys.reload()} />
      {keys.data === null && keys.error === null && <ListSkeleton />}
      {keys.data !== null && nodes.length === 0 && <NoKeys isFiltered={isFiltered(list)} />}
      {nodes.length > 0 && (
        <Box aria-busy={keys.isLoading} opacity={keys.isLoading ? 0.6 : 1}>
          <Keys keys={nodes} withOwner={list.isEveryones} />
        </Box>
      )}
      {keys.data !== null && (
        <Pager
          list={list}
          shown={nodes.length}
          total={keys.data.apiKeys.totalCount}
          next={keys.data.apiKeys.pageInfo.hasNextPage ? keys.data.apiKeys.pageInfo.endCursor : null}
          onMove={(cursors) => onChange({ ...list, cursors })}
        />
      )}
      {isRevokingAll && (
        <RevokeAllDialog
          onClose={(hasRevoked) => {
            setRevokingAll(false);
            if (hasRevoked) void keys.reload();
          }}
        />
      )}
    </Page>
  );
}

function filterOf(list: ListState, session: Session): ApiKeyFilter {
  return {
    ...(!list.isEveryones && { ownerId: session.user.id }),
    ...(list.search.trim() !== "" && { search: list.search.trim() }),
    ...(list.status !== null && { status: list.status }),
    ...(list.unusedForDays !== null && { unusedForDays: list.unusedForDays }),
  };
}

const isFiltered = (list: ListState): boolean =>
  list.search.trim() !== "" || list.status !== null || list.unusedForDays !== null;

function NoKeys({ isFiltered: isNarrow }: { readonly isFiltered: boolean }) {
  return (
    <Paper withBorder p="xl" ta="center">
      <Text fw={500}>{isNarrow ? "No key matches" : "No API keys yet"}</Text>
      <Text size="sm" c="dimmed" mt={4}>
        {isNarrow ? (
          "Try fewer filters."
        ) : (
          <>
            <Anchor href={linkTo("api-keys", "generate")} size="sm">
              Generate one
            </Anchor>{" "}
            for each integration, so that each can be ended by itself.
          </>
        )}
      </Text>
    </Paper>
  );
}

function ListSkeleton() {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {["one", "two", "three", "four", "five"].map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}

function Pager(props: {
  readonly list: ListState;
  readonly shown: number;
  readonly total: number;
  readonly next: string | null;
  onMove(cursors: readonly string[]): void;
}) {
  const { list, shown, total, next, onMove } = props;
  const { cursors } = list;
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
