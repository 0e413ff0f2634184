import { Anchor } from "@mantine/core";
import { useState } from "react";
import { KeyForm as KeyFormData, type KeyFormQuery, UpdateApiKey } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { useQuery } from "../api/use-query";
import { goTo, linkTo } from "../router";
import { Failure } from "../shell/failure";
import { dayOf } from "../shell/instant";
import { Page } from "../shell/page";
import { FormSkeleton } from "./form-skeleton";
import { changeOf, draftOf, type KeyDetails, type KeyDraft } from "./key-draft";
import { KeyForm } from "./key-form";
import { useKeyDetails } from "./use-key-details";

/** Editing all of a key but its secret; what is saved holds from the key's next request on. */
export function EditPage({ id }: { readonly id: string }) {
  const form = useQuery(KeyFormData, {});
  const details = useKeyDetails(id);
  const key = details.data?.apiKey ?? null;
  const error = form.error ?? details.error;
  return (
    <Page
      title={key === null ? "Edit API key" : `Edit ${key.name}`}
      lead="What is saved holds from the key's next request on. Its secret stays."
      above={
        <Anchor href={linkTo("api-keys", id)} size="sm">
          ← Back to the key
        </Anchor>
      }
    >
      <Failure error={error} />
      {form.data !== null && key !== null ? (
        <EditForm form={form.data} apiKey={key} />
      ) : (
        error === null && (details.isLoading || form.isLoading) && <FormSkeleton />
      )}
    </Page>
  );
}

function EditForm({ form, apiKey }: { readonly form: KeyFormQuery; readonly apiKey: KeyDetails }) {
  const [before] = useState<KeyDraft>(() => draftOf(apiKey, form.resources));
  const [draft, setDraft] = useState(before);
  const update = useMutation(UpdateApiKey);

  const submit = async (): Promise<void> => {
    const done = await update.run({ id: apiKey.id, input: changeOf(before, draft, apiKey.version) });
    if (done !== null) goTo("api-keys", apiKey.id);
  };

  return (
    <KeyForm
      label="Edit API key"
      form={form}
      draft={draft}
      error={update.error}
      isRunning={update.isRunning}
      submit="Save changes"
      cancelTo={linkTo("api-keys", apiKey.id)}
      presentExpiry={apiKey.expiresAt === null ? "Never, as now" : `${dayOf(apiKey.expiresAt)}, as now`}
      onChange={setDraft}
      onSubmit={() => void submit()}
    />
  );
}
