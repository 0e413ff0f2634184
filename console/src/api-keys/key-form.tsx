import { Anchor, Button, Group, Stack, Textarea, TextInput } from "@mantine/core";
import { type FormEvent, type ReactNode, useState } from "react";
import type { ApiError } from "../api/client";
import { problemAt } from "../api/field-problem";
import type { KeyFormQuery } from "../api/operations";
import { Failure } from "../shell/failure";
import { Panel } from "../shell/panel";
import { AdvancedSettings } from "./advanced-settings";
import type { KeyDraft } from "./key-draft";
import { PermissionTable } from "./permission-table";
import { SetPicker } from "./set-picker";

/** Everything of a key but its secret, for generating one and for editing one. */
export function KeyForm(props: {
  readonly label: string;
  readonly form: KeyFormQuery;
  readonly draft: KeyDraft;
  readonly error: ApiError | null;
  readonly isRunning: boolean;
  readonly submit: string;
  readonly cancelTo: string;
  readonly presentExpiry: string;
  /** Inputs that only generating has. */
  readonly first?: ReactNode;
  readonly last?: ReactNode;
  onChange(draft: KeyDraft): void;
  onSubmit(): void;
}) {
  const { form, draft, error, isRunning, onChange } = props;
  const [isNameMissing, setNameMissing] = useState(false);
  const change = (part: Partial<KeyDraft>): void => onChange({ ...draft, ...part });

  const submit = (event: FormEvent): void => {
    event.preventDefault();
    const isBlank = draft.name.trim() === "";
    setNameMissing(isBlank);
    if (isBlank) document.getElementById("key-name")?.focus();
    else props.onSubmit();
  };

  return (
    <form onSubmit={submit} aria-label={props.label} noValidate={draft.expiry !== "date"}>
      <Stack gap="lg">
        <Panel title="What it is for">
          <Stack>
            {props.first}
            <TextInput
              id="key-name"
              label="Name"
              description="By which it is told from others, and found when it has to be ended"
              required
              maxLength={120}
              value={draft.name}
              error={isNameMissing && draft.name.trim() === "" ? "Give the key a name" : problemAt(error, "input.name")}
              onChange={(event) => change({ name: event.currentTarget.value })}
            />
            <Textarea
              label="Description"
              autosize
              minRows={2}
              maxLength={1000}
              value={draft.description}
              error={problemAt(error, "input.description")}
              onChange={(event) => change({ description: event.currentTarget.value })}
            />
          </Stack>
        </Panel>
        <Panel
          title="API sets"
          about="Bundles of permissions. When a set is edited, every key bound to it changes at once."
        >
          <SetPicker
            sets={form.apiSets.nodes.map(({ id, name, description }) => ({ id, name, about: description }))}
            selected={draft.apiSetIds}
            error={problemAt(error, "input.apiSetIds")}
            onChange={(apiSetIds) => change({ apiSetIds })}
          />
        </Panel>
        <Panel title="Permissions" about="For this key alone, instead of API sets or beside them.">
          <PermissionTable
            resources={form.resources}
            permissions={draft.permissions}
            error={error}
            onChange={(permissions) => change({ permissions })}
          />
        </Panel>
        <Panel title="Advanced">
          <Stack>
            <AdvancedSettings
              draft={draft}
              settings={form.settings}
              error={error}
              presentExpiry={props.presentExpiry}
              onChange={change}
            />
            {props.last}
          </Stack>
        </Panel>
        <Failure error={error} />
        <Group>
          <Button type="submit" loading={isRunning}>
            {props.submit}
          </Button>
          <Anchor href={props.cancelTo} size="sm" c="dimmed">
            Cancel
          </Anchor>
        </Group>
      </Stack>
    </form>
  );
}
