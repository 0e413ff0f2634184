import { dateOf, dayOf } from "./calendar";
import { NAME_POOLS, type NamePool, type NamePoolName } from "./names";
import type { Place } from "./places";
import type { Random } from "./random";

/** Mail domain of everybody; `.example` is nobody's (RFC 2606). */
export const MAIL_DOMAIN = "demo.example";

/** Share of people whose names come from the pools of the city they work in. */
const LOCAL_SHARE = 0.7;
/** Share of people who are recorded as neither F nor M. */
const OTHER_GENDER_SHARE = 0.012;

const POOL_NAMES = Object.keys(NAME_POOLS) as NamePoolName[];

/** What is someone's own, whatever their job. */
export interface Person {
  readonly firstName: string;
  readonly lastName: string;
  readonly gender: "F" | "M" | "X";
}

/** Somebody who works at `place`. */
export function makePerson(random: Random, place: Place): Person {
  const pool: NamePool = NAME_POOLS[random.pick(random.chance(LOCAL_SHARE) ? place.names : POOL_NAMES)];
  const isFemale = random.chance(0.5);
  return {
    firstName: random.pick(isFemale ? pool.female : pool.male),
    lastName: random.pick(pool.family),
    gender: random.chance(OTHER_GENDER_SHARE) ? "X" : recorded(isFemale),
  };
}

function recorded(isFemale: boolean): "F" | "M" {
  return isFemale ? "F" : "M";
}

/** A day of birth that makes somebody `youngest` to `oldest` years old when hired and at most 66 on `asOf`. */
export function birthDate(
  random: Random,
  hireDay: number,
  [youngest, oldest]: readonly [number, number],
  asOf: string,
): string {
  // The sum of two is likeliest in the middle of the range.
  const years = youngest + ((random.fraction() + random.fraction()) / 2) * (oldest - youngest);
  const retired = dayOf(asOf) - Math.floor(66 * 365.25);
  return dateOf(Math.max(Math.floor(hireDay - years * 365.25), retired + random.below(300)));
}

/** Hands out addresses `first.last@demo.example`, with a number behind where several people share a name. */
export function createMailbox(): (person: Person) => string {
  const taken = new Map<string, number>();
  return ({ firstName, lastName }) => {
    const base = `${plain(firstName)}.${plain(lastName)}`;
    const before = taken.get(base) ?? 0;
    taken.set(base, before + 1);
    return `${base}${before === 0 ? "" : before + 1}@${MAIL_DOMAIN}`;
  };
}

/** Letters that have no decomposition into a base letter and marks. */
const SPELLINGS: Readonly<Record<string, string>> = { ł: "l", ø: "o", ß: "ss", ı: "i", æ: "ae", đ: "d" };

/** A name in the letters of a mailbox: lower case a to z, nothing else. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .normalize("NFD")
    .replace(/[łøßıæđ]/g, (letter) => SPELLINGS[letter] ?? "")
    .replace(/[^a-z]/g, "");
}

/** Hands out telephone numbers, none twice: `people` says how many digits that takes. */
export function createSwitchboard(people: number): (place: Place) => string {
  const digits = Math.max(4, String(people).length);
  const given = new Map<string, number>();
  return ({ phonePrefix }) => {
    const count = given.get(phonePrefix) ?? 0;
    given.set(phonePrefix, count + 1);
    // 7919 is prime to 10, so its multiples pass through every extension before one comes again.
    const extension = ((count + 1) * 7919) % 10 ** digits;
    return `${phonePrefix} 555 ${String(extension).padStart(digits, "0")}`;
  };
}
