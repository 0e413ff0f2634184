import { Text } from "@mantine/core";

/** The service lists at most so many rows of use, so a sum of as many may be too low. */
const MOST_ROWS = 500;

/** Calls of the last days, with the denials among them. */
export function UseCount({
  usage,
}: {
  readonly usage: readonly { readonly calls: number; readonly denials: number }[];
}) {
  const calls = usage.reduce((sum, row) => sum + row.calls, 0);
  const denials = usage.reduce((sum, row) => sum + row.denials, 0);
  const atLeast = usage.length >= MOST_ROWS ? "≥ " : "";
  return (
    <Text span inherit className="number" c={calls === 0 ? "dimmed" : undefined}>
      {atLeast}
      {calls.toLocaleString()}
      {denials > 0 && (
        <Text span inherit c="red">
          {` · ${denials.toLocaleString()} denied`}
        </Text>
      )}
    </Text>
  );
}
