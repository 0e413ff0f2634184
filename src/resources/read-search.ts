import { casesOf } from "../kernel/letter-case";
import { badInput, ServiceError } from "../kernel/service-error";
import type { Dialect } from "../store/store";
import type { ResourceField } from "./field";
import { malformedText } from "./field-text";
import type { Bindings } from "./read-bindings";
import { type FilterInput, MOST_CONDITIONS } from "./read-filter";
import { fieldNamed, type Resource } from "./resource";

/** `search` of a list, as the client gives it: words, and the fields to look in. */
export interface SearchInput {
  readonly text: string;
  readonly fields: Readonly<Record<string, boolean | null | undefined>>;
}

/** What narrows a list: both must hold. */
export interface Narrowing {
  readonly filter?: FilterInput | null;
  readonly search?: SearchInput | null;
}

/** Characters of the text. */
export const LONGEST_SEARCH = 200;

/** A search that was checked: each word, in every spelling of it, must be in one of the fields. */
interface Search {
  readonly words: readonly (readonly string[])[];
  readonly fields: readonly ResourceField[];
}

/**
 * Writes the condition that every word of the search is in one of its fields, whatever its case; "" for a blank text.
 *
 * Neither dialect's LIKE or LOWER folds case as the other's does, so the pattern spells out the cases of each letter: both
 * databases are asked the same plain question.
 */
export function writeSearch(
  resource: Resource,
  search: SearchInput,
  dialect: Dialect,
  valueIn: (field: ResourceField) => string,
  bindings: Bindings,
): string {
  const { words, fields } = read(resource, search);
  const [operator, patternOf] = dialect === "sqlite" ? ["GLOB", globOf] : ["REGEXP", regexOf];
  const conditions = words.map((spellings) => {
    const anywhere = fields.flatMap((field) =>
      spellings.map((spelling) => `${valueIn(field)} ${operator} ${bindings.bind(patternOf(spelling))}`),
    );
    return `(${anywhere.join(" OR ")})`;
  });
  return conditions.join(" AND ");
}

/**
 * Throws what is wrong with the search (BAD_USER_INPUT naming the place), or QUERY_TOO_COSTLY: a word in a field counts as a
 * condition beside the `counted` ones of the same operation. Gives back how many there are then.
 */
export function checkSearch(resource: Resource, search: SearchInput, counted: number): number {
  const { words, fields } = read(resource, search);
  const conditions = counted + words.length * fields.length;
  if (conditions <= MOST_CONDITIONS) return conditions;
  throw new ServiceError(
    "QUERY_TOO_COSTLY",
    `search is past the limit of ${MOST_CONDITIONS} conditions: words × fields`,
    {
      field: "search",
    },
  );
}

function read(resource: Resource, { text, fields: given }: SearchInput): Search {
  if (text.length > LONGEST_SEARCH) throw badInput("search.text", `must be at most ${LONGEST_SEARCH} characters`);
  const malformed = malformedText(text);
  if (malformed !== null) throw badInput("search.text", malformed);
  const fields = Object.entries(given).flatMap(([name, isWanted]) => {
    if (isWanted !== true) return [];
    const field = fieldNamed(resource, name);
    if (field === undefined) throw new Error(`search input has a field that the resource lacks: ${name}`);
    return [field];
  });
  if (fields.length === 0) throw badInput("search.fields", "must have at least one field that is true");
  const words = new Set(text.split(/\s+/u).filter((word) => word !== ""));
  // Texts are stored as they were given, with accents as letters of their own or not.
  return { words: [...words].map((word) => [...new Set([word.normalize("NFC"), word.normalize("NFD")])]), fields };
}

/** For SQLite, whose GLOB knows no case. */
function globOf(text: string): string {
  const characters = [...text].map((character) => {
    const cases = casesOf(character);
    return cases !== character || "*?[".includes(character) ? `[${cases}]` : character;
  });
  return `*${characters.join("")}*`;
}

/** For MariaDB, which compares as the column's binary collation says. Numbers stand for characters, so that none has a meaning. */
function regexOf(text: string): string {
  const characters = [...text].map((character) => {
    const numbers = [...casesOf(character)].map((each) => `\\x{${(each.codePointAt(0) as number).toString(16)}}`);
    return `[${numbers.join("")}]`;
  });
  return characters.join("");
}
