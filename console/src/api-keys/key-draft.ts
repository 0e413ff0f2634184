import type { ApiKeyDetailsQuery, GenerateApiKeyInput, OnDenied, UpdateApiKeyInput } from "../api/operations";
import { grantsOf, type PermissionDraft, permissionsOf, type Resource } from "./permission-draft";

export type KeyDetails = NonNullable<ApiKeyDetailsQuery["apiKey"]>;

/** When a key is to end: as it does now or as the account's settings say, at a date, or never. */
export type ExpiryChoice = "asIs" | "date" | "never";

/** The form of a key as it is typed: texts, of which an empty one means none. */
export interface KeyDraft {
  readonly name: string;
  readonly description: string;
  readonly apiSetIds: readonly string[];
  readonly permissions: readonly PermissionDraft[];
  readonly value: string;
  readonly forUserId: string | null;
  readonly application: string;
  readonly deviceId: string;
  readonly allowedIps: readonly string[];
  readonly expiry: ExpiryChoice;
  /** As `<input type="datetime-local">` has it: local time, e.g. `2030-01-31T09:00`. */
  readonly expiresAt: string;
  readonly onDenied: OnDenied;
  readonly callsPerMinute: number | null;
}

export function emptyDraft(resources: readonly Resource[]): KeyDraft {
  return {
    name: "",
    description: "",
    apiSetIds: [],
    permissions: permissionsOf(resources, []),
    value: "",
    forUserId: null,
    application: "",
    deviceId: "",
    allowedIps: [],
    expiry: "asIs",
    expiresAt: "",
    onDenied: "ERROR",
    callsPerMinute: null,
  };
}

/** "Any" stands for no binding in replies, and is an empty text in the form. */
const bindingOf = (shown: string): string => (shown === "Any" ? "" : shown);

export function draftOf(key: KeyDetails, resources: readonly Resource[]): KeyDraft {
  return {
    ...emptyDraft(resources),
    name: key.name,
    description: key.description ?? "",
    apiSetIds: key.apiSets.map(({ id }) => id),
    permissions: permissionsOf(resources, key.grants),
    application: bindingOf(key.application),
    deviceId: bindingOf(key.deviceId),
    allowedIps: key.allowedIps ?? [],
    onDenied: key.onDenied,
    callsPerMinute: key.callsPerMinute,
  };
}

const textOrNull = (text: string): string | null => (text.trim() === "" ? null : text);

function settingsOf(draft: KeyDraft) {
  return {
    name: draft.name,
    description: textOrNull(draft.description),
    apiSetIds: [...draft.apiSetIds],
    grants: grantsOf(draft.permissions),
    application: textOrNull(draft.application),
    deviceId: textOrNull(draft.deviceId),
    allowedIps: draft.allowedIps.length === 0 ? null : [...draft.allowedIps],
    onDenied: draft.onDenied,
    callsPerMinute: draft.callsPerMinute,
  };
}

function expiryOf({ expiry, expiresAt }: KeyDraft): Pick<GenerateApiKeyInput, "expiresAt" | "neverExpires"> {
  if (expiry === "never") return { neverExpires: true };
  return expiry === "date" ? { expiresAt: new Date(expiresAt).toISOString() } : {};
}

/** What is sent to generate the key. */
export function generationOf(draft: KeyDraft): GenerateApiKeyInput {
  return { ...settingsOf(draft), ...expiryOf(draft), value: textOrNull(draft.value), forUserId: draft.forUserId };
}

/**
 * What is sent to change the key from `before`: only what differs, so that what one could not give any more stays as it is, with
 * the version that was seen.
 */
export function changeOf(before: KeyDraft, after: KeyDraft, version: number): UpdateApiKeyInput {
  const was = settingsOf(before);
  const is = settingsOf(after);
  const changed = Object.entries(is).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(was[name as keyof typeof was]),
  );
  return { ...Object.fromEntries(changed), ...expiryOf(after), version };
}
