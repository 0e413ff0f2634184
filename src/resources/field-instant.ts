import { type FieldKind, parseWith } from "./field";

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/**
 * A moment, as the service notes it. Stored as ISO 8601 text in UTC with milliseconds, e.g. `2026-03-01T09:30:00.000Z`: the order of such
 * text is that of time, and both databases hand it back unchanged.
 */
export function instant(options: { readonly description: string; readonly setBy: "service" }): FieldKind {
  const check = (value: string | number): string | null =>
    typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value))
      ? null
      : "must be a moment in UTC, written YYYY-MM-DDTHH:MM:SS.sssZ";
  return {
    kind: "instant",
    description: options.description,
    required: true,
    unique: false,
    maxLength: null,
    target: null,
    acyclic: false,
    setBy: options.setBy,
    parseText: parseWith(check, (text) => text, "must be a moment"),
    check,
  };
}
