import { Box, Button } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { useState } from "react";
import { type ApiKeyFilter, type ApiKeyStatus, ApiKeys } from "../api/operations";
import { useQuery } from "../api/use-query";
import { linkTo } from "../router";
import { type Session, useSession } from "../session/session";
import { Failure } from "../shell/failure";
import { Page } from "../shell/page";
import { ListSkeleton, NoKeys } from "./empty-list";
import { KeyCards } from "./key-cards";
import { KeyTable } from "./key-table";
import { ListFilters } from "./list-filters";
import { PAGE_SIZE, Pager } from "./pager";
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
          cursors={list.cursors}
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
