/** Tells somebody who is waiting how far the run is. */
export interface Progress {
  /** A new phase, e.g. `reading employees.csv`; `total` where it is known. */
  begin(phase: string, total?: number): void;
  /** Rows done so far in this phase. */
  at(rows: number): void;
  /** Wipes the line, if there is one; a new phase may follow. */
  end(): void;
}

/** Nobody is waiting. */
export const noProgress: Progress = { begin: () => undefined, at: () => undefined, end: () => undefined };

const REDRAW_MS = 100;
/** Back to the first column, and clear to the end of the line. */
const WIPE = "\r\u001b[K";

/** The part of `tty.WriteStream` that is used. */
interface Terminal {
  /** Width in characters; unknown, or 0, where nobody looks at it. */
  readonly columns?: number;
  write(text: string): unknown;
}

/** One line on a terminal, rewritten at most ten times a second and never longer than the line, so that it leaves nothing behind. */
export function terminalProgress(terminal: Terminal, now: () => number = Date.now): Progress {
  let phase = "";
  let total: number | undefined;
  let began = 0;
  let drawn = 0;
  let isShown = false;
  const draw = (rows: number): void => {
    const seconds = (now() - began) / 1000;
    const speed = rows > 0 && seconds > 0.5 ? `, ${grouped(Math.round(rows / seconds))} rows/s` : "";
    const done = rows === 0 ? "" : `: ${grouped(rows)}${total === undefined ? "" : ` of ${grouped(total)}`} rows`;
    terminal.write(WIPE + `${phase}${done}${speed}`.slice(0, (terminal.columns || 80) - 1));
    drawn = now();
    isShown = true;
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
    end() {
      if (isShown) terminal.write(WIPE);
      isShown = false;
    },
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
