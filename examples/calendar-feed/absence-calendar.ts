import ical from "ical-generator";
import { AbsencesDocument } from "../generated/operations";
import { type Access, everyRecord } from "../latchkey-client";

const DAY_MS = 24 * 60 * 60 * 1000;
/** How long somebody who is back stays in the calendar. */
const KEPT_DAYS = 90;

/**
 * The absences that end after `today` less 90 days, as an iCalendar text (RFC 5545): one event of whole days for each, with an id that
 * stays the same, so that a calendar moves an event instead of showing it twice.
 */
export async function absenceCalendar(access: Access, today: Date): Promise<string> {
  const calendar = ical({ name: "Who is away", ttl: 15 * 60 });
  const from = new Date(today.getTime() - KEPT_DAYS * DAY_MS).toISOString().slice(0, 10);
  for await (const absence of everyRecord(access, AbsencesDocument, { from }, ({ timeOffs }) => timeOffs)) {
    if (!absence.startDate || !absence.endDate) continue;
    calendar.createEvent({
      id: `${absence.id}@latchkey`,
      allDay: true,
      start: new Date(`${absence.startDate}T00:00:00`),
      // RFC 5545, 3.6.1: an event ends before its DTEND, while Latchkey's endDate is the last day away.
      end: new Date(new Date(`${absence.endDate}T12:00:00`).getTime() + DAY_MS),
      summary: absence.employeeName ?? "Away",
    });
  }
  return calendar.toString();
}
