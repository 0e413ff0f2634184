import { auditActions } from "../../src/audit/audit-actions";
import { type Administration, administer, PASSWORD, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
});
afterAll(() => latchkey?.stop());

/** A change that can be made now: what is sent, and by which session when not by the owner's. */
interface Change {
  readonly query: string;
  readonly variables?: object;
  readonly token?: string;
}

const key = () => admin.key(latchkey.ownerToken, { grants: [NAMES] });
const user = () => admin.person({ password: null });
const newest = async (table: string) => {
  const rows = await latchkey.store.select<{ id: string; createdAt: string }>(`SELECT id FROM ${table}`, []);
  return rows.at(-1)?.id;
};

/** One way to make each mutation of the schema do something. */
const CHANGES: Record<string, () => Promise<Change>> = {
  signIn: async () => ({
    query:
      "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken } }",
    variables: { email: (await admin.person()).email, password: PASSWORD },
    token: "",
  }),
  signOut: async () => ({ query: "mutation { signOut }", token: (await admin.person()).token }),
  changePassword: async () => ({
    query: `mutation { changePassword(current: "${PASSWORD}", next: "quite another pass phrase") }`,
    token: (await admin.person()).token,
  }),
  createPasswordReset: async () => ({
    query: "mutation ($id: ID!) { createPasswordReset(userId: $id) { expiresAt } }",
    variables: await user(),
  }),
  resetPassword: async () => {
    const { createPasswordReset } = await admin.asOwner<{ createPasswordReset: { token: string } }>(
      "mutation ($id: ID!) { createPasswordReset(userId: $id) { token } }",
      await user(),
    );
    return {
      query: "mutation ($token: String!, $next: String!) { resetPassword(token: $token, next: $next) }",
      variables: { ...createPasswordReset, next: "quite another pass phrase" },
      token: "",
    };
  },
  createUser: async () => ({
    query: `mutation { createUser(input: { kind: BOT, firstName: "B", lastName: "Ot", email: "${unique("bot").replace(" ", "")}@example.com" }) { id } }`,
  }),
  updateUser: async () => ({
    query: 'mutation ($id: ID!) { updateUser(id: $id, input: { firstName: "Other" }) { id } }',
    variables: await user(),
  }),
  setUserStatus: async () => ({
    query: "mutation ($id: ID!) { setUserStatus(id: $id, status: DISABLED) { id } }",
    variables: await user(),
  }),
  setUserRoles: async () => ({
    query: "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }",
    variables: { ...(await user()), roleIds: [await admin.builtIn("Employee")] },
  }),
  createRole: async () => ({ query: `mutation { createRole(input: { name: "${unique("Role")}" }) { id } }` }),
  updateRole: async () => ({
    query: `mutation ($id: ID!) { updateRole(id: $id, input: { name: "${unique("Role")}" }) { id } }`,
    variables: { id: await admin.role({}) },
  }),
  deleteRole: async () => ({
    query: "mutation ($id: ID!) { deleteRole(id: $id) }",
    variables: { id: await admin.role({}) },
  }),
  createApiSet: async () => ({
    query: "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }",
    variables: { input: { name: unique("Set"), grants: [NAMES] } },
  }),
  updateApiSet: async () => ({
    query: "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }",
    variables: { id: await admin.apiSet([NAMES]), input: { name: unique("Set"), grants: [NAMES] } },
  }),
  deleteApiSet: async () => ({
    query: "mutation ($id: ID!) { deleteApiSet(id: $id) }",
    variables: { id: await admin.apiSet([NAMES]) },
  }),
  generateApiKey: async () => ({
    query: "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }",
    variables: { input: { name: unique("Key"), grants: [NAMES] } },
  }),
  updateApiKey: async () => ({
    query: 'mutation ($id: ID!) { updateApiKey(id: $id, input: { description: "Other" }) { id } }',
    variables: await key(),
  }),
  rotateApiKey: async () => ({
    query: "mutation ($id: ID!) { rotateApiKey(id: $id, graceSeconds: 60) { token } }",
    variables: await key(),
  }),
  setApiKeyEnabled: async () => ({
    query: "mutation ($id: ID!) { setApiKeyEnabled(id: $id, enabled: false) { id } }",
    variables: await key(),
  }),
  revokeApiKey: async () => ({ query: "mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", variables: await key() }),
  revokeAllApiKeys: async () => ({ query: 'mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }' }),
  reportLeakedApiKey: async () => ({
    query: "mutation ($token: String!) { reportLeakedApiKey(token: $token) }",
    variables: { token: (await admin.key(latchkey.ownerToken, { grants: [NAMES] })).token },
    token: "",
  }),
  updateSettings: async () => ({
    query: "mutation { updateSettings(input: { apiKeyDefaultLifetimeDays: 7 }) { version } }",
  }),
};

