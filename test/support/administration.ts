import type { GrantInput } from "../../src/authorities/grant.input";
import type { Reply, TestLatchkey } from "./latchkey";

/** A user whom a test made, with its session where it was to sign in. */
export interface TestPerson {
  readonly id: string;
  readonly email: string;
  readonly token: string;
}

/** A grant as a client writes it in variables. */
export type GrantJson = Partial<Record<keyof GrantInput, unknown>>;

export const PASSWORD = "a long enough pass phrase";

/** Everything that an administrator does in tests, over HTTP and as the owner unless told otherwise. */
export interface Administration {
  /** Runs an operation as the owner; fails the test unless it succeeds. */
  asOwner<Data = Record<string, never>>(query: string, variables?: object): Promise<Data>;
  /** Id of a built-in role by its name. */
  builtIn(name: string): Promise<string>;
  /** Makes a user who is signed in. `roles` are ids, or names of built-in roles. */
  person(given?: { roles?: readonly string[]; kind?: string; [field: string]: unknown }): Promise<TestPerson>;
  role(input: object): Promise<string>;
  apiSet(grants: readonly GrantJson[]): Promise<string>;
  /** Generates a key with the session `by`. */
  key(by: string, input: object): Promise<{ id: string; token: string; warnings: string[] }>;
  /** Audit rows of one action about `targetId` (any target when left out), oldest first. */
  audited(action: string, targetId?: string): Promise<Record<string, unknown>[]>;
  /**
    for (const table of tables) {
      const where = table === "audit_event" ? ` WHERE ${IN_BACKGROUND.isNoRefusal}` : "";
      const rows = await latchkey.store.select<Record<string, unknown>>(`SELECT * FROM \`${table}\`${where}`, []);
      contents.push([table, ...rows.map((row) => JSON.stringify(row, IN_BACKGROUND.without)).sort()].join("\n"));
   */
  state(): Promise<string>;
  /** Expects `act` to be refused as a whole with `code`, and nothing to be written by it: no row, no audit row, no epoch. */
  refused(act: () => Promise<Reply>, code: string, details?: object): Promise<Reply>;
}

let made = 0;
/** A name that no other in this file has. */
export function unique(name: string): string {
  made += 1;
  return `${name} ${made}`;
}

const IN_BACKGROUND = {
  tables: ["api_key_usage", "rate_limit", "audit_head"],
  isNoRefusal: "action NOT LIKE '%.refused%'",
  without: (name: string, value: unknown) => (name.startsWith("lastUsed") ? undefined : value),
};

export function administer(latchkey: TestLatchkey): Administration {
  const asOwner: Administration["asOwner"] = (query, variables) =>
    latchkey.data(query, { token: latchkey.ownerToken, variables });

  const builtIn = async (name: string): Promise<string> => {
    const [row] = await latchkey.store.select<{ id: string }>("SELECT id FROM role WHERE name = ?", [name]);
    if (!row) throw new Error(`no role ${name}`);
    return row.id;
  };

  const person: Administration["person"] = async ({ roles = [], ...given } = {}) => {
    const roleIds = await Promise.all(roles.map((role) => (/^[A-Z]/.test(role) ? builtIn(role) : role)));
    const email = `${unique("person").replace(" ", "-")}@example.com`;
    const input = { kind: "EMPLOYEE", firstName: "Ann", lastName: "Lee", email, password: PASSWORD, roleIds, ...given };
    const { createUser } = await asOwner<{ createUser: { id: string; email: string } }>(
      "mutation ($input: CreateUserInput!) { createUser(input: $input) { id email } }",
      { input },
    );
    const token = input.password === null ? "" : await latchkey.signIn(createUser.email, input.password as string);
    return { ...createUser, token };
  };

  const state = async (): Promise<string> => {
    const tables = latchkey.store.reader.entityMetadatas
      .map(({ tableName }) => tableName)
      .filter((table) => !IN_BACKGROUND.tables.includes(table))
      .sort();
    const contents: string[] = [];
    for (const table of tables) {
      const where = table === "audit_event" ? ` WHERE ${IN_BACKGROUND.isNoRefusal}` : "";
      const rows = await latchkey.store.select<Record<string, unknown>>(`SELECT * FROM \`${table}\`${where}`, []);
      contents.push([table, ...rows.map((row) => JSON.stringify(row, IN_BACKGROUND.without)).sort()].join("\n"));
    }
    return contents.join("\n\n");
  };

  return {
    asOwner,
    builtIn,
    person,
    state,
    async role(input) {
      const { createRole } = await asOwner<{ createRole: { id: string } }>(
        "mutation ($input: RoleInput!) { createRole(input: $input) { id } }",
        { input: { name: unique("Role"), ...input } },
      );
      return createRole.id;
    },
    async apiSet(grants) {
      const { createApiSet } = await asOwner<{ createApiSet: { id: string } }>(
        "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }",
        { input: { name: unique("Set"), grants } },
      );
      return createApiSet.id;
    },
    async key(by, input) {
      const { generateApiKey } = await latchkey.data<{
        generateApiKey: { token: string; warnings: string[]; apiKey: { id: string } };
      }>("mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token warnings apiKey { id } } }", {
        token: by,
        variables: { input: { name: unique("Key"), ...input } },
      });
      const { token, warnings, apiKey } = generateApiKey;
      return { id: apiKey.id, token, warnings };
    },
    audited: (action, targetId) =>
      latchkey.store.select(
        `SELECT * FROM audit_event WHERE action = ?${targetId === undefined ? "" : " AND targetId = ?"} ORDER BY id`,
        targetId === undefined ? [action] : [action, targetId],
      ),
    async refused(act, code, details = {}) {
      const before = await state();
      const reply = await act();
      expect(reply.errors?.[0]).toMatchObject({ extensions: { code, ...details } });
      expect(reply.data ?? null).toBeNull();
      expect(await state()).toBe(before);
      return reply;
    },
  };
}

/** Twice the time after which use of keys is written, which is database work of no request. */
const QUIET_MS = 1_000;

/**
 * How often `work` made the service turn to its database, in whatever way; 0 = not at all. Waits first until what was counted
 * of earlier requests is written.
 */
export async function databaseUses({ store }: TestLatchkey, work: () => Promise<unknown>): Promise<number> {
  await new Promise((resolve) => setTimeout(resolve, QUIET_MS));
  // What keys were used for until now is written within a second.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  const spies = [
    jest.spyOn(store.reader, "createQueryRunner"),
    jest.spyOn(store, "select"),
    jest.spyOn(store, "readEpoch"),
    jest.spyOn(store, "transaction"),
    jest.spyOn(store, "change"),
  ];
  try {
    await work();
    return spies.reduce((sum, { mock }) => sum + mock.calls.length, 0);
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
