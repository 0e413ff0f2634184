import { Box, Group, Stack, Text, Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";

/**
 * A page below the header: its title, what can be done, its contents. The title gets the focus when the page appears, so that
 * those who do not see it hear where they are.
 */
export function Page(props: {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly above?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}) {
  const { title, lead, above, actions, children } = props;
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Latchkey`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <Stack gap="lg">
      <Box>
        {above !== undefined && <Box mb={4}>{above}</Box>}
        <Group justify="space-between" align="flex-start" gap="sm">
          <Box miw={0}>
            <Title order={1} ref={heading} tabIndex={-1} style={{ overflowWrap: "anywhere" }}>
              {title}
            </Title>
            {lead !== undefined && (
              <Text c="dimmed" size="sm" mt={4} component="div">
                {lead}
              </Text>
            )}
          </Box>
          {actions !== undefined && <Group gap="xs">{actions}</Group>}
        </Group>
      </Box>
      {children}
    </Stack>
  );
}
