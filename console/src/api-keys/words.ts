import type { Action } from "../api/operations";

const ACTION_WORDS: Readonly<Record<Action, string>> = {
  CREATE: "Create",
  READ: "Read",
  UPDATE: "Update",
  DELETE: "Delete",
  DOWNLOAD: "Download",
};

export function actionWord(action: Action): string {
  return ACTION_WORDS[action];
}

/**
 * A name of the schema as people read it.
 *
 * @example
 * readable("timeOff"); // "Time off"
 */
export function readable(name: string): string {
  const words = name.replace(
    /([a-z])([A-Z])/g,
    (_match, before: string, after: string) => `${before} ${after.toLowerCase()}`,
  );
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/**
 * What a warning of the service means for whoever has just made a key; itself where it is one that this console does not know.
 */
export function warningText(warning: string): string {
  const [code, about = ""] = warning.split(": ");
  if (code === "ALL_FIELDS") {
    return `No field was chosen for ${readable(about)}: this key may touch ALL of its fields, also those added later.`;
  }
  if (code === "ENDED_EARLY") {
    return about === "PENDING"
      ? "An earlier new secret, which was never used, has stopped working."
      : "An older secret, which was in its grace period, has stopped working.";
  }
  return warning;
}
