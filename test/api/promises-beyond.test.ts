import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import { load } from "../resources/company";
import { type Administration, administer, type TestPerson, unique } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { runLatchkey } from "../support/run-latchkey";
import { STAFF } from "./staff";

const GENERATE = "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }";
const ROTATE =
  "mutation ($id: ID!, $graceSeconds: Int) { rotateApiKey(id: $id, graceSeconds: $graceSeconds) { token } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";
const UPDATE_USER = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const DELETE_ROLE = "mutation ($id: ID!, $replacementId: ID) { deleteRole(id: $id, replacementId: $replacementId) }";
const MINUTE = 60_000;

const read = (...fields: string[]) => ({ resource: "employee", actions: ["READ"], fields });
const FIRST_NAMES = "{ employees { nodes { firstName } } }";

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
  await load(latchkey.store, STAFF);
});
afterAll(() => latchkey?.stop());

const as = <Data = Record<string, unknown>>(token: string, query: string, variables: object = {}) =>
  latchkey.query<Data>(query, { token, variables });
const knock = async (token: string, query = FIRST_NAMES) => (await as(token, query)).status;

describe("B4: what a key may do, and why it may not", () => {
  const EXPLAIN = `query ($id: ID!, $query: String!) { explainAccess(apiKeyId: $id, query: $query) {
    allowed coordinates { coordinate permission granted deniedBy apiSets { id } } } }`;
  interface Explained {
    explainAccess: {
      allowed: boolean;
      coordinates: { coordinate: string; permission: string; granted: boolean; deniedBy: string; apiSets: object[] }[];
    };
  }

  it("B4: effectiveAccess tells what the key does now, within its owner: no more and no less", async () => {
    const role = await admin.role({ authorities: ["MANAGE_USER_API_KEY"], grants: [read("firstName", "lastName")] });
    const owner = await admin.person({ roles: [role] });
    const set = await admin.apiSet([read("firstName")]);
    const { id, token } = await admin.key(owner.token, { apiSetIds: [set], grants: [read("lastName")] });
    const update = "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }";
    await admin.asOwner(update, { id: set, input: { name: unique("Set"), grants: [read("firstName", "salary")] } });
    const query = "query ($id: ID!) { effectiveAccess(apiKeyId: $id) { resource actions fields } }";
    interface Access {
      effectiveAccess: { resource: string; actions: string[]; fields: string[] }[];
    }
    for (const by of [owner.token, latchkey.ownerToken, token]) {
      const { effectiveAccess } = await latchkey.data<Access>(query, { token: by, variables: { id } });
      expect(
        effectiveAccess.every(({ resource, actions }) => resource === "employee" && actions.join() === "READ"),
      ).toBe(true);
      expect(effectiveAccess.flatMap(({ fields }) => fields).sort()).toEqual(["firstName", "lastName"]);
    }
    for (const [field, status] of Object.entries({ firstName: 200, lastName: 200, salary: 403, email: 403 })) {
      expect([field, await knock(token, `{ employees { nodes { ${field} } } }`)]).toEqual([field, status]);
    }
    const stranger = await admin.person({ roles: ["Developer"] });
    await admin.refused(() => as(stranger.token, query, { id }), "NOT_FOUND");
  });

  it("B4: each refused coordinate names the missing permission, who lacks it and which API set would add it", async () => {
    const { id, token } = await admin.key(developer.token, { grants: [read("firstName")] });
    const phones = await admin.apiSet([read("phone")]);
    await admin.apiSet([read("salary")]);
    const query = "{ employees(filter: { phone: { isNull: true } }) { nodes { firstName phone salary } } }";
    const { explainAccess } = await latchkey.data<Explained>(EXPLAIN, {
      token: developer.token,
      variables: { id, query },
    });
    const missing = explainAccess.coordinates.filter(({ granted }) => !granted);
    expect(explainAccess.allowed).toBe(false);
    const byKey = { permission: "employee.phone:READ", granted: false, deniedBy: "KEY", apiSets: [{ id: phones }] };
    expect(missing).toEqual(
      expect.arrayContaining([
        { coordinate: "EmployeeFilter.phone", ...byKey },
        { coordinate: "Employee.phone", ...byKey },
      ]),
    );
    const salary = missing.find(({ coordinate }) => coordinate === "Employee.salary");
    expect(salary).toMatchObject({ permission: "employee.salary:READ" });
    // The request itself is refused with the very same reasons.
    const reply = await as(token, query);
    const told = reply.errors?.map(({ extensions: { coordinate, missing: lacks, deniedBy } }) => [
      coordinate,
      lacks,
      deniedBy,
    ]);
    expect(reply).toMatchObject({ status: 403 });
    expect(reply.data).toBeUndefined();
    expect(told?.sort()).toEqual(
      missing.map(({ coordinate, permission, deniedBy }) => [coordinate, permission, deniedBy]).sort(),
    );
    // And the set that was named does add it.
    const update = "mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }";
    await latchkey.data(update, { token: developer.token, variables: { id, input: { apiSetIds: [phones] } } });
    expect(await knock(token, "{ employees { nodes { firstName phone } } }")).toBe(200);
  });

  it("B4: where the owner lacks it, no API set is offered, since none would help", async () => {
    const role = await admin.role({ authorities: ["MANAGE_USER_API_KEY"], grants: [read("firstName")] });
    const owner = await admin.person({ roles: [role] });
    const { id, token } = await admin.key(owner.token, { grants: [read("firstName")] });
    await admin.apiSet([read("gender")]);
    const query = "{ employees { nodes { gender } } }";
    const { explainAccess } = await latchkey.data<Explained>(EXPLAIN, { token: owner.token, variables: { id, query } });
    expect(explainAccess.coordinates.filter(({ granted }) => !granted)).toEqual([
      {
        coordinate: "Employee.gender",
        permission: "employee.gender:READ",
        granted: false,
        deniedBy: "OWNER",
        apiSets: [],
      },
    ]);
    expect((await as(token, query)).errors).toMatchObject([{ extensions: { deniedBy: "OWNER" } }]);
  });
});

