import { useState } from "react";
import { ApiError, request } from "./client";
import type { Operation } from "./operation";

/** One mutation of a page: whether it is under way, and what was wrong with it last. */
export interface MutationState<Data, Variables> {
  readonly isRunning: boolean;
  readonly error: ApiError | null;
  /** Null when it was refused, which `error` then tells. */
  run(variables: Variables): Promise<Data | null>;
  forget(): void;
}

/** A mutation for a button or form; a second press while the first is under way does nothing. */
export function useMutation<Data, Variables>(operation: Operation<Data, Variables>): MutationState<Data, Variables> {
  const [isRunning, setRunning] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  return {
    isRunning,
    error,
    forget: () => setError(null),
    async run(variables) {
      if (isRunning) return null;
      setRunning(true);
      setError(null);
      try {
        return await request(operation, variables);
      } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        setError(failure);
        return null;
      } finally {
        setRunning(false);
      }
    },
  };
}
