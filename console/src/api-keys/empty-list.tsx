import { Anchor, Paper, Skeleton, Stack, Text } from "@mantine/core";
import { linkTo } from "../router";

/** In the place of the list when it has no key. */
export function NoKeys({ isFiltered: isNarrow }: { readonly isFiltered: boolean }) {
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

/** In the place of the list until it is there. */
export function ListSkeleton() {
  return (
    <Stack gap="xs" role="status" aria-label="Loading">
      {["one", "two", "three", "four", "five"].map((row) => (
        <Skeleton key={row} height={44} />
      ))}
    </Stack>
  );
}
