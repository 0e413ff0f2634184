import { dateOf, dayOf, fridayUpTo, millisecondsOf, mondayUpTo } from "./calendar";
import type { Company, CompanyEmployee } from "./company";
import { DEPARTMENTS, type DepartmentPlan, GRADES, LEADER_PAY } from "./jobs";
import { birthDate, createMailbox, createSwitchboard, makePerson } from "./person";
import { PLACES, type Place } from "./places";
import { Random } from "./random";

/** What decides a company: nothing else does, the date of today least of all. */
export interface CompanyOptions {
  readonly seed: string;
  /** How many people, those who have left included. */
  readonly employees: number;
}

/** Fewer would leave a department without people. */
export const FEWEST_EMPLOYEES = 150;
const FOUNDED = "2009-03-02";
/** The day that the records describe. */
export const AS_OF = "2026-06-30";
const FIRST_NUMBER = 10_001;
/** People of a team beside its lead, on average. */
const TEAM_SIZE = 9;
const LEFT_SHARE = 0.12;
const SAME_CITY_SHARE = 0.72;

/** Somebody's place in the hierarchy, before they have a number. */
interface Post {
  readonly department: DepartmentPlan;
  readonly rank: "executive" | "head" | "lead" | "staff";
  readonly place: Place;
  readonly manager: Post | null;
  readonly hireDay: number;
}

/**
 * A company of a dozen departments: an executive, whom the heads of departments report to, whom team leads report to, whom
 * everyone else reports to. Emails and telephone numbers are unique; `departments[].managerId` is the head.
 *
 * Pure: one seed and size give the same company on every machine and day, byte for byte.
 *
 * @example
 * generateCompany({ seed: "demo", employees: 2000 }).departments.length; // 12
 */
export function generateCompany({ seed, employees: count }: CompanyOptions): Company {
  if (!Number.isInteger(count) || count < FEWEST_EMPLOYEES) {
    throw new RangeError(`a company has at least ${FEWEST_EMPLOYEES} employees`);
  }
  const random = new Random(`${seed}/${count}`);
  const posts = makePosts(random, count).sort((left, right) => left.hireDay - right.hireDay);
  const foundedAt = millisecondsOf(dayOf(FOUNDED));
  const ids = new Map<Post, string>(posts.map((post, at) => [post, orderedId(random, foundedAt + at)]));
  const departmentIds = new Map(DEPARTMENTS.map((plan, at) => [plan, orderedId(random, foundedAt + at)]));

  const employees = fill(random, posts, ids, departmentIds);
  const departments = DEPARTMENTS.map((plan) => {
    const head = posts.find(({ department, rank }) => department === plan && rank !== "lead" && rank !== "staff");
    return { id: idIn(departmentIds, plan), code: plan.code, name: plan.name, managerId: idIn(ids, head as Post) };
  });
  return { departments, employees };
}

/** Everybody's post, department by department, leaders before those they lead. */
function makePosts(random: Random, count: number): Post[] {
  const sizes = sizesOf(count);
  const posts: Post[] = [];
  for (const [at, department] of DEPARTMENTS.entries()) {
    const headOffice = PLACES[0] as Place;
    const top = posts[0] ?? null;
    const head: Post = {
      department,
      rank: top === null ? "executive" : "head",
      place: top === null || random.chance(0.5) ? headOffice : random.weighted(PLACES),
      manager: top,
      hireDay: top === null ? mondayUpTo(dayOf(FOUNDED)) : hireDay(random, 0.65),
    };
    const others = (sizes[at] as number) - 1;
    const leads = Array.from({ length: Math.max(1, Math.round(others / (TEAM_SIZE + 1))) }, (): Post => {
      return { department, rank: "lead", place: random.weighted(PLACES), manager: head, hireDay: hireDay(random, 0.9) };
    });
    posts.push(head, ...leads);
    for (let member = leads.length; member < others; member++) {
      const manager = random.pick(leads);
      const place = random.chance(SAME_CITY_SHARE) ? manager.place : random.weighted(PLACES);
      posts.push({ department, rank: "staff", place, manager, hireDay: hireDay(random, 1) });
    }
  }
  return posts;
}

