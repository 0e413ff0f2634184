import type { ApiError } from "./client";

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
  return said.charAt(0).toUpperCase() + said.slice(1);
}
