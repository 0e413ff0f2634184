const DAY_MS = 86_400_000;
const WEEK = 7;
/** 1970-01-01 was a Thursday. */
const MONDAY = 4;
const FRIDAY = 1;

/** Days since 1970-01-01 of a `YYYY-MM-DD`. */
export function dayOf(date: string): number {
  return Date.parse(`${date}T00:00:00Z`) / DAY_MS;
}

/**
 * A day number as `YYYY-MM-DD`.
 *
 * @example
 * dateOf(dayOf("2024-02-29")); // "2024-02-29"
 */
export function dateOf(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** Milliseconds at the beginning of a day, in UTC. */
export function millisecondsOf(day: number): number {
  return day * DAY_MS;
}

/** The Monday of that day's week or before: people begin on Mondays. */
export function mondayUpTo(day: number): number {
  return upTo(day, MONDAY);
}

/** That day if it is a Friday, else the Friday before: people leave on Fridays. */
export function fridayUpTo(day: number): number {
  return upTo(day, FRIDAY);
}

function upTo(day: number, weekday: number): number {
  return day - ((((day - weekday) % WEEK) + WEEK) % WEEK);
}
