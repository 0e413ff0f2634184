import { type FieldKind, parseWith } from "./field";

/** What a text field is made of; `pattern.problem` says what the text must look like. */
export interface TextOptions {
  readonly description: string;
  readonly maxLength: number;
  readonly required?: boolean;
  readonly unique?: boolean;
  /** Whether tabs and line breaks are part of the text. */
  readonly multiLine?: boolean;
  readonly pattern?: { readonly form: RegExp; readonly problem: string };
}

const LONE_SURROGATE = /\p{Surrogate}/u;
const CONTROL = /\p{Cc}/u;
const CONTROL_BUT_LAYOUT = /[^\P{Cc}\t\n\r]/u;

/** One at sign with something on either side, and no white space: all that can be said of an address without writing to it. */
const EMAIL = { form: /^[^\s@]+@[^\s@]+$/, problem: "must be an email address" };

/**
 * What keeps `text` from being stored or compared the same on both databases: a lone surrogate, which is not a character, or
 * NUL. Null when nothing does.
 */
export function malformedText(text: string): string | null {
  if (LONE_SURROGATE.test(text)) return "must be well-formed Unicode: it has half of a surrogate pair";
  return text.includes("\0") ? "must not contain NUL" : null;
}

/** Text as given, never blank: no value is null and nothing else. */
export function text(options: TextOptions): FieldKind {
  const { maxLength, multiLine = false, required = false, pattern } = options;
  const control = multiLine ? CONTROL_BUT_LAYOUT : CONTROL;
  const check = (value: string | number): string | null => {
    if (typeof value !== "string") return "must be text";
    if (value.trim() === "") return required ? "must not be blank" : "must not be blank: leave it out or give null";
    if (value.length > maxLength && [...value].length > maxLength) return `must have at most ${maxLength} characters`;
    const malformed = malformedText(value);
    if (malformed !== null) return malformed;
    if (control.test(value)) return "must not contain control characters";
    return pattern && !pattern.form.test(value) ? pattern.problem : null;
  };
  return {
    kind: "text",
    description: options.description,
    required,
    unique: options.unique ?? false,
    maxLength,
    target: null,
    acyclic: false,
    parseText: parseWith(check, (given) => given, "must be text"),
    check,
  };
}

/** Text that is an email address; 320 characters are the most that RFC 5321 allows (64 + @ + 255). */
export function email(options: Omit<TextOptions, "maxLength" | "pattern" | "multiLine">): FieldKind {
  return text({ ...options, maxLength: 320, pattern: EMAIL });
}
