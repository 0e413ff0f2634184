const FORM = /^(\d{4})-(\d{2})-(\d{2})$/;
const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/**
 * What keeps `text` from being a day of the (proleptic) Gregorian calendar, written `YYYY-MM-DD`, from year 1000, where
 * MariaDB's DATE begins, to 9999; null when nothing does.
 *
 * @example
 * calendarDateProblem("2024-02-29"); // null
 * calendarDateProblem("2023-02-29"); // "must be a real date: 2023-02 has 28 days"
 */
export function calendarDateProblem(text: string): string | null {
  const [, year = "", month = "", day = ""] = FORM.exec(text) ?? [];
  if (year < "1000") return "must be a date from 1000-01-01, written YYYY-MM-DD";
  const days = daysIn(Number(year), Number(month));
  if (days === 0) return "must be a real date: months go from 01 to 12";
  return Number(day) >= 1 && Number(day) <= days ? null : `must be a real date: ${year}-${month} has ${days} days`;
}

function daysIn(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : (DAYS[month - 1] ?? 0);
}
