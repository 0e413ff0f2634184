import { type Company, idOf } from "../resources/company";
import type { Reply, TestLatchkey } from "../support/latchkey";

/** A permission as a client writes it. */
export interface GrantGiven {
  readonly resource: "employee" | "department" | "timeOff" | "compensation" | "document";
  readonly actions: readonly ("CREATE" | "READ" | "UPDATE" | "DELETE" | "DOWNLOAD")[];
  readonly fields?: readonly string[];
  readonly rows?: object;
}

/** Sends operations as one key or session. */
export interface Caller {
  readonly token: string;
  /** Whatever comes back. */
  ask<Data = Record<string, unknown>>(query: string, variables?: object): Promise<Reply<Data>>;
  /** Data of an operation that must succeed. */
  read<Data = Record<string, unknown>>(query: string, variables?: object): Promise<Data>;
}

export function callerOf(latchkey: TestLatchkey, token: string): Caller {
  return {
    token,
    ask: (query, variables) => latchkey.query(query, { token, ...(variables && { variables }) }),
    read: (query, variables) => latchkey.data(query, { token, ...(variables && { variables }) }),
  };
}

let made = 0;

/** A key of somebody's, by its id. */
export interface Key extends Caller {
  readonly apiKeyId: string;
}

/** A new key with these grants, of the owner, or of whoever `issuer` is; `settings` are further fields of the input. */
export async function keyWith(
  latchkey: TestLatchkey,
  grants: readonly GrantGiven[],
  issuer: Caller = callerOf(latchkey, latchkey.ownerToken),
  settings: object = {},
): Promise<Key> {
  const { generateApiKey } = await issuer.read<{ generateApiKey: { token: string; apiKey: { id: string } } }>(
    "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token apiKey { id } } }",
    { input: { name: `Key ${++made}`, grants, ...settings } },
  );
  return { ...callerOf(latchkey, generateApiKey.token), apiKeyId: generateApiKey.apiKey.id };
}

/** A signed-in user with a role of their own. */
export interface Person extends Caller {
  readonly userId: string;
  readonly roleId: string;
  /** Gives the role other grants. */
  regrant(grants: readonly GrantGiven[]): Promise<void>;
}

/** A new user who holds exactly these grants, may generate keys, and has this employee record. */
export async function personWith(
  latchkey: TestLatchkey,
  grants: readonly GrantGiven[],
  employeeId: string | null = null,
): Promise<Person> {
  const owner = callerOf(latchkey, latchkey.ownerToken);
  const number = ++made;
  const role = { name: `Role ${number}`, level: 10, authorities: ["MANAGE_USER_API_KEY"] };
  const { createRole } = await owner.read<{ createRole: { id: string } }>(
    "mutation ($input: RoleInput!) { createRole(input: $input) { id } }",
    { input: { ...role, grants } },
  );
  const account = { email: `person${number}@example.com`, password: `a long enough password ${number}` };
  const { createUser } = await owner.read<{ createUser: { id: string } }>(
    "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
    {
      input: {
        kind: "EMPLOYEE",
        firstName: "Person",
        lastName: String(number),
        roleIds: [createRole.id],
        employeeId,
        ...account,
      },
    },
  );
  return {
    ...callerOf(latchkey, await latchkey.signIn(account.email, account.password)),
    userId: createUser.id,
    roleId: createRole.id,
    async regrant(others) {
      await owner.read("mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }", {
        id: createRole.id,
        input: { ...role, grants: others },
      });
    },
  };
}

/** Every SELECT of `work` that goes through the store: what lists, counts and reads by id ask of the database. */
export async function selectsOf(latchkey: TestLatchkey, work: () => Promise<unknown>): Promise<string[]> {
  const spy = jest.spyOn(latchkey.store, "select");
  try {
    await work();
    return spy.mock.calls.map(([sql]) => sql);
  } finally {
    spy.mockRestore();
  }
}

/** What writes records as JSON around a statement on SQLite. */
const AS_TEXTS = /^SELECT group_concat\(.*?\) FROM \(((?:SELECT|WITH) .*)\)$/s;

/** Whether a statement returns records as JSON texts. */
export function writesTexts(sql: string): boolean {
  return AS_TEXTS.test(sql);
}

/** The statement that reads the rows, without what makes texts of them. */
export function rowsOf(sql: string): string {
  return AS_TEXTS.exec(sql)?.[1] ?? sql;
}

/** How many changes of records the audit trail tells; refused ones, which are written a moment later, are not among them. */
export async function countTrail(latchkey: TestLatchkey): Promise<number> {
  const [row] = await latchkey.store.select<{ total: number | string }>(
    `SELECT COUNT(*) AS total FROM audit_event
     WHERE targetKind IN ('employee', 'department') AND action NOT LIKE '%.refused'`,
    [],
  );
  return Number(row?.total);
}

/** One record as it is stored, version and all; null when there is none. */
export async function stored(
  latchkey: TestLatchkey,
  table: "employee" | "department",
  id: string,
): Promise<object | null> {
  const [row] = await latchkey.store.select<object>(`SELECT * FROM ${table} WHERE id = ?`, [id]);
  return row ?? null;
}

const [engineering, sales, legal] = [idOf("d", 0), idOf("d", 1), idOf("d", 2)];
const [ada, bo, cy, di, ed, fay, gus] = [0, 1, 2, 3, 4, 5, 6].map((n) => idOf("e", n)) as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

/** Ids of `STAFF`, by who and what they are. */
export const ID = { engineering, sales, legal, ada, bo, cy, di, ed, fay, gus, nobody: idOf("e", 99) } as const;

const nothing = {
  email: null,
  phone: null,
  birthDate: null,
  gender: null,
  hireDate: null,
  terminationDate: null,
  jobTitle: null,
  location: null,
  salary: null,
  departmentId: null,
  managerId: null,
};

const person = (id: string, firstName: string, more: Partial<Company["employees"][number]>) => ({
  ...nothing,
  id,
  employeeNumber: `N-${firstName}`,
  firstName,
  lastName: `${firstName}son`,
  email: `${firstName.toLowerCase()}@example.com`,
  ...more,
});

/**
 * Three levels of managers over two departments and two places, a department of nobody, and Gus, who has neither place, pay nor
 * department.
 *
 * ```
 * Ada (Engineering, Oslo) ← Bo (Sales, Bergen) ← Di (Sales, Bergen) ← Gus
 *                                              ← Ed (Sales, Oslo)
 *                         ← Cy (Engineering, Oslo) ← Fay (Engineering, Bergen)
 * ```
 */
export const STAFF: Company = {
  departments: [
    { id: engineering, code: "ENG", name: "Engineering", managerId: ada },
    { id: sales, code: "SAL", name: "Sales", managerId: bo },
    { id: legal, code: "LEG", name: "Legal", managerId: null },
  ],
  employees: [
    person(ada, "Ada", { location: "Oslo", salary: 9000, departmentId: engineering }),
    person(bo, "Bo", { location: "Bergen", salary: 7000, departmentId: sales, managerId: ada }),
    person(cy, "Cy", { location: "Oslo", salary: 6000, departmentId: engineering, managerId: ada }),
    person(di, "Di", { location: "Bergen", salary: 5000.5, departmentId: sales, managerId: bo }),
    person(ed, "Ed", { location: "Oslo", salary: 4000, departmentId: sales, managerId: bo }),
    person(fay, "Fay", { location: "Bergen", salary: 3000, departmentId: engineering, managerId: cy }),
    person(gus, "Gus", { managerId: di, email: null }),
  ],
};
