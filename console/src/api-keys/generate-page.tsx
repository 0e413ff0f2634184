import { Anchor, Select, TextInput } from "@mantine/core";
import { useState } from "react";
import { problemAt } from "../api/field-problem";
import { GenerateApiKey, KeyForm as KeyFormData, type KeyFormQuery, KeyOwners } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { useQuery } from "../api/use-query";
import { goTo, linkTo } from "../router";
import { useSession } from "../session/session";
import { Failure } from "../shell/failure";
import { Page } from "../shell/page";
import { FormSkeleton } from "./form-skeleton";
import { emptyDraft, generationOf, type KeyDraft } from "./key-draft";
import { KeyForm } from "./key-form";
import { useSecretDialog } from "./secret-provider";

/** Generating a key, for oneself, or for a bot or non-employee user. */
export function GeneratePage() {
  const form = useQuery(KeyFormData, {});
  return (
    <Page
      title="Generate API key"
      lead="A key never does more than its owner may, whatever it is given."
      above={
        <Anchor href={linkTo("api-keys")} size="sm">
          ← API keys
        </Anchor>
      }
    >
      <Failure error={form.error} onRetry={() => void form.reload()} />
      {form.data === null ? form.error === null && <FormSkeleton /> : <GenerateForm form={form.data} />}
    </Page>
  );
}

function GenerateForm({ form }: { readonly form: KeyFormQuery }) {
  const session = useSession();
  const showSecret = useSecretDialog();
  const [draft, setDraft] = useState<KeyDraft>(() => emptyDraft(form.resources));
  const generate = useMutation(GenerateApiKey);
  const maySeeUsers = session.has("VIEW_USERS") || session.has("MANAGE_USERS");

  const submit = async (): Promise<void> => {
    const done = await generate.run({ input: generationOf(draft) });
    if (done === null) return;
    const { apiKey, token, warnings } = done.generateApiKey;
    showSecret({ keyName: apiKey.name, token, warnings });
    goTo("api-keys", apiKey.id);
  };

  return (
    <KeyForm
      label="Generate API key"
      form={form}
      draft={draft}
      error={generate.error}
      isRunning={generate.isRunning}
      submit="Generate key"
      cancelTo={linkTo("api-keys")}
      presentExpiry={`${form.settings.apiKeyDefaultLifetimeDays} days from now`}
      first={
        session.has("MANAGE_BOT_API_KEYS") &&
        maySeeUsers && (
          <OwnerSelect
            value={draft.forUserId}
            error={problemAt(generate.error, "input.forUserId")}
            onChange={(forUserId) => setDraft({ ...draft, forUserId })}
          />
        )
      }
      last={
        <TextInput
          label="Value"
          description="Only where another system prescribes the key: a GUID. Left empty, a stronger value is made."
          placeholder="Made for you"
          autoComplete="off"
          spellCheck={false}
          value={draft.value}
          error={problemAt(generate.error, "input.value")}
          onChange={(event) => setDraft({ ...draft, value: event.currentTarget.value })}
        />
      }
      onChange={setDraft}
      onSubmit={() => void submit()}
    />
  );
}

/** Nobody makes keys for another person; bots and non-employee users are the exception. */
function OwnerSelect(props: {
  readonly value: string | null;
  readonly error: string | null;
  onChange(id: string | null): void;
}) {
  const { data } = useQuery(KeyOwners, {});
  const choices = (users: readonly { id: string; firstName: string; lastName: string; email: string }[]) =>
    users.map(({ id, firstName, lastName, email }) => ({ value: id, label: `${firstName} ${lastName} (${email})` }));
  return (
    <Select
      label="Owner"
      placeholder="Myself"
      clearable
      searchable
      nothingFoundMessage="No such bot or non-employee user"
      data={[
        { group: "Bots", items: choices(data?.bots.nodes ?? []) },
        { group: "Non-employee users", items: choices(data?.nonEmployees.nodes ?? []) },
      ]}
      value={props.value}
      error={props.error}
      onChange={props.onChange}
    />
  );
}
