import isEmail from "validator/lib/isEmail";
import { badInput } from "../kernel/service-error";
import { requireText } from "../kernel/text";

const LONGEST_NAME = 120;
const LONGEST_EMAIL = 254;
const LONGEST_ID = 36;

/** First or last name, trimmed. */
export function requireName(name: string | null | undefined, field: string): string {
  return requireText(name, field, LONGEST_NAME);
}

/** An address as given, trimmed; throws BAD_USER_INPUT naming `field` unless it is one (RFC 5321's 254 characters at most). */
export function requireEmail(email: string | null | undefined, field: string): string {
  const text = requireText(email, field, LONGEST_EMAIL);
  if (!isEmail(text)) throw badInput(field, "must be an email address");
  return text;
}

/** An account expiry that both databases can store. */
export function requireDate(date: Date, field: string): Date {
  if (!(date.getTime() >= 0)) throw badInput(field, "must not be before 1970");
  return date;
}

/** Id of an employee record, by its form alone: see `requireEmployee`. */
export function requireEmployeeId(id: string, field: string): string {
  return requireText(id, field, LONGEST_ID);
}
