import { Alert, Button } from "@mantine/core";
import type { ApiError } from "../api/client";
import { plainly } from "../api/field-problem";

/** What the service said instead of doing it; nothing when `error` is null. */
export function Failure({ error, onRetry }: { readonly error: ApiError | null; onRetry?: () => void }) {
  if (error === null) return null;
  return (
    <Alert color="red" role="alert" title={titles[error.code] ?? "That did not work"}>
      {plainly(error.message)}
      {onRetry !== undefined && (
        <Button mt="sm" display="block" size="xs" variant="default" onClick={onRetry}>
          Try again
        </Button>
      )}
    </Alert>
  );
}

const titles: Readonly<Record<string, string>> = {
  FORBIDDEN: "You may not do this",
  OUT_OF_SCOPE: "More than you hold yourself",
  CONFLICT: "Something has changed in the meantime",
  RATE_LIMITED: "Too many attempts",
  UNREACHABLE: "No connection",
  UNAVAILABLE: "The database cannot be reached",
};
