import { useState } from "react";
import { ApiKeyDetails, type ApiKeyDetailsQuery } from "../api/operations";
import { type QueryState, useQuery } from "../api/use-query";

/** How far back use is shown. */
export const USAGE_DAYS = 7;
const DAY_MS = 86_400_000;

/** The instant from which use is shown, of a page that appears now. */
export function useUsageStart(): string {
  const [since] = useState(() => new Date(Date.now() - USAGE_DAYS * DAY_MS).toISOString());
  return since;
}

/** One key with all that a page tells of it. */
export function useKeyDetails(id: string): QueryState<ApiKeyDetailsQuery> {
  return useQuery(ApiKeyDetails, { id, usedSince: useUsageStart() });
}
