import { useCallback, useEffect, useState } from "react";
import { type ApiError, request } from "./client";
import type { Operation } from "./operation";

/** Where a query stands. While it is asked anew, the data of the last answer stays, so that nothing on the page jumps. */
export interface QueryState<Data> {
  readonly data: Data | null;
  readonly error: ApiError | null;
  readonly isLoading: boolean;
  /** Asks again; resolves when the answer is there. */
  reload(): Promise<void>;
}

/** Runs a query when the page appears and whenever its variables change; an answer that was overtaken is dropped. */
export function useQuery<Data, Variables>(
  operation: Operation<Data, Variables>,
  variables: Variables,
): QueryState<Data> {
  const [state, setState] = useState<Omit<QueryState<Data>, "reload">>({ data: null, error: null, isLoading: true });
  const key = JSON.stringify(variables);

  const load = useCallback(
    async (isWanted: () => boolean): Promise<void> => {
      setState((before) => ({ ...before, isLoading: true }));
      try {
        const data = await request(operation, JSON.parse(key) as Variables);
        if (isWanted()) setState({ data, error: null, isLoading: false });
      } catch (error) {
        if (isWanted()) setState((before) => ({ ...before, error: error as ApiError, isLoading: false }));
      }
    },
    [operation, key],
  );

  useEffect(() => {
    let isCurrent = true;
    void load(() => isCurrent);
    return () => {
      isCurrent = false;
    };
  }, [load]);

  return { ...state, reload: useCallback(() => load(() => true), [load]) };
}
