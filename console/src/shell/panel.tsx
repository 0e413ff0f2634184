import { Group, Paper, Text, Title } from "@mantine/core";
import { type ReactNode, useId } from "react";

/** A part of a page with a heading of its own. */
export function Panel(props: {
  readonly title: string;
  readonly about?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, about, aside, children } = props;
  const id = useId();
  return (
    <Paper withBorder p={{ base: "md", sm: "lg" }} component="section" aria-labelledby={id}>
      <Group justify="space-between" mb={about === undefined ? "md" : 2}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {aside}
      </Group>
      {about !== undefined && (
        <Text size="sm" c="dimmed" mb="md">
          {about}
        </Text>
      )}
      {children}
    </Paper>
  );
}