describe("B8: rotation", () => {
  const rotated = async (graceSeconds?: number) => {
    const key = await admin.key(developer.token, { grants: [read("firstName")] });
    const { rotateApiKey } = await latchkey.data<{ rotateApiKey: { token: string } }>(ROTATE, {
      token: developer.token,
      variables: { id: key.id, graceSeconds },
    });
    return { id: key.id, old: key.token, new: rotateApiKey.token };
  };

  it("B8: starts its grace period at the first use of the new secret, not at the rotation", async () => {
    const key = await rotated(60);
    latchkey.clock.advance(30 * MINUTE);
    expect(await knock(key.old)).toBe(200);
    expect(await knock(key.new)).toBe(200);
    latchkey.clock.advance(MINUTE - 5_000);
    expect(await knock(key.old)).toBe(200);
    latchkey.clock.advance(5_001);
    expect([await knock(key.old), await knock(key.new)]).toEqual([401, 200]);
  });

  it("B8: reuse of a retired secret is refused and raises an alert, which the trail and the key show", async () => {
    const key = await rotated();
    const alerts = async () => {
      const { auditEvents } = await admin.asOwner<{ auditEvents: { nodes: object[] } }>(
        "query ($id: ID!) { auditEvents(filter: { targetId: $id, severity: HIGH }) { nodes { action ip } } }",
        { id: key.id },
      );
      return auditEvents.nodes;
    };
    const seen = async () =>
      (
        await admin.asOwner<{ apiKey: { retiredSecretUsedAt: string | null } }>(
          "query ($id: ID!) { apiKey(id: $id) { retiredSecretUsedAt } }",
          { id: key.id },
        )
      ).apiKey.retiredSecretUsedAt;
    expect(await knock(key.new)).toBe(200);
    expect([await alerts(), await seen()]).toEqual([[], null]);
    expect(await knock(key.old)).toBe(401);
    expect(await alerts()).toEqual([{ action: "apiKey.retiredSecretUsed", ip: "127.0.0.1" }]);
    expect(await seen()).not.toBeNull();
    expect(await knock(key.new)).toBe(200);
  });
});

describe("B9: the audit trail", () => {
  interface Row {
    sequence: number;
    id: string;
    action: string;
  }
  const verify = () => runLatchkey(latchkey, ["audit", "verify"]);

  it("B9: is verified by a command that names the first broken row, after an edit and after a removal", async () => {
    const { id } = await admin.key(developer.token, { grants: [read("firstName")] });
    await admin.asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", { id });
    await admin.person({ password: null });
    expect(await verify()).toMatchObject({ code: 0, stdout: expect.stringContaining("are as they were written") });

    const [made, revoked] = await latchkey.store.select<Row>(
      "SELECT sequence, id, action FROM audit_event WHERE targetId = ? ORDER BY sequence",
      [id],
    );
    expect([made?.action, revoked?.action]).toEqual(["apiKey.generate", "apiKey.revoke"]);

    const write = (sql: string, parameters: unknown[]) => latchkey.store.transaction((tx) => tx.query(sql, parameters));
    // Somebody with the database blames another for the revocation.
    await write("UPDATE audit_event SET actorName = 'somebody.else@example.com' WHERE id = ?", [revoked?.id]);
    const edited = await verify();
    expect([edited.code, edited.stderr]).toEqual([1, expect.stringContaining(`row: ${revoked?.sequence} (id `)]);
    expect(edited.stderr).toContain(revoked?.id);

    await write("DELETE FROM audit_event WHERE id = ?", [made?.id]);
    const removed = await verify();
    expect([removed.code, removed.stderr]).toEqual([1, expect.stringContaining(`row: ${made?.sequence}`)]);
  });
});

