/** Where in a file something is wrong; `null` where a part does not apply. */
export interface FileProblem {
  /** Line of the file on which the record begins; the header is line 1 of an ordinary file. */
  readonly line: number | null;
  /** As in the header. */
  readonly column: string | null;
  /** The text of the cell or line, cut to `LONGEST_SHOWN` characters. */
  readonly value: string | null;
  /** Continues the sentence "<column> …". */
  readonly reason: string;
}

const LONGEST_SHOWN = 60;

/** A value as reports show it: at most 60 characters, and an ellipsis where more was cut off. */
export function shown(value: string): string {
  const start = value.slice(0, LONGEST_SHOWN * 2);
  const characters = [...start];
  if (characters.length <= LONGEST_SHOWN && start.length === value.length) return value;
  return `${characters.slice(0, LONGEST_SHOWN).join("")}…`;
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EISDIR: "is a folder, not a file",
  EACCES: "cannot be read: permission denied",
  EPERM: "cannot be read: permission denied",
};

/** What to tell of a file that the operating system does not let us read, by the code of its error. */
export function unreadable(code: string): string {
  return UNREADABLE[code] ?? `cannot be read: ${code}`;
}

/**
 * The file as a whole cannot be trusted (unreadable, not UTF-8, a broken quote, a wrong header): where its rows begin and end is
 * not known, so none of them is imported, whatever the options.
 */
export class UnusableFile extends Error {
  override readonly name = "UnusableFile";
  readonly problem: FileProblem;

  constructor(reason: string, place: Partial<Omit<FileProblem, "reason">> = {}) {
    super(reason);
    const { line = null, column = null, value = null } = place;
    this.problem = { line, column, value: value === null ? null : shown(value), reason };
  }
}
