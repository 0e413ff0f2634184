import { NumberInput, Radio, Select, SimpleGrid, Stack, TagsInput, TextInput } from "@mantine/core";
import type { ApiError } from "../api/client";
import { problemAt } from "../api/field-problem";
import type { KeyFormQuery } from "../api/operations";
import type { ExpiryChoice, KeyDraft } from "./key-draft";

/** Where, how often and until when the key may be used, and what it answers to what it may not. */
export function AdvancedSettings(props: {
  readonly draft: KeyDraft;
  readonly settings: KeyFormQuery["settings"];
  readonly error: ApiError | null;
  /** What the key's expiry is while the form leaves it alone. */
  readonly presentExpiry: string;
  onChange(change: Partial<KeyDraft>): void;
}) {
  const { draft, settings, error, presentExpiry, onChange } = props;
  const problem = (name: string): string | null => problemAt(error, `input.${name}`);
  return (
    <Stack gap="md">
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Select
          label="Expires"
          allowDeselect={false}
          data={expiryChoices(settings, presentExpiry)}
          value={draft.expiry}
          error={draft.expiry === "date" ? null : (problem("expiresAt") ?? problem("neverExpires"))}
          onChange={(expiry) => onChange({ expiry: (expiry ?? "asIs") as ExpiryChoice })}
        />
        {draft.expiry === "date" && (
          <TextInput
            type="datetime-local"
            label="Expiry date and time"
            description={`At most ${settings.apiKeyMaximumLifetimeDays} days from now`}
            inputWrapperOrder={["label", "input", "description", "error"]}
            required
            value={draft.expiresAt}
            error={problem("expiresAt")}
            onChange={(event) => onChange({ expiresAt: event.currentTarget.value })}
          />
        )}
      </SimpleGrid>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <TextInput
          label="Application"
          description="The apollographql-client-name that requests must carry"
          placeholder="Any"
          value={draft.application}
          error={problem("application")}
          onChange={(event) => onChange({ application: event.currentTarget.value })}
        />
        <TextInput
          label="Device ID"
          description="The x-device-id that requests must carry"
          placeholder="Any"
          value={draft.deviceId}
          error={problem("deviceId")}
          onChange={(event) => onChange({ deviceId: event.currentTarget.value })}
        />
        <TagsInput
          label="Allowed IPs"
          description="Addresses or ranges such as 10.0.0.0/8; none means any"
          placeholder={draft.allowedIps.length === 0 ? "Any" : ""}
          splitChars={[",", " "]}
          acceptValueOnBlur
          value={[...draft.allowedIps]}
          error={problem("allowedIps")}
          onChange={(allowedIps) => onChange({ allowedIps })}
        />
        <NumberInput
          label="Calls per minute"
          description="1 to 100,000; empty means no limit"
          placeholder="No limit"
          allowDecimal={false}
          allowNegative={false}
          thousandSeparator=","
          value={draft.callsPerMinute ?? ""}
          error={problem("callsPerMinute")}
          onChange={(calls) => onChange({ callsPerMinute: calls === "" ? null : Number(calls) })}
        />
      </SimpleGrid>
      <Radio.Group
        label="When a query asks for more than the key may read"
        value={draft.onDenied}
        error={problem("onDenied")}
        onChange={(value) => onChange({ onDenied: value === "NULL" ? "NULL" : "ERROR" })}
      >
        <Stack gap={6} mt={6}>
          <Radio value="ERROR" label="Refuse the whole query (recommended)" />
          <Radio value="NULL" label="Answer, with null in the place of refused fields" />
        </Stack>
      </Radio.Group>
    </Stack>
  );
}

function expiryChoices({ apiKeysMayNeverExpire }: KeyFormQuery["settings"], present: string) {
  return [
    { value: "asIs", label: present },
    { value: "date", label: "At a date of my choice" },
    ...(apiKeysMayNeverExpire ? [{ value: "never", label: "Never" }] : []),
  ];
}
