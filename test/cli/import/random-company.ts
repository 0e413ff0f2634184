/** A repeatable source of random numbers (mulberry32). */
export interface Random {
  /** A whole number from 0 to `below - 1`. */
  int(below: number): number;
  pick<T>(from: readonly T[]): T;
  shuffle<T>(items: readonly T[]): T[];
}

export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const int = (below: number): number => Math.floor(next() * below);
  return {
    int,
    pick: (from) => from[int(from.length)]!,
    shuffle(items) {
      const shuffled = [...items];
      for (let at = shuffled.length - 1; at > 0; at--) {
        const other = int(at + 1);
        [shuffled[at], shuffled[other]] = [shuffled[other]!, shuffled[at]!];
      }
      return shuffled;
    },
  };
}

/** A cell; null and "" are both "no value". */
export type Cell = string | number | null;
/** Rows by column. */
export type Table = readonly Readonly<Record<string, Cell>>[];

export interface Company {
  readonly departments: Table;
  readonly employees: Table;
}

const GIVEN = ["Ada", "Björn", "Chloë", 'Dana "DJ"', "Émile", "Fatima", "Günther", "李"];
const FAMILY = [
  "Okafor",
  "Müller, Dr.",
  "Nguyễn",
  "O'Neill",
  "Þórsdóttir",
  "Smith\tJones".replace("\t", " "),
  "💡 Bright",
];

/**
 * A valid company: every department led by somebody, everybody but the first led by somebody with a lower number. Texts need
 * quoting, have several bytes a character, and optional cells are empty now and then.
 */
export function randomCompany(seed: number, size: { departments: number; employees: number }): Company {
  const random = randomFrom(seed);
  const number = (at: number): string => `E${at + 1}`;
  const day = (from: number, years: number): string =>
    `${from + random.int(years)}-${String(1 + random.int(12)).padStart(2, "0")}-${String(1 + random.int(28)).padStart(2, "0")}`;
  const maybe = (cell: Cell): Cell => (random.int(10) === 0 ? null : cell);
  const departments = Array.from({ length: size.departments }, (_, at) => ({
    code: `d${at + 1}`,
    name: `Department ${at + 1}${at % 3 === 0 ? ", north" : ""}`,
    manager_employee_number: size.employees === 0 ? null : maybe(number(random.int(size.employees))),
  }));
  const employees = Array.from({ length: size.employees }, (_, at) => ({
    employee_number: number(at),
    first_name: random.pick(GIVEN),
    last_name: random.pick(FAMILY),
    email: maybe(`person.${at + 1}@example.com`),
    phone: maybe(`+49 ${random.int(1_000_000)}`),
    birth_date: maybe(day(1950, 50)),
    gender: maybe(random.pick(["F", "M", "X"])),
    hire_date: maybe(day(2000, 25)),
    termination_date: random.int(8) === 0 ? day(2025, 2) : null,
    department_code: size.departments === 0 ? null : maybe(`d${1 + random.int(size.departments)}`),
    job_title: maybe(random.pick(["Engineer", "Clerk, first class", "Analyst"])),
    location: maybe(random.pick(["Berlin", "Accra", "São Paulo"])),
    manager_employee_number: at === 0 ? null : maybe(number(random.int(Math.ceil(at / 4)))),
    salary: maybe((random.int(20_000_000) / 100).toFixed(random.int(3))),
  }));
  return { departments, employees };
}

/** The table as CSV (RFC 4180), columns in the order of the first row unless named. */
export function toCsv(table: Table, columns: readonly string[] = Object.keys(table[0] ?? {})): string {
  const line = (cells: readonly Cell[]): string => `${cells.map(quoted).join(",")}\n`;
  return line(columns) + table.map((row) => line(columns.map((column) => row[column] ?? null))).join("");
}

function quoted(cell: Cell): string {
  const text = cell === null ? "" : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
