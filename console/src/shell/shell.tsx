import { Anchor, Box, Button, Container, Group, Image, Menu, Text } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import type { ReactNode } from "react";
import mark from "../mark.svg";
import { goTo, linkTo } from "../router";
import { useSession } from "../session/session";

/** A section of the console as the header links to it. */
export interface Section {
  readonly name: string;
  readonly path: string;
}

/** What every page has around it: the name, the sections that this user has, and the account. */
export function Shell(props: {
  readonly sections: readonly Section[];
  readonly at: string;
  onSignOut(): void;
  readonly children: ReactNode;
}) {
  const { sections, at, onSignOut, children } = props;
  return (
    <>
      <Box component="header" style={{ borderBottom: "1px solid var(--mantine-color-default-border)" }}>
        <Container size="xl" h={56}>
          <Group h="100%" justify="space-between" wrap="nowrap" gap="sm">
            <Group gap="lg" wrap="nowrap" h="100%">
              <Anchor href={linkTo()} underline="never" c="inherit" aria-label="Latchkey, start">
                <Group gap="xs" wrap="nowrap">
                  <Image src={mark} w={26} h={26} alt="" />
                  <Text fw={650} visibleFrom="xs">
                    Latchkey
                  </Text>
                </Group>
              </Anchor>
              <Group component="nav" aria-label="Sections" gap="md" wrap="nowrap" h="100%">
                {sections.map(({ name, path }) => (
                  <Anchor
                    key={path}
                    href={linkTo(path)}
                    underline="never"
                    c={at === path ? undefined : "dimmed"}
                    fw={500}
                    size="sm"
                    aria-current={at === path ? "page" : undefined}
                  >
                    {name}
                  </Anchor>
                ))}
              </Group>
            </Group>
            <AccountMenu onSignOut={onSignOut} />
          </Group>
        </Container>
      </Box>
      <Container component="main" size="xl" py="lg">
        {children}
      </Container>
    </>
  );
}

function AccountMenu({ onSignOut }: { onSignOut(): void }) {
  const { user } = useSession();
  const isWide = useMediaQuery("(min-width: 36em)", undefined, { getInitialValueInEffect: false });
  const initials = `${user.firstName.charAt(0)}${user.lastName.charAt(0)}`.toUpperCase();
  return (
    <Menu position="bottom-end" withArrow>
      <Menu.Target>
        <Button variant="subtle" color="gray" size="compact-sm" aria-label={`Account of ${user.email}`}>
          {isWide ? `${user.firstName} ${user.lastName}` : initials}
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Label>{user.email}</Menu.Label>
        <Menu.Item onClick={() => goTo("account")}>Account and password</Menu.Item>
        <Menu.Item component="a" href="/graphql" target="_blank" rel="noreferrer">
          Apollo Sandbox
        </Menu.Item>
        <Menu.Divider />
        <Menu.Item onClick={onSignOut}>Sign out</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
