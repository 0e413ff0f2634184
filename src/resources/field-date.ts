import { calendarDateProblem } from "./calendar-date";
import { type FieldKind, parseWith } from "./field";

/** A day without time or zone: `YYYY-MM-DD` in the API, in CSV and, as a string, from either database. */
export function date(options: { readonly description: string; readonly required?: boolean }): FieldKind {
  const check = (value: string | number): string | null =>
    typeof value === "string" ? calendarDateProblem(value) : "must be a date, written YYYY-MM-DD";
  return {
    kind: "date",
    description: options.description,
    required: options.required ?? false,
    unique: false,
    maxLength: null,
    target: null,
    acyclic: false,
    parseText: parseWith(check, (text) => text, "must be a date"),
    check,
  };
}
