import { Anchor, Group, Paper, SimpleGrid, Stack, Text } from "@mantine/core";
import type { ApiKeyDetailsQuery } from "../api/operations";
import { linkTo } from "../router";
import { Failure } from "../shell/failure";
import { Instant } from "../shell/instant";
import { Page } from "../shell/page";
import { Panel } from "../shell/panel";
import { FormSkeleton } from "./form-skeleton";
import { GrantList } from "./grant-list";
import { KeyActions } from "./key-actions";
import { Fact } from "./key-cards";
import type { KeyDetails } from "./key-draft";
import { KeyStatus } from "./key-status";
import { SecretList } from "./secret-list";
import { UsagePanel } from "./usage-panel";
import { useKeyDetails } from "./use-key-details";

/** All about one key but its secret: what it may do, by what, how it was used, and what can be done with it. */
export function KeyPage({ id }: { readonly id: string }) {
  const { data, error, isLoading, reload } = useKeyDetails(id);
  const key = data?.apiKey ?? null;
  const isMissing = data !== null && key === null;
  return (
    <Page
      title={key?.name ?? (isMissing || error?.code === "NOT_FOUND" ? "No such API key" : "API key")}
      lead={key?.description ?? undefined}
      above={
        <Anchor href={linkTo("api-keys")} size="sm">
          ← API keys
        </Anchor>
      }
      actions={key !== null && <KeyActions apiKey={key} onChanged={reload} />}
    >
      <Failure error={error} onRetry={() => void reload()} />
      {data === null && isLoading && <FormSkeleton />}
      {data !== null && key !== null && <Details apiKey={key} access={data.effectiveAccess} />}
    </Page>
  );
}

function Details(props: { readonly apiKey: KeyDetails; readonly access: ApiKeyDetailsQuery["effectiveAccess"] }) {
  const { apiKey, access } = props;
  return (
    <Stack gap="lg">
      <KeyFacts apiKey={apiKey} />
      <Panel title="Effective access" about="What it may do now: what it was given, within what its owner may.">
        <GrantList grants={access} empty="Nothing: its owner holds none of what it was given." />
      </Panel>
      <Panel title="Given by">
        <Stack>
          {apiKey.apiSets.map((set) => (
            <div key={set.id}>
              <Text fw={500} size="sm">
                API set {set.name}
              </Text>
              {set.description !== null && (
                <Text size="sm" c="dimmed">
                  {set.description}
                </Text>
              )}
              <GrantList grants={set.grants} empty="It gives nothing." />
            </div>
          ))}
          {apiKey.grants.length > 0 && (
            <div>
              <Text fw={500} size="sm">
                Permissions of this key alone
              </Text>
              <GrantList grants={apiKey.grants} empty="" />
            </div>
          )}
        </Stack>
      </Panel>
      <UsagePanel usage={apiKey.usage} />
      <SecretList secrets={apiKey.secrets} />
    </Stack>
  );
}

function KeyFacts({ apiKey }: { readonly apiKey: KeyDetails }) {
  const { owner } = apiKey;
  const from = [apiKey.lastUsedIp, apiKey.lastUsedClient].filter((part) => part !== null).join(", ");
  return (
    <Paper withBorder p={{ base: "md", sm: "lg" }}>
      <SimpleGrid cols={{ base: 2, sm: 3, md: 4 }}>
        <Fact name="Status">
          <KeyStatus apiKey={apiKey} />
        </Fact>
        <Fact name="Owner">
          {owner.firstName} {owner.lastName}
          <Text size="xs" c="dimmed">
            {owner.email}
          </Text>
        </Fact>
        <Fact name="Begins with">
          <Text span size="sm" ff="monospace" inherit>
            {apiKey.tokenPrefix === null ? "Supplied value" : `${apiKey.tokenPrefix}…`}
          </Text>
        </Fact>
        <Fact name="Created">
          <Instant at={apiKey.createdAt} none="" byMinute />
        </Fact>
        <Fact name={apiKey.revokedAt === null ? "Expires" : "Revoked"}>
          <Instant at={apiKey.revokedAt ?? apiKey.expiresAt} none="Never" byMinute />
        </Fact>
        <Fact name="Last used">
          <Instant at={apiKey.lastUsedAt} none="Never" byMinute />
          {from !== "" && (
            <Text size="xs" c="dimmed">
              {from}
            </Text>
          )}
        </Fact>
        <Fact name="Application">{apiKey.application}</Fact>
        <Fact name="Device ID">{apiKey.deviceId}</Fact>
        <Fact name="Allowed IPs">{apiKey.allowedIps?.join(", ") ?? "Any"}</Fact>
        <Fact name="Calls per minute">{apiKey.callsPerMinute?.toLocaleString() ?? "No limit"}</Fact>
        <Fact name="Refused fields">{apiKey.onDenied === "NULL" ? "Are null in the answer" : "Refuse the query"}</Fact>
        {apiKey.retiredSecretUsedAt !== null && (
          <Fact name="Old secret tried">
            <Group gap={4} c="red">
              <Instant at={apiKey.retiredSecretUsedAt} none="" byMinute />
            </Group>
          </Fact>
        )}
      </SimpleGrid>
    </Paper>
  );
}