describe("B10: a token", () => {
  it("B10: has a form that secret scanners match: a prefix, and a checksum that look-alikes fail", async () => {
    const { id, token } = await admin.key(developer.token, { grants: [read("firstName")] });
    expect(token).toMatch(/^lk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{43}[0-9A-Za-z]{6}$/);
    expect(token.slice(8, 20)).toBe(id);
    expect(token.slice(-6)).toBe(base62(crc32(token.slice(0, -6))));
    for (let at = "lk_live_".length; at < token.length; at += 5) {
      const other = token[at] === "a" ? "b" : "a";
      expect(await knock(`${token.slice(0, at)}${other}${token.slice(at + 1)}`)).toBe(401);
    }
    expect(await knock(token)).toBe(200);
  });

  it("B10: is found in files by a command that says which are live, and `reportLeakedApiKey` revokes", async () => {
    const [leaked, safe] = [
      await admin.key(developer.token, { grants: [read("firstName")] }),
      await admin.key(developer.token, { grants: [read("firstName")] }),
    ];
    const lookAlike = `${leaked.token.slice(0, -1)}${leaked.token.endsWith("0") ? "1" : "0"}`;
    const folder = await mkdtemp(join(tmpdir(), "latchkey-leak-"));
    try {
      await writeFile(join(folder, "deploy.env"), `OLD=${lookAlike}\nKEY=${leaked.token}\n`);
      const scan = () => runLatchkey(latchkey, ["key", "scan", folder]);
      const found = await scan();
      expect([found.code, found.stdout]).toEqual([1, expect.stringContaining("1 found in 1 file, 1 live.")]);
      expect(found.stdout).toContain(`deploy.env:2:5: lk_live_${leaked.id}`);
      expect(found.stdout + found.stderr).not.toContain(leaked.token.slice(-49, -6));
      expect(await knock(leaked.token)).toBe(200);

      const report = "mutation ($token: String!) { reportLeakedApiKey(token: $token) }";
      const answers = [leaked.token, lookAlike, "nothing of ours"].map(
        async (token) => (await latchkey.query(report, { variables: { token } })).text,
      );
      expect(new Set(await Promise.all(answers))).toEqual(new Set(['{"data":{"reportLeakedApiKey":true}}\n']));
      expect([await knock(leaked.token), await knock(safe.token)]).toEqual([401, 200]);
      expect(await admin.audited("apiKey.leakReported", leaked.id)).toMatchObject([{ severity: "HIGH" }]);
      const after = await scan();
      expect([after.code, after.stdout]).toEqual([0, expect.stringContaining("1 found in 1 file, 0 live.")]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });

  /** Six base62 digits, written out here again, as a scanner's author would from the documentation. */
  function base62(value: number): string {
    const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let text = "";
    for (let rest = value; text.length < 6; rest = Math.floor(rest / 62)) text = digits.charAt(rest % 62) + text;
    return text;
  }
});

describe("B12: nobody grants what they do not hold", () => {
  it("B12: not by a role, a set, a key, an assignment, an inheritance or a new user", async () => {
    const authorities = ["ASSIGN_ROLES", "MANAGE_API_SETS", "MANAGE_ROLES", "MANAGE_USERS", "MANAGE_USER_API_KEY"];
    const own = await admin.role({ level: 50, authorities, grants: [read("firstName")] });
    const person = await admin.person({ roles: [own] });
    const pay = [read("firstName", "salary")];
    const [payRole, auditRole] = [await admin.role({ grants: pay }), await admin.role({ authorities: ["VIEW_AUDIT"] })];
    const paySet = await admin.apiSet(pay);
    const child = await admin.role({});
    const user = { kind: "BOT", firstName: "B", lastName: "Ot", email: "b12@example.com" };
    const attempts: [string, object][] = [
      ["mutation ($input: RoleInput!) { createRole(input: $input) { id } }", { input: { name: "Pay", grants: pay } }],
      [
        "mutation ($input: RoleInput!) { createRole(input: $input) { id } }",
        { input: { name: "Heir", inheritsId: payRole } },
      ],
      [UPDATE_ROLE, { id: own, input: { name: unique("Role"), authorities: [...authorities, "VIEW_AUDIT"] } }],
      [UPDATE_ROLE, { id: child, input: { name: unique("Role"), inheritsId: auditRole } }],
      [
        "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }",
        { input: { name: "Pay", grants: pay } },
      ],
      [GENERATE, { input: { name: "Pay", grants: pay } }],
      [GENERATE, { input: { name: "Pay", apiSetIds: [paySet] } }],
      [SET_ROLES, { id: person.id, roleIds: [own, payRole] }],
      [SET_ROLES, { id: person.id, roleIds: [own, auditRole] }],
      [SET_ROLES, { id: person.id, roleIds: [await admin.builtIn("Administrator")] }],
      [
        "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
        { input: { ...user, roleIds: [payRole] } },
      ],
    ];
    for (const [query, variables] of attempts) {
      await admin.refused(() => as(person.token, query, variables), "OUT_OF_SCOPE");
    }
    expect(await knock(person.token, "{ employees { nodes { salary } } }")).toBe(403);
    expect(await knock(person.token, "{ auditEvents { totalCount } }")).toBe(403);
  });
});

describe("B12: the last usable administrator", () => {
  it("B12: cannot be removed by any path, by anybody, and still administers after every attempt", async () => {
    const { viewer } = await admin.asOwner<{ viewer: { user: { id: string; email: string } } }>(
      "{ viewer { user { id email } } }",
    );
    const { id, email } = viewer.user;
    const ownerRole = await admin.builtIn("Account Owner");
    // Owners who could not take over: one without a password, one that is disabled, and one whose own end is set.
    await admin.person({ roles: [ownerRole], password: null });
    const disabled = await admin.person({ roles: [ownerRole] });
    await admin.asOwner(SET_STATUS, { id: disabled.id, status: "DISABLED" });
    const expiresAt = new Date(latchkey.clock.now() + 86_400_000).toISOString();
    const ending = await admin.person({ roles: [ownerRole], expiresAt });
    const administrator = await admin.person({ roles: ["Administrator"] });

    const heir = await admin.role({ inheritsId: ownerRole });
    const paths: [string, object][] = [
      [SET_ROLES, { id, roleIds: [] }],
      [SET_ROLES, { id, roleIds: [await admin.builtIn("Administrator")] }],
      [SET_STATUS, { id, status: "DISABLED" }],
      [SET_STATUS, { id, status: "LOCKED" }],
      [UPDATE_USER, { id, input: { expiresAt } }],
      [DELETE_ROLE, { id: ownerRole }],
      [DELETE_ROLE, { id: ownerRole, replacementId: await admin.builtIn("Employee") }],
      [UPDATE_ROLE, { id: ownerRole, input: { name: "Account Owner", inheritsId: null } }],
      [UPDATE_ROLE, { id: await admin.builtIn("Administrator"), input: { name: "Administrator", authorities: [] } }],
    ];
    const stands = async (attempts: [string, object][]) => {
      for (const token of [latchkey.ownerToken, ending.token, administrator.token]) {
        for (const [query, variables] of attempts) {
          const before = await admin.state();
          const reply = await as(token, query, variables);
          expect([query, reply.errors?.[0]?.extensions.code]).toEqual([
            query,
            expect.stringMatching(/^(CONFLICT|FORBIDDEN|OUT_OF_SCOPE)$/),
          ]);
          expect(await admin.state()).toBe(before);
        }
      }
    };
    await stands(paths);

    // The same when ownership is only inherited: the middle is neither cut out, replaced nor deleted.
    await admin.asOwner(SET_ROLES, { id, roleIds: [heir] });
    await stands([
      [UPDATE_ROLE, { id: heir, input: { name: unique("Role"), inheritsId: null } }],
      [DELETE_ROLE, { id: heir }],
      [DELETE_ROLE, { id: heir, replacementId: await admin.builtIn("Employee") }],
    ]);
    await admin.asOwner(SET_ROLES, { id, roleIds: [ownerRole] });

    const wrong =
      'mutation ($email: String!) { signIn(email: $email, password: "wrong wrong wrong") { sessionToken } }';
    for (let at = 0; at < 11; at++) await latchkey.query(wrong, { variables: { email } });
    expect(await admin.asOwner("query ($id: ID!) { user(id: $id) { status } }", { id })).toEqual({
      user: { status: "ACTIVE" },
    });
    await admin.person({ password: null });
  });

  it("B12: of two who end each other at the same moment, one stays", async () => {
    const own = await startLatchkey();
    try {
      const there = administer(own);
      const ownerRole = await there.builtIn("Account Owner");
      const other = await there.person({ roles: [ownerRole] });
      const { viewer } = await there.asOwner<{ viewer: { user: { id: string } } }>("{ viewer { user { id } } }");
      const demote = (token: string, id: string) => own.query(SET_ROLES, { token, variables: { id, roleIds: [] } });
      const replies = await Promise.all([demote(own.ownerToken, other.id), demote(other.token, viewer.user.id)]);
      expect(replies.filter(({ data }) => data)).toHaveLength(1);
      const holders = await own.store.select("SELECT userId FROM user_role WHERE roleId = ?", [ownerRole]);
      expect(holders).toHaveLength(1);
    } finally {
      await own.stop();
    }
  });
});
