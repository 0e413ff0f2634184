import { badInput } from "./service-error";

/** Control characters except tab and line breaks, and halves of surrogate pairs, which no database stores faithfully. */
const UNPRINTABLE = /[^\P{Cc}\t\n\r]|\p{Cs}/u;
const CONTROL = /\p{Cc}/u;
/**
 * Characters without a shape, which make two names look like one: those for formatting, those that Unicode calls ignorable (fillers
 * of Hangul among them), and the blank of Braille. The two joiners are letters' parts in Persian and Indic scripts and in emoji, so
 * are the last two selectors in emoji; behind a letter of Europe's scripts they are nothing.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`[^\P{Cf}\u200c-\u200d]`,
    String.raw`[^\P{DI}\u200c-\u200d\ufe0e-\ufe0f]`,
    String.raw`\u2800`,
    String.raw`(?<=^|[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\s])[\u200c-\u200d\ufe0e-\ufe0f]`,
  ].join("|"),
  "u",
);

/**
 * A one-line text that must be there, trimmed. Throws BAD_USER_INPUT naming `field` when it is blank, longer than `longest`
 * UTF-16 units, or holds control characters (NUL and line breaks included) or
 * invisible ones.
 *
 * @example
 * requireText("  Payroll ", "input.name", 120); // "Payroll"
 */
export function requireText(text: string | null | undefined, field: string, longest: number): string {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") throw badInput(field, "must not be empty");
  if (trimmed.length > longest) throw badInput(field, `must be at most ${longest} characters`);
  if (CONTROL.test(trimmed) || UNPRINTABLE.test(trimmed)) throw badInput(field, "must not contain control characters");
  if (INVISIBLE.test(trimmed)) throw badInput(field, "must not contain invisible characters");
  return trimmed;
}

/**
 * A text that may be absent or have several lines, trimmed; null when blank. Refuses what `requireText` does, except tabs and
 * line breaks.
 *
 * @example
 * optionalText("   ", "input.description", 1000); // null
 */
export function optionalText(text: string | null | undefined, field: string, longest: number): string | null {
  const trimmed = (text ?? "").trim();
  if (trimmed === "") return null;
  if (trimmed.length > longest) throw badInput(field, `must be at most ${longest} characters`);
  if (UNPRINTABLE.test(trimmed)) throw badInput(field, "must not contain control characters");
  return trimmed;
}

/**
 * The form under which names are compared: one spelling per name whatever its case or Unicode composition, since databases
 * compare byte for byte. At most three times as long as the name (Unicode's bound for NFC; lower case adds nothing to it).
 *
 * @example
 * nameKeyOf("PAYROLL"); // "payroll"
 */
export function nameKeyOf(name: string): string {
  return name.normalize("NFC").toLowerCase();
}
