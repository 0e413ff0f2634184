/** Tells somebody who is waiting how far the run is. */
export interface Progress {
  /** A new phase, e.g. `reading employees.csv`; `total` where it is known. */
  begin(phase: string, total?: number): void;
  /** Rows done so far in this phase. */
  at(rows: number): void;
  /** Wipes the line. */
  end(): void;
}

/** Nobody is waiting. */
export const noProgress: Progress = { begin: () => undefined, at: () => undefined, end: () => undefined };

const REDRAW_MS = 100;
/** Back to the first column, and clear to the end of the line. */
const WIPE = "\r\u001b[K";

/** One line on a terminal, rewritten at most ten times a second. */
export function terminalProgress(terminal: { write(text: string): unknown }, now: () => number = Date.now): Progress {
  let phase = "";
  let total: number | undefined;
  let began = 0;
  let drawn = 0;
  const draw = (rows: number): void => {
    const seconds = (now() - began) / 1000;
    const speed = rows > 0 && seconds > 0.5 ? `, ${grouped(Math.round(rows / seconds))} rows/s` : "";
    const done = rows === 0 ? "" : `: ${grouped(rows)}${total === undefined ? "" : ` of ${grouped(total)}`} rows`;
    terminal.write(`${WIPE}${phase}${done}${speed}`);
    drawn = now();
  };
  return {
    begin(nextPhase, nextTotal) {
      phase = nextPhase;
      total = nextTotal;
      began = now();
      draw(0);
    },
    at(rows) {
      if (now() - drawn >= REDRAW_MS) draw(rows);
    },
    end: () => void terminal.write(WIPE),
  };
}

/**
 * A count as people read it.
 *
 * @example
 * grouped(1234567); // "1,234,567"
 */
export function grouped(count: number): string {
  return count.toLocaleString("en-US");
}
