import { Button } from "@mantine/core";
import { useState } from "react";
import { SetApiKeyEnabled } from "../api/operations";
import { useMutation } from "../api/use-mutation";
import { linkTo } from "../router";
import { useSession } from "../session/session";
import { Failure } from "../shell/failure";
import type { KeyDetails } from "./key-draft";
import { mayDo } from "./may-do";
import { RevokeDialog } from "./revoke-dialog";
import { RotateDialog } from "./rotate-dialog";

/** What can be done with a key by this user. `onChanged` resolves when the page shows what came of it. */
export function KeyActions({ apiKey, onChanged }: { readonly apiKey: KeyDetails; onChanged(): Promise<void> }) {
  const may = mayDo(useSession(), apiKey);
  const [open, setOpen] = useState<"rotate" | "revoke" | null>(null);
  const enable = useMutation(SetApiKeyEnabled);
  const isDisabled = apiKey.status === "DISABLED";

  const setEnabled = async (): Promise<void> => {
    if ((await enable.run({ id: apiKey.id, enabled: isDisabled })) !== null) await onChanged();
  };
  const close = (hasChanged: boolean): void => {
    setOpen(null);
    if (hasChanged) void onChanged();
  };

  return (
    <>
      {may.edit && (
        <Button component="a" href={linkTo("api-keys", apiKey.id, "edit")} variant="default">
          Edit
        </Button>
      )}
      {may.edit && apiKey.status !== "EXPIRED" && (
        <Button variant="default" onClick={() => setOpen("rotate")}>
          Rotate
        </Button>
      )}
      {(isDisabled ? may.enable : may.stop && apiKey.status === "ACTIVE") && (
        <Button variant="default" loading={enable.isRunning} onClick={() => void setEnabled()}>
          {isDisabled ? "Enable" : "Disable"}
        </Button>
      )}
      {may.stop && (
        <Button color="red" variant="light" onClick={() => setOpen("revoke")}>
          Revoke
        </Button>
      )}
      <Failure error={enable.error} />
      {open === "rotate" && <RotateDialog apiKey={apiKey} onClose={close} />}
      {open === "revoke" && <RevokeDialog apiKey={apiKey} onClose={close} />}
    </>
  );
}
