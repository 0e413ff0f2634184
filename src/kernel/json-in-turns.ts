import { setImmediate as nextTurn } from "node:timers/promises";
import { JsonText, stringify } from "./json-text";

/** Values of a piece that is written at once: a millisecond or so. */
const PIECE = 4_000;
/** Of what is JSON already, with the name that it stands under. */
const CHARACTERS_PER_VALUE = 30;

/** Whether `value` is so large that others shall be answered while it is written. */
export function isLarge(value: object): boolean {
  return !isSmall(value);
}

/**
 * What `stringify` gives, to the letter, for plain data, as UTF-8 in pieces, between which the event loop turns. They are never put
 * together: one text of megabytes is copied several times on its way to a socket, each time into memory that the system has to find
 * first, all in one turn.
 */
export async function writeInTurns(value: object): Promise<Buffer[]> {
  const written: Buffer[] = [];
  let text = "";
  for (const piece of pieces(value)) {
    text += piece.text;
    if (!piece.isHeavy) continue;
    written.push(Buffer.from(text));
    text = "";
    await nextTurn();
  }
  return text === "" ? written : [...written, Buffer.from(text)];
}

interface Piece {
  readonly text: string;
  readonly isHeavy: boolean;
}

function* pieces(value: object): Generator<Piece> {
  if (Array.isArray(value)) yield* arrayPieces(value);
  else yield* objectPieces(value);
}

/** Members that are small go together, as many as make a piece. */
function* arrayPieces(items: readonly unknown[]): Generator<Piece> {
  yield light("[");
  let from = 0;
  let weight = 0;
  const together = (to: number): Piece =>
    heavy(`${from === 0 ? "" : ","}${(stringify(items.slice(from, to)) as string).slice(1, -1)}`);
  for (const [at, item] of items.entries()) {
    const own = weightOf(item, PIECE);
    if (own < PIECE || !isPlain(item)) {
      weight += own;
      if (weight < PIECE) continue;
      yield together(at + 1);
    } else {
      if (from < at) yield together(at);
      if (at > 0) yield light(",");
      yield* pieces(item);
    }
    from = at + 1;
    weight = 0;
  }
  if (from < items.length) yield together(items.length);
  yield light("]");
}

function* objectPieces(value: object): Generator<Piece> {
  let separator = "{";
  for (const [key, member] of Object.entries(value)) {
    if (isPlain(member) && !isSmall(member)) {
      yield light(`${separator}${JSON.stringify(key)}:`);
      yield* pieces(member);
    } else {
      // Undefined where there is nothing to write, as with a function.
      const text = stringify(member);
      if (text === undefined) continue;
      yield heavy(`${separator}${JSON.stringify(key)}:${text}`);
    }
    separator = ",";
  }
  yield light(separator === "{" ? "{}" : "}");
}

function light(text: string): Piece {
  return { text, isHeavy: false };
}

function heavy(text: string): Piece {
  return { text, isHeavy: text.length > PIECE };
}

function isSmall(value: unknown): boolean {
  return weightOf(value, PIECE) < PIECE;
}

/** How many values are in `value`, itself included, about as many where it is JSON already; counting ends at `most`. */
function weightOf(value: unknown, most: number): number {
  if (typeof value !== "object" || value === null) return 1;
  if (value instanceof JsonText) return 1 + value.length / CHARACTERS_PER_VALUE;
  let weight = 1;
  if (Array.isArray(value)) {
    for (let at = 0; at < value.length && weight < most; at++) weight += weightOf(value[at], most - weight);
    return weight;
  }
  // No list of members is made: every answer is weighed.
  for (const key in value) {
    if (Object.hasOwn(value, key) && weight < most) {
      weight += weightOf((value as Record<string, unknown>)[key], most - weight);
    }
  }
  return weight;
}

/** Whether it is written as its own members; a date, say, is not. */
function isPlain(value: unknown): value is object {
  return typeof value === "object" && value !== null && !("toJSON" in value);
}
