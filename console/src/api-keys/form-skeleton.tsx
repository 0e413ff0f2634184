import { Skeleton, Stack } from "@mantine/core";

/** In the place of a form or page of panels until its contents are there. */
export function FormSkeleton() {
  return (
    <Stack gap="lg" role="status" aria-label="Loading">
      <Skeleton height={230} />
      <Skeleton height={330} />
      <Skeleton height={280} />
    </Stack>
  );
}
