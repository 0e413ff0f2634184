import { TimeOffStatus } from "../../resources/time-off/time-off-status";
import { dateOf, dayOf, millisecondsOf, mondayUpTo } from "./calendar";
import type { Company, CompanyEmployee } from "./company";
import { AS_OF, orderedId } from "./generate-company";
import { Random } from "./random";

/** A period of pay; property names are the entity's. */
export interface CompanyPay {
  readonly id: string;
  readonly employeeId: string;
  readonly amount: number;
  readonly currency: string;
  readonly effectiveFrom: string;
  readonly effectiveTo: string | null;
}

/** An absence; property names are the entity's. */
export interface CompanyAbsence {
  readonly id: string;
  readonly employeeId: string;
  readonly type: string;
  readonly startDate: string;
  readonly endDate: string;
  readonly status: TimeOffStatus;
  readonly note: null;
}

/** What happened to the people of a company. */
export interface CompanyHistory {
  readonly compensations: readonly CompanyPay[];
  readonly timeOffs: readonly CompanyAbsence[];
}

const RAISE_DATE = "2025-01-01";
const RAISE = 1.04;
const { REQUESTED, APPROVED, REJECTED, CANCELLED } = TimeOffStatus;
const DECIDED = [
  { status: APPROVED, weight: 8 },
  { status: REJECTED, weight: 1 },
  { status: CANCELLED, weight: 1 },
];
const KINDS = [
  { type: "VACATION", weight: 7 },
  { type: "SICK_LEAVE", weight: 3 },
];

/**
 * Pay that ends in everybody's salary, with a raise for those who were there before it, and a past and a coming absence of about half
 * of those who are still there. Periods of one person never overlap.
 *
 * Pure like `generateCompany`: one seed and company give the same history everywhere.
 */
export function generateHistory(seed: string, { employees }: Company): CompanyHistory {
  const random = new Random(`${seed}/history`);
  return {
    compensations: employees.flatMap((employee) => payOf(random, employee)),
    timeOffs: employees.flatMap((employee) => absencesOf(random, employee)),
  };
}

function payOf(random: Random, employee: CompanyEmployee): CompanyPay[] {
  const { id, salary, hireDate, terminationDate } = employee;
  const period = (amount: number, effectiveFrom: string, effectiveTo: string | null): CompanyPay => ({
    ...{ id: orderedId(random, millisecondsOf(dayOf(effectiveFrom))), employeeId: id, currency: "EUR" },
    ...{ amount, effectiveFrom, effectiveTo },
  });
  const isRaised = hireDate < RAISE_DATE && (terminationDate === null || terminationDate >= RAISE_DATE);
  if (!isRaised) return [period(salary, hireDate, terminationDate)];
  const before = Math.round(salary / RAISE / 100) * 100;
  return [period(before, hireDate, dateOf(dayOf(RAISE_DATE) - 1)), period(salary, RAISE_DATE, terminationDate)];
}

function absencesOf(random: Random, { id, hireDate, terminationDate }: CompanyEmployee): CompanyAbsence[] {
  if (terminationDate !== null) return [];
  const week = mondayUpTo(dayOf(AS_OF));
  const absence = (startDay: number, type: string, status: TimeOffStatus): CompanyAbsence => ({
    ...{ id: orderedId(random, millisecondsOf(startDay - 30)), employeeId: id, type, status, note: null },
    ...{ startDate: dateOf(startDay), endDate: dateOf(startDay + random.pick([0, 4, 11])) },
  });
  const past = week - 7 * (2 + random.below(24));
  const coming = week + 7 * (1 + random.below(20));
  return [
    ...(random.chance(0.5) && dateOf(past) >= hireDate
      ? [absence(past, random.weighted(KINDS).type, random.weighted(DECIDED).status)]
      : []),
    ...(random.chance(0.5) ? [absence(coming, "VACATION", random.chance(0.4) ? REQUESTED : APPROVED)] : []),
  ];
}
