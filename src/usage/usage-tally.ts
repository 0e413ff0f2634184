import type { RequestOrigin } from "../context";

/** How a request that came with a key ended. `DENIED`: for want of a permission, or before its operation was looked at. */
export type Outcome = "ALLOWED" | "DENIED" | "FAILED";

/** Calls of one key in one hour under one operation name, as far as they are not written yet. */
interface Cell {
  readonly apiKeyId: string;
  /** Milliseconds of its beginning. */
  readonly hour: number;
  readonly operationName: string;
  calls: number;
  denials: number;
  errors: number;
}

/** A key of the present hour, with its last use. */
interface Entry {
  readonly apiKeyId: string;
  hour: number;
  cells: Map<string, Cell>;
  usedAt: number;
  usedFrom: Pick<RequestOrigin, "ip" | "client">;
  isUseUnwritten: boolean;
}

/** What is to be added to the database: once, or given back. */
export interface UsageBatch {
  readonly cells: readonly (Readonly<Cell> & { readonly takenFrom: Cell })[];
  readonly uses: readonly (Readonly<Pick<Entry, "apiKeyId" | "usedAt" | "usedFrom">> & { readonly takenFrom: Entry })[];
}

/** Collects in memory what keys do. Counting costs two look-ups and no allocation but the first time in an hour. */
export interface UsageTally {
  /** Counts one request; `usedFrom` is given when it got in with the key, which is then its last use. */
  count(apiKeyId: string, operationName: string, outcome: Outcome, usedFrom: Entry["usedFrom"] | null): void;
  /** Hands out what was counted since the last batch; null when there is nothing. */
  takeBatch(): UsageBatch | null;
  /** Counters that the next batch would have. */
  waiting(): number;
  /** Takes back a batch that could not be written; its counts come with the next one. */
  giveBack(batch: UsageBatch): void;
}

/** Bounds on memory and on rows: a client may name its operations as it likes, also each one anew. */
export interface TallyBounds {
  /** Names per key and hour; what comes under further names is counted under `(other)`. */
  readonly names: number;
  /**
   * Names of all keys together, beyond which further names are counted under `(other)` too. Where nothing can be written for
   * hours though requests are answered (a full disk, say), twice as many wait; what would come beyond them is not counted.
   */
  readonly cells: number;
}

/** Some 10 MB at most. */
export const TALLY_BOUNDS: TallyBounds = Object.freeze({ names: 50, cells: 20_000 });

const HOUR_MS = 3_600_000;
const OTHER = "(other)";

/** `now` gives milliseconds. */
export function createUsageTally(now: () => number, bounds: TallyBounds = TALLY_BOUNDS): UsageTally {
  const entries = new Map<string, Entry>();
  let unwrittenCells: Cell[] = [];
  let unwrittenUses: Entry[] = [];
  let cellCount = 0;
  let sweptHour = 0;

  const entryOf = (apiKeyId: string, hour: number): Entry => {
    const known = entries.get(apiKeyId);
    if (known === undefined) {
      const entry = emptyEntry(apiKeyId, hour);
      entries.set(apiKeyId, entry);
      return entry;
    }
    if (known.hour !== hour) {
      cellCount -= known.cells.size;
      known.cells = new Map();
      known.hour = hour;
    }
    return known;
  };

  const cellOf = (entry: Entry, name: string): Cell => {
    const known = entry.cells.get(name);
    if (known !== undefined) return known;
    const isFull = entry.cells.size >= bounds.names || cellCount >= bounds.cells;
    if (isFull && name !== OTHER) return cellOf(entry, OTHER);
    const cell = emptyCell(entry, name);
    entry.cells.set(name, cell);
    cellCount += 1;
    return cell;
  };

  const add = (cell: Cell, calls: number, denials: number, errors: number): void => {
    if (cell.calls === 0) {
      if (unwrittenCells.length >= bounds.cells * 2) return;
      unwrittenCells.push(cell);
    }
    cell.calls += calls;
    cell.denials += denials;
    cell.errors += errors;
  };

  const noteUse = (entry: Entry): void => {
    if (!entry.isUseUnwritten) unwrittenUses.push(entry);
    entry.isUseUnwritten = true;
  };

  /** Keys that did nothing in the present hour need no memory; what of theirs is not written is in the lists above. */
  const forgetIdle = (hour: number): void => {
    if (hour === sweptHour) return;
    sweptHour = hour;
    for (const [apiKeyId, entry] of entries) {
      if (entry.hour === hour) continue;
      cellCount -= entry.cells.size;
      entries.delete(apiKeyId);
    }
  };

  return {
    count(apiKeyId, operationName, outcome, usedFrom) {
      const time = now();
      const entry = entryOf(apiKeyId, time - (time % HOUR_MS));
      add(cellOf(entry, operationName), 1, outcome === "DENIED" ? 1 : 0, outcome === "FAILED" ? 1 : 0);
      if (usedFrom === null) return;
      entry.usedAt = time;
      entry.usedFrom = usedFrom;
      noteUse(entry);
    },
    waiting: () => unwrittenCells.length,
    takeBatch() {
      if (unwrittenCells.length === 0) return null;
      const cells = unwrittenCells.map((cell) => {
        const taken = { ...cell, takenFrom: cell };
        cell.calls = cell.denials = cell.errors = 0;
        return taken;
      });
      const uses = unwrittenUses.map((entry) => {
        entry.isUseUnwritten = false;
        const { apiKeyId, usedAt, usedFrom } = entry;
        return { apiKeyId, usedAt, usedFrom, takenFrom: entry };
      });
      unwrittenCells = [];
      unwrittenUses = [];
      const time = now();
      forgetIdle(time - (time % HOUR_MS));
      return { cells, uses };
    },
    giveBack({ cells, uses }) {
      for (const { takenFrom, calls, denials, errors } of cells) add(takenFrom, calls, denials, errors);
      for (const { takenFrom } of uses) noteUse(takenFrom);
    },
  };
}

function emptyEntry(apiKeyId: string, hour: number): Entry {
  return {
    apiKeyId,
    hour,
    cells: new Map(),
    usedAt: 0,
    usedFrom: { ip: null, client: null },
    isUseUnwritten: false,
  };
}

function emptyCell({ apiKeyId, hour }: Entry, operationName: string): Cell {
  return { apiKeyId, hour, operationName, calls: 0, denials: 0, errors: 0 };
}
