import { randomBytes } from "node:crypto";

/** Stands for each text while the rest is written. Nobody outside can know it, so that no value can be taken for it. */
const MARK = randomBytes(16).toString("hex");
const QUOTED_MARK = JSON.stringify(MARK);

/** The texts that are met while one value is written; written at once, so never those of two. */
let met: string[] = [];

/** A value that is JSON already, e.g. as a database wrote it; `stringify` puts its text where it stands. */
export class JsonText {
  constructor(private readonly text: string) {}

  /** Characters of it. */
  get length(): number {
    return this.text.length;
  }

  toJSON(): string {
    met.push(this.text);
    return MARK;
  }
}

/** A place in an answer that `stringify` writes; graphql-js, whose places say nothing of it, takes no `JsonText`. */
export interface TakesJson {
  readonly takesJson: true;
}

export function takesJson(place: object): boolean {
  return "takesJson" in place;
}

/** What `JSON.stringify` gives, with the texts of every `JsonText` as they are. */
export function stringify(value: unknown): string | undefined {
  // A value that could not be written may have left some.
  met = [];
  const outline = JSON.stringify(value) as string | undefined;
  const texts = met;
  // What was answered is held no longer than it takes.
  met = [];
  if (outline === undefined || texts.length === 0) return outline;
  const parts = outline.split(QUOTED_MARK);
  if (parts.length !== texts.length + 1) throw new Error("A text stands where none was met");
  return parts.reduce((written, part, at) => `${written}${texts[at - 1]}${part}`);
}