/** Sign-ins begin what nobody has in memory yet, and records are not part of who may do what: neither moves the epoch. */
const EPOCH_STAYS = new Set(["signIn"]);

const RESOURCES: Record<string, object> = {
  Department: { code: "d1", name: "Research" },
  Employee: { employeeNumber: "1", firstName: "Ann", lastName: "Lee" },
};
for (const [name, input] of Object.entries(RESOURCES)) {
  const table = name.toLowerCase();
  const make = `mutation ($input: Create${name}Input!) { create${name}(input: $input) { id } }`;
  const existing = async (): Promise<string | undefined> => {
    if ((await newest(table)) === undefined) await admin.asOwner(make, { input });
    return newest(table);
  };
  const field = name === "Department" ? "name" : "lastName";
  CHANGES[`create${name}`] = async () => ({ query: make, variables: { input } });
  CHANGES[`update${name}`] = async () => ({
    query: `mutation ($id: ID!) { update${name}(id: $id, input: { ${field}: "Other" }) { id } }`,
    variables: { id: await existing() },
  });
  CHANGES[`delete${name}`] = async () => ({
    query: `mutation ($id: ID!) { delete${name}(id: $id) { id } }`,
    variables: { id: await existing() },
  });
  for (const verb of ["create", "update", "delete"]) EPOCH_STAYS.add(`${verb}${name}`);
}

/** Records of a person who has no other, so that no periods overlap. */
const OF_SOMEBODY: Record<string, { readonly input: object; readonly change: string }> = {
  TimeOff: { input: { type: "VACATION", startDate: "2024-07-01", endDate: "2024-07-02" }, change: 'note: "Other"' },
  Compensation: { input: { amount: 1, currency: "EUR", effectiveFrom: "2024-07-01" }, change: "amount: 2" },
  Document: {
    input: { title: "Notes", fileName: "notes.txt", content: Buffer.from("notes").toString("base64") },
    change: 'title: "Other"',
  },
};
for (const [name, { input, change }] of Object.entries(OF_SOMEBODY)) {
  const make = `mutation ($input: Create${name}Input!) { created: create${name}(input: $input) { id } }`;
  const values = async (): Promise<{ input: object }> => {
    const { created } = await admin.asOwner<{ created: { id: string } }>(
      "mutation ($input: CreateEmployeeInput!) { created: createEmployee(input: $input) { id } }",
      { input: { employeeNumber: unique("Nr"), firstName: "Ann", lastName: "Lee" } },
    );
    return { input: { ...input, employeeId: created.id } };
  };
  const existing = async (): Promise<{ id: string }> =>
    (await admin.asOwner<{ created: { id: string } }>(make, await values())).created;
  const onExisting = (verb: string, more = ""): void => {
    const query = `mutation ($id: ID!) { ${verb}${name}(id: $id${more}) { id } }`;
    CHANGES[`${verb}${name}`] = async () => ({ query, variables: await existing() });
    EPOCH_STAYS.add(`${verb}${name}`);
  };
  CHANGES[`create${name}`] = async () => ({ query: make, variables: await values() });
  EPOCH_STAYS.add(`create${name}`);
  onExisting("update", `, input: { ${change} }`);
  for (const verb of name === "TimeOff" ? ["delete", "approve", "reject", "cancel"] : ["delete"]) onExisting(verb);
}

describe("every mutation of the schema", () => {
  it("is tried here", () => {
    const mutations = Object.keys(latchkey.schema.executable.getMutationType()?.getFields() ?? {});
    expect(mutations.filter((name) => CHANGES[name] === undefined)).toEqual([]);
  });
});

