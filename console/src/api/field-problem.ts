import type { ApiError } from "./client";

/** What the forms call the arguments that messages of the service name. */
const LABELS: Readonly<Record<string, string>> = {
  "input.name": "Name",
  "input.description": "Description",
  "input.apiSetIds": "API sets",
  "input.grants": "Permissions",
  "input.expiresAt": "Expiry date",
  "input.neverExpires": "Never",
  "input.application": "Application",
  "input.deviceId": "Device ID",
  "input.allowedIps": "Allowed IPs",
  "input.callsPerMinute": "Calls per minute",
  "input.onDenied": "Refused fields",
  "input.value": "Value",
  "input.forUserId": "Owner",
};

/**
 * A message of the service with the labels of the page in the place of names of arguments.
 *
 * @example
 * plainly("input.grants[0].fields must not be empty"); // "Permissions must not be empty"
 */
export function plainly(message: string): string {
  return message.replace(
    /\binput\.(\w+)((?:\[\d+\]|\.\w+)*)/g,
    (whole, name: string) => LABELS[`input.${name}`] ?? whole,
  );
}

/**
 * What is wrong with the input at `path`, or at a place inside it, in words that follow the input's own label; null when the error
 * is about something else.
 *
 * @example
 * problemAt(new ApiError("BAD_USER_INPUT", "input.name must not be empty", "input.name"), "input.name"); // "Must not be empty"
 */
export function problemAt(error: ApiError | null, path: string): string | null {
  const field = error?.field ?? null;
  if (error === null || field === null) return null;
  const isThere = field === path || field.startsWith(`${path}[`) || field.startsWith(`${path}.`);
  if (!isThere) return null;
  const said = error.message.startsWith(field)
    ? error.message.slice(field.length).replace(/^[:\s]+/, "")
    : error.message;
  // "input.apiSetIds or input.grants must …" makes no sense without its beginning.
  const whole = plainly(said.startsWith("or ") ? error.message : said);
  return whole.charAt(0).toUpperCase() + whole.slice(1);
}
