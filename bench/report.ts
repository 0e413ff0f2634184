import { ratioOf, type Spread, spreadOf } from "./statistics";

/** What was measured of one target, one entry a round, in the order of the rounds. */
export interface Measured {
  readonly name: string;
  readonly requestsPerSecond: readonly number[];
  /** Processor time of the server for one request, in microseconds: steadier than speed where the machine is not quiet. */
  readonly cpuMicros: readonly number[];
  readonly p50Ms: readonly number[];
  readonly p99Ms: readonly number[];
  /** NaN for who has no epoch. */
  readonly epochReads: readonly number[];
  /** Resident memory after the last round. */
  readonly residentMiB: number;
}

/**
 * The table of a run: medians over the rounds with their extremes, and the ratios of each target to the first of its own round.
 */
export function table(measured: readonly Measured[]): string {
  const base = measured[0];
  if (base === undefined) throw new RangeError("nothing was measured");
  const hasEpoch = measured.some(({ epochReads }) => !epochReads.some(Number.isNaN));
  const rows = measured.map(({ name, requestsPerSecond, cpuMicros, p50Ms, p99Ms, epochReads, residentMiB }) => [
    name,
    whole(spreadOf(requestsPerSecond).median),
    range(spreadOf(requestsPerSecond), whole),
    spreadOf(p50Ms).median.toFixed(2),
    spreadOf(p99Ms).median.toFixed(2),
    Number.isNaN(residentMiB) ? "" : residentMiB.toFixed(0),
    whole(spreadOf(cpuMicros).median),
    ratio(ratioOf(requestsPerSecond, base.requestsPerSecond), 2),
    ratio(ratioOf(cpuMicros, base.cpuMicros), 2),
    ...(hasEpoch ? [epochReads.some(Number.isNaN) ? "" : spreadOf(epochReads).median.toFixed(3)] : []),
  ]);
  const head = ["", "req/s", "least … most", "p50 ms", "p99 ms", "MiB", "CPU µs", "speed ×", "CPU ×"];
  return aligned([[...head, ...(hasEpoch ? ["epoch reads"] : [])], ...rows]);
}

/** `0.52 (0.51 … 0.54)`: median and extremes over the rounds. */
export function ratio(spread: Spread, digits: number): string {
  return `${spread.median.toFixed(digits)} (${range(spread, (value) => value.toFixed(digits))})`;
}

function range({ least, most }: Spread, written: (value: number) => string): string {
  return `${written(least)} … ${written(most)}`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString("en");
}

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
export function aligned(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] as string).length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) =>
          column === 0 ? cell.padEnd(widths[0] as number) : cell.padStart(widths[column] as number),
        )
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