describe("a change", () => {
  it.each(Object.keys(CHANGES))(
    "by %s writes one audit row, of who, when, from where and in which request, and moves the epoch with it",
    async (name) => {
      const { query, variables, token = latchkey.ownerToken } = (await CHANGES[name]?.()) ?? { query: "" };
      const trail = () => latchkey.store.select<Record<string, unknown>>("SELECT * FROM audit_event ORDER BY id", []);
      const [before, epoch] = [await trail(), await latchkey.store.readEpoch()];
      const reply = await latchkey.query(query, {
        variables,
        token: token || undefined,
        headers: { "apollographql-client-name": "trail" },
      });
      expect(reply.errors).toBeUndefined();
      const written = (await trail()).slice(before.length);
      // The end of all keys is told on each of them as well.
      const added = written.filter(({ action }) => name !== "revokeAllApiKeys" || action !== "apiKey.revoke");
      for (const { action } of written) expect(auditActions()).toContain(action);
      expect(added).toHaveLength(1);
      expect(added[0]).toMatchObject({
        actorKind: token === "" ? "NOBODY" : "USER",
        action: expect.stringMatching(/^[a-zA-Z]+\.[a-zA-Z]+$/),
        ip: "127.0.0.1",
        client: "trail",
        requestId: reply.headers.get("x-request-id"),
      });
      expect((await latchkey.store.readEpoch()) > epoch).toBe(!EPOCH_STAYS.has(name));
    },
  );

  it("whose audit row cannot be written is not made either", async () => {
    const { query, variables } = await CHANGES.createApiSet!();
    const id = await key();
    const rows = () =>
      Promise.all(
        ["api_set", "api_key", "role", "audit_event"].map((table) =>
          latchkey.store.select(`SELECT * FROM ${table}`, []),
        ),
      );
    const before = JSON.stringify(await rows());
    // The table refuses every row from here on, as a full or broken database would.
    await latchkey.store.transaction((tx) =>
      tx.query(
        latchkey.store.dialect === "sqlite"
          ? "CREATE TRIGGER no_audit BEFORE INSERT ON audit_event BEGIN SELECT RAISE(ABORT, 'no audit'); END"
          : "CREATE TRIGGER no_audit BEFORE INSERT ON audit_event FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no audit'",
      ),
    );
    const epoch = await latchkey.store.readEpoch();
    const attempts: [string, object | undefined][] = [
      [query, variables],
      ["mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", id],
      [`mutation { createRole(input: { name: "${unique("Role")}" }) { id } }`, undefined],
    ];
    for (const [change, given] of attempts) {
      const reply = await latchkey.query(change, { token: latchkey.ownerToken, variables: given });
      expect(reply).toMatchObject({ status: 500, errors: [{ extensions: { code: "INTERNAL" } }] });
      expect(reply.text).not.toMatch(/audit|trigger|SQL/i);
      expect(reply.errors?.[0]?.extensions.requestId).toBe(reply.headers.get("x-request-id"));
    }
    await latchkey.store.transaction((tx) => tx.query("DROP TRIGGER no_audit"));
    expect(JSON.stringify(await rows())).toBe(before);
    expect(await latchkey.store.readEpoch()).toBe(epoch);
    expect((await latchkey.query("{ viewer { kind } }", { token: id.token })).status).toBe(200);
  });
});

describe("the audit trail", () => {
  it("is read by who holds VIEW_AUDIT, newest first, by action, area, actor and target", async () => {
    const auditor = await admin.person({ roles: [await admin.role({ authorities: ["VIEW_AUDIT"] })] });
    const made = await key();
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", made);
    const list =
      "query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { nodes { action actorName targetId } } }";
    const found = await latchkey.data<{ auditEvents: { nodes: object[] } }>(list, {
      token: auditor.token,
      variables: { filter: { targetId: made.id } },
    });
    const by = { actorName: "owner@example.com", targetId: made.id };
    expect(found.auditEvents.nodes).toEqual([
      { action: "apiKey.revoke", ...by },
      { action: "apiKey.generate", ...by },
    ]);
    for (const [filter, expected] of [
      [{ action: "apiKey.", targetId: made.id }, 2],
      [{ action: "apiKey.revoke", targetId: made.id }, 1],
      [{ action: "role.", targetId: made.id }, 0],
      [{ actorId: auditor.id, action: "apiKey." }, 0],
    ] as const) {
      const { auditEvents } = await latchkey.data<{ auditEvents: { nodes: object[] } }>(list, {
        token: auditor.token,
        variables: { filter },
      });
      expect(auditEvents.nodes).toHaveLength(expected);
    }
    const developer = await admin.person({ roles: ["Developer"] });
    await admin.refused(() => latchkey.query(list, { token: developer.token }), "FORBIDDEN", {
      authorities: ["VIEW_AUDIT"],
    });
  });

  it("cannot be changed or emptied through the API by anybody", async () => {
    const mutations = Object.keys(latchkey.schema.executable.getMutationType()?.getFields() ?? {});
    expect(mutations.filter((name) => /audit/i.test(name))).toEqual([]);
  });
});
