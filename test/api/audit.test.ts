import { auditActions } from "../../src/audit/audit-actions";
import { verifyChain } from "../../src/audit/verify-chain";
import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

interface Event {
  readonly sequence: number;
  readonly action: string;
  readonly severity: string;
  readonly actorKind: string;
  readonly actorId: string | null;
  readonly actorName: string | null;
  readonly targetKind: string | null;
  readonly targetId: string | null;
  readonly targetName: string | null;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly ip: string | null;
  readonly client: string | null;
  readonly requestId: string;
}

const EVENTS = `query ($filter: AuditEventFilter, $first: Int, $sort: [AuditEventSort!]) {
  auditEvents(filter: $filter, first: $first, sort: $sort) {
    totalCount
    nodes {
      sequence action severity actorKind actorId actorName targetKind targetId targetName before after ip client requestId
    }
  }
}`;

let latchkey: TestLatchkey;
let second: TestLatchkey;
let admin: Administration;
beforeAll(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
  admin = administer(latchkey);
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});

async function events(filter: object, first = 50): Promise<Event[]> {
  const { auditEvents } = await admin.asOwner<{ auditEvents: { nodes: Event[] } }>(EVENTS, { filter, first });
  return auditEvents.nodes;
}

/** Refusals are recorded beside the request: waits until `count` of them are there. */
async function eventually(count: number, filter: object): Promise<Event[]> {
  for (const deadline = Date.now() + 10_000; ; ) {
    const found = await events(filter);
    if (found.length >= count || Date.now() > deadline) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe("B9: an event of the audit trail", () => {
  it("says who did what to what, before and after, from where and by which request", async () => {
    const { token } = await admin.person({ roles: ["Administrator"] });
    const reply = await latchkey.query<{ createApiSet: { id: string } }>(
      "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }",
      {
        token,
        variables: { input: { name: unique("Set"), grants: [{ resource: "employee", actions: ["READ"] }] } },
        headers: { "apollographql-client-name": "payroll console" },
      },
    );
    const id = reply.data?.createApiSet.id as string;
    const { name } = await admin
      .asOwner<{ apiSet: { name: string } }>("query ($id: ID!) { apiSet(id: $id) { name } }", { id })
      .then(({ apiSet }) => apiSet);
    const [event] = await events({ targetId: id });
    expect(event).toMatchObject({
      action: "apiSet.create",
      severity: "INFO",
      actorKind: "USER",
      actorName: expect.stringMatching(/@example\.com$/),
      targetKind: "apiSet",
      targetName: name,
      after: { name, grants: [{ resource: "employee", actions: ["READ"], fields: null, rows: null }] },
      ip: "127.0.0.1",
      client: "payroll console",
      requestId: reply.headers.get("x-request-id"),
    });
  });

  it("is found by action, area, actor, target, severity and time, and these add up", async () => {
    const { id, token } = await admin.person({ roles: ["Developer"] });
    const from = new Date(latchkey.clock.now()).toISOString();
    latchkey.clock.advance(5_000);
    const key = await admin.key(token, { grants: [{ resource: "department", actions: ["READ"] }] });
    const to = new Date(latchkey.clock.now() + 1).toISOString();
    latchkey.clock.advance(5_000);
    await latchkey.data("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { token, variables: { id: key.id } });
    const actions = async (filter: object) => (await events(filter)).map(({ action }) => action);
    expect(await actions({ targetId: key.id })).toEqual(["apiKey.revoke", "apiKey.generate"]);
    expect(await actions({ targetId: key.id, action: "apiKey.generate" })).toEqual(["apiKey.generate"]);
    expect(await actions({ targetId: key.id, action: "apiKey." })).toEqual(["apiKey.revoke", "apiKey.generate"]);
    expect(await actions({ actorId: id, targetKind: "apiKey" })).toEqual(["apiKey.revoke", "apiKey.generate"]);
    expect(await actions({ actorId: id, targetKind: "role" })).toEqual([]);
    expect(await actions({ actorId: id, from, to })).toEqual(["apiKey.generate"]);
    expect(await actions({ actorKind: "OPERATOR", targetKind: "apiKey" })).toEqual([]);
    expect(await actions({ actorKind: "OPERATOR", action: "role.create" })).not.toEqual([]);
    expect(await actions({ targetId: key.id, severity: "HIGH" })).toEqual([]);
  });

  it.each([
    ["nope", /session\., .*apiKey\., .*employee\./],
    ["nope.", /session\., /],
    ["", /session\., /],
    ["apiKey", /apiKey\.generate, .*apiKey\.revokeAll/],
    ["apiKey.revoked", /apiKey\. for all of them: .*apiKey\.revoke, /],
    ["timeOff.accept", /timeOff\.approve, timeOff\.reject, timeOff\.cancel/],
    ["apiKey.revoke.", /apiKey\.revoke, /],
    ["constructor.name", /session\., /],
  ])("is not silently empty for what no row can say: %j", async (action, suggested) => {
    const list = "query ($filter: AuditEventFilter) { auditEvents(filter: $filter) { totalCount } }";
    const reply = await latchkey.query(list, { token: latchkey.ownerToken, variables: { filter: { action } } });
    expect(reply).toMatchObject({
      status: 400,
      errors: [
        {
          message: expect.stringMatching(suggested),
          extensions: {
            code: "BAD_USER_INPUT",
            field: "filter.action",
            allowed: expect.arrayContaining(["apiKey.revoke", "employee.update", "import.employees"]),
          },
        },
      ],
    });
    expect(reply.data ?? null).toBeNull();
  });

  it("takes every action and area that it names itself, had anything happened or not", async () => {
    for (const action of [...auditActions(), ...new Set(auditActions().map((name) => name.replace(/\..*/, ".")))]) {
      const found = (await events({ action }, 5)).filter((event) => !event.action.startsWith(action));
      expect([action, found]).toEqual([action, []]);
    }
  });

  it("comes newest first and numbered without a gap", async () => {
    const numbers = (await events({}, 500)).map(({ sequence }) => sequence);
    expect(numbers).toEqual(numbers.map((_number, at) => numbers.length - at));
  });

  it("is for VIEW_AUDIT alone: a developer and an owner's key are refused", async () => {
    const { token } = await admin.person({ roles: ["Developer"] });
    const key = await admin.key(latchkey.ownerToken, { grants: [{ resource: "employee", actions: ["READ"] }] });
    for (const refused of [token, key.token]) {
      const { status, errors, data } = await latchkey.query(EVENTS, { token: refused });
      expect(status).toBe(403);
      expect(errors?.[0]?.extensions).toMatchObject({ code: "FORBIDDEN", authorities: ["VIEW_AUDIT"] });
      expect(data).toBeUndefined();
    }
  });
});

describe("B9: fifty writers at once on two instances", () => {
  it("leave one chain, every change in it once", async () => {
    const { createDepartment } = await admin.asOwner<{ createDepartment: { id: string } }>(
      'mutation { createDepartment(input: { code: "d005", name: "Development" }) { id } }',
    );
    const instance = (at: number) => (at % 2 === 0 ? latchkey : second);
    const many = Array.from({ length: 50 }, (_unused, at) => at);
    const made = await Promise.all(
      many.map((at) =>
        instance(at).data<{ createEmployee: { id: string } }>(
          "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }",
          {
            token: latchkey.ownerToken,
            variables: {
              input: { employeeNumber: `w${at}`, firstName: "A", lastName: "B", departmentId: createDepartment.id },
            },
          },
        ),
      ),
    );
    // With a row scope, a transaction has read before it comes to the head of the chain.
    const scoped = await admin.key(latchkey.ownerToken, {
      grants: [{ resource: "employee", actions: ["READ", "UPDATE"], rows: { departmentIds: [createDepartment.id] } }],
    });
    await Promise.all(
      many.map((at) =>
        instance(at).data('mutation ($id: ID!) { updateEmployee(id: $id, input: { firstName: "C" }) { firstName } }', {
          token: scoped.token,
          variables: { id: made[at]?.createEmployee.id },
        }),
      ),
    );
    await Promise.all([
      ...many
        .slice(0, 10)
        .map((at) =>
          instance(at).query('mutation { createRole(input: { name: "x", level: 1 }) { id } }', { token: scoped.token }),
        ),
      ...many.slice(0, 10).map(() => admin.apiSet([{ resource: "employee", actions: ["READ"] }])),
    ]);
    const counted = async (action: string) =>
      (await latchkey.store.select("SELECT id FROM audit_event WHERE action = ?", [action])).length;
    expect(await counted("employee.create")).toBe(50);
    expect(await counted("employee.update")).toBe(50);
    expect((await eventually(10, { action: "request.refused", actorId: scoped.id })).length).toBe(10);
    const { broken, count } = await verifyChain(latchkey.store, latchkey.operator.pepper);
    expect(broken).toBeNull();
    expect(count).toBeGreaterThan(110);
  });
});

describe("a change that is refused", () => {
  let developer: TestPerson;
  beforeAll(async () => {
    developer = await admin.person({ roles: ["Developer"] });
  });

  it("is in the trail when the authority for it is missing: who tried, what was lacking, from where", async () => {
    const { id } = await admin.person();
    const reply = await latchkey.query(
      "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }",
      { token: developer.token, variables: { id, roleIds: [] } },
    );
    expect(reply.status).toBe(403);
    const [event] = await eventually(1, { action: "request.refused", actorId: developer.id });
    expect(event).toMatchObject({
      severity: "WARNING",
      actorName: developer.email,
      targetKind: "user",
      targetId: id,
      after: {
        code: "FORBIDDEN",
        refused: expect.arrayContaining([
          { coordinate: "Mutation.setUserRoles", missing: "authority:ASSIGN_ROLES", deniedBy: "OWNER" },
        ]),
      },
      ip: "127.0.0.1",
      requestId: reply.headers.get("x-request-id"),
    });
  });

  it("is in the trail when a key calls for a change of an administrator", async () => {
    const key = await admin.key(latchkey.ownerToken, { grants: [{ resource: "employee", actions: ["READ"] }] });
    await latchkey.query('mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }', { token: key.token });
    const [event] = await eventually(1, { action: "request.refused", actorId: key.id });
    expect(event).toMatchObject({ actorKind: "API_KEY", severity: "WARNING", after: { code: "FORBIDDEN" } });
  });

  it("is in the trail when a guard refuses it, though its transaction is rolled back", async () => {
    const grants = [{ resource: "employee", actions: ["READ"], fields: ["salary"] }];
    const reply = await latchkey.query("mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }", {
      token: developer.token,
      variables: { input: { name: "Pay", grants } },
    });
    expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { code: "OUT_OF_SCOPE" } }] });
    const [event] = await eventually(1, { action: "change.refused", actorId: developer.id });
    expect(event).toMatchObject({
      severity: "WARNING",
      after: {
        code: "OUT_OF_SCOPE",
        mutation: "createApiSet",
        input: "input.grants",
        missing: ["employee.salary:READ (rows)"],
      },
    });
    expect(await events({ action: "apiSet.create", actorId: developer.id })).toEqual([]);
  });

  it("is in the trail when it would leave the account without an owner", async () => {
    const { viewer } = await admin.asOwner<{ viewer: { user: { id: string } } }>("{ viewer { user { id } } }");
    const reply = await latchkey.query("mutation ($id: ID!) { setUserRoles(id: $id, roleIds: []) { id } }", {
      token: latchkey.ownerToken,
      variables: { id: viewer.user.id },
    });
    expect(reply.errors).toBeDefined();
    const [event] = await eventually(1, { action: "change.refused", actorId: viewer.user.id });
    expect(event).toMatchObject({
      after: { code: reply.errors?.[0]?.extensions.code, mutation: "setUserRoles" },
      targetId: viewer.user.id,
    });
  });

  it("is in the trail when nobody is signed in, as nobody", async () => {
    await latchkey.query('mutation { deleteEmployee(id: "x") { id } }');
    const [event] = await eventually(1, { action: "request.refused", actorKind: "NOBODY" });
    expect(event).toMatchObject({ actorId: null, after: { code: "UNAUTHENTICATED" } });
  });

  it("of what is not there names what was sought, in the form of an id alone and never the value of a key", async () => {
    const { id: actorId, token } = await admin.person({ roles: ["Account Owner"] });
    const value = "8f14e45f-ceea-467f-a5d5-9c3e1b7a2d60";
    await admin.key(token, { grants: [{ resource: "employee", actions: ["READ"] }], value });
    const guid = "3f2504e0-4f89-41d3-9a0c-0305e82c3301";
    const sought: [string, string, string | null][] = [
      ["revokeApiKey", "abcDEF012345", "apiKey"],
      ["deleteApiSet", guid, "apiSet"],
      ["deleteRole", guid, "role"],
      ["deleteEmployee", guid, "employee"],
      ["approveTimeOff", guid, "timeOff"],
      ["revokeApiKey", value, null],
      ["revokeApiKey", value.toUpperCase(), null],
      ["deleteDepartment", "my pass phrase", null],
    ];
    for (const [mutation, id] of sought) {
      const fields = mutation.startsWith("delete") && !/Employee|Department/.test(mutation) ? "" : "{ id }";
      const reply = await latchkey.query(`mutation ($id: ID!) { ${mutation}(id: $id) ${fields} }`, {
        token,
        variables: { id },
      });
      expect([mutation, reply.errors?.[0]?.extensions.code]).toEqual([mutation, "NOT_FOUND"]);
    }
    const rows = await eventually(sought.length, { action: "change.refused", actorId });
    expect(rows.map(({ targetKind, targetId, targetName }) => [targetKind, targetId, targetName]).reverse()).toEqual(
      sought.map(([, id, kind]) => [kind, kind && id, null]),
    );
    const all = JSON.stringify(await latchkey.store.select("SELECT * FROM audit_event", []));
    expect(all.toLowerCase()).not.toContain(value);
    expect(all).not.toContain("my pass phrase");
  });

  it("leaves no value of a variable behind", async () => {
    const canary = "canary-8d1c2f";
    const token = developer.token;
    const input = { name: canary, level: 1, description: canary };
    await latchkey.query("mutation ($input: RoleInput!) { createRole(input: $input) { id } }", {
      token,
      variables: { input },
    });
    await latchkey.query("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { token, variables: { id: canary } });
    await latchkey.query(`mutation { ${canary.replaceAll("-", "_")}: revokeApiKey(id: "${canary}") { id } }`, {
      token,
    });
    await eventually(3, { actorId: developer.id, action: "change.refused" });
    const rows = await latchkey.store.select("SELECT * FROM audit_event", []);
    expect(JSON.stringify(rows)).not.toContain(canary);
    expect(JSON.stringify(rows)).not.toContain(canary.replaceAll("-", "_"));
  });

  it("is not in the trail when it is a query, or a slip such as a name that is taken", async () => {
    const { id, token } = await admin.person({ roles: ["Developer"] });
    await latchkey.query("{ users { totalCount } }", { token });
    const name = unique("Taken");
    const create = "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }";
    const grants = [{ resource: "department", actions: ["READ"] }];
    await latchkey.data(create, { token, variables: { input: { name, grants } } });
    expect(await latchkey.query(create, { token, variables: { input: { name, grants } } })).toMatchObject({
      status: 409,
    });
    await latchkey.query('mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }', { token });
    const refused = await eventually(1, { actorId: id, severity: "WARNING" });
    expect(refused.map(({ action }) => action)).toEqual(["request.refused"]);
  });

  it("does not flood the trail: twenty rows a minute and one that sums up the rest", async () => {
    const { id, token } = await admin.person();
    const attempts = Array.from({ length: 90 }, () => 0);
    const attempt = () => latchkey.query('mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }', { token });
    await Promise.all(attempts.map(attempt));
    expect(await eventually(20, { actorId: id, action: "request.refused" })).toHaveLength(20);
    expect(await events({ actorId: id, action: "request.refusedMore" })).toEqual([]);
    latchkey.clock.advance(61_000);
    await attempt();
    const [sum] = await eventually(1, { actorId: id, action: "request.refusedMore" });
    expect(sum).toMatchObject({ severity: "WARNING", after: { count: 70, codes: { FORBIDDEN: 70 } } });
    expect(await eventually(21, { actorId: id, action: "request.refused" })).toHaveLength(21);
  });

  it("is written before the service has stopped", async () => {
    const third = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    const { id, token } = await admin.person();
    await Promise.all(
      Array.from({ length: 30 }, () =>
        third.query('mutation { revokeAllApiKeys(confirm: "REVOKE ALL") { count } }', { token }),
      ),
    );
    await third.stop();
    expect(await events({ actorId: id, action: "request.refused" })).toHaveLength(20);
    expect(await events({ actorId: id, action: "request.refusedMore" })).toMatchObject([{ after: { count: 10 } }]);
  });
});