/** People of each department by weight; what rounding leaves over goes to the largest. */
function sizesOf(count: number): number[] {
  const total = DEPARTMENTS.reduce((sum, { weight }) => sum + weight, 0);
  const sizes = DEPARTMENTS.map(({ weight }) => Math.max(4, Math.floor((count * weight) / total)));
  const largest = DEPARTMENTS.reduce(
    (best, { weight }, at) => (weight > (DEPARTMENTS[best]?.weight ?? 0) ? at : best),
    0,
  );
  sizes[largest] = (sizes[largest] as number) + count - sizes.reduce((sum, size) => sum + size, 0);
  return sizes;
}

/** A Monday in the first `share` of the company's life; a square root, since it hires more each year than the year before. */
function hireDay(random: Random, share: number): number {
  const [founded, asOf] = [dayOf(FOUNDED), dayOf(AS_OF)];
  return mondayUpTo(founded + 7 + Math.floor((asOf - founded - 21) * share * Math.sqrt(random.fraction())));
}

function fill(
  random: Random,
  posts: readonly Post[],
  ids: ReadonlyMap<Post, string>,
  departmentIds: ReadonlyMap<DepartmentPlan, string>,
): CompanyEmployee[] {
  const mailbox = createMailbox();
  const switchboard = createSwitchboard(posts.length);
  return posts.map((post, at) => {
    const person = makePerson(random, post.place);
    const { jobTitle, pay } = job(random, post);
    return {
      id: idIn(ids, post),
      employeeNumber: String(FIRST_NUMBER + at),
      ...person,
      email: mailbox(person),
      phone: switchboard(post.place),
      birthDate: birthDate(random, post.hireDay, AGES[post.rank], AS_OF),
      hireDate: dateOf(post.hireDay),
      terminationDate: terminationDate(random, post),
      jobTitle,
      location: post.place.city,
      salary:
        Math.round((post.department.basePay * pay * post.place.pay * (0.92 + random.fraction() * 0.16)) / 100) * 100,
      departmentId: idIn(departmentIds, post.department),
      managerId: post.manager && idIn(ids, post.manager),
    };
  });
}

const AGES = { executive: [41, 44], head: [34, 53], lead: [27, 49], staff: [20, 56] } as const;

function job(random: Random, { rank, department }: Post): { jobTitle: string; pay: number } {
  if (rank === "staff") {
    const grade = random.weighted(GRADES);
    return { jobTitle: grade.prefix + random.pick(department.titles), pay: grade.pay };
  }
  return { jobTitle: rank === "lead" ? department.lead : department.head, pay: LEADER_PAY[rank] };
}

/** Only those without people leave, after three months at least: a team without its lead would not be believed. */
function terminationDate(random: Random, { rank, hireDay: hired }: Post): string | null {
  const spent = dayOf(AS_OF) - hired;
  if (rank !== "staff" || spent < 120 || !random.chance(LEFT_SHARE)) return null;
  return dateOf(fridayUpTo(hired + 100 + random.below(spent - 100)));
}

/** A UUID of version 7 (RFC 9562) that orders by `milliseconds`. */
export function orderedId(random: Random, milliseconds: number): string {
  const time = milliseconds.toString(16).padStart(12, "0");
  const hex = [random.word(), random.word(), random.word()].map((word) => word.toString(16).padStart(8, "0")).join("");
  const variant = "89ab".charAt(Number.parseInt(hex.charAt(3), 16) & 3);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-${variant}${hex.slice(4, 7)}-${hex.slice(7, 19)}`;
}

function idIn<Key>(ids: ReadonlyMap<Key, string>, key: Key): string {
  const id = ids.get(key);
  if (id === undefined) throw new Error("somebody reports to nobody of this company");
  return id;
}
