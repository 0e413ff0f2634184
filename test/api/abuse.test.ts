import { randomUUID } from "node:crypto";
import { connect } from "node:net";
import { crc32 } from "node:zlib";
import argon2 from "argon2";
import {
  type GraphQLInputType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredInputField,
} from "graphql";
import { makeToken, newTokenId } from "../../src/kernel/token";
import {
  type Administration,
  administer,
  databaseUses,
  PASSWORD,
  type TestPerson,
  unique,
} from "../support/administration";
import { OWNER, SECRET, startLatchkey, type TestLatchkey } from "../support/latchkey";

const GENERATE = "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }";
const ROTATE = "mutation ($id: ID!) { rotateApiKey(id: $id) { token } }";
const REVOKE = "mutation ($id: ID!) { revokeApiKey(id: $id) { status } }";
const SIGN_IN =
  "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken } }";
const SET_ROLES = "mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }";
const SET_STATUS = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";
const UPDATE_USER = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
const UPDATE_ROLE = "mutation ($id: ID!, $input: RoleInput!) { updateRole(id: $id, input: $input) { id } }";
const DELETE_ROLE = "mutation ($id: ID!, $to: ID) { deleteRole(id: $id, replacementId: $to) }";
const VIEWER = "{ viewer { kind } }";
/** Codes of errors that say what is wrong with what was sent. */
const CLEAR = /^(BAD_USER_INPUT|UNAUTHENTICATED|NOT_FOUND|QUERY_TOO_COSTLY)$/;

const NAMES = { resource: "employee", actions: ["READ"], fields: ["firstName"] };
const PAY = { resource: "employee", actions: ["READ"], fields: ["salary"] };

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
});
afterAll(() => latchkey?.stop());
afterEach(() => jest.restoreAllMocks());

const as = <Data = Record<string, unknown>>(token: string, query: string, variables: object = {}) =>
  latchkey.query<Data>(query, { token, variables });
const knock = async (token: string, query = VIEWER) => (await as(token, query)).status;
const newKey = (by = developer.token, input: object = {}) => admin.key(by, { grants: [NAMES], ...input });

describe("abuse of what one may manage", () => {
  it("creating or rotating a key for someone else is refused, whoever asks", async () => {
    const victim = await newKey();
    for (const by of [latchkey.ownerToken, (await admin.person({ roles: ["Administrator"] })).token]) {
      const input = { name: unique("Key"), grants: [NAMES], forUserId: developer.id };
      await admin.refused(() => as(by, GENERATE, { input }), "FORBIDDEN");
      await admin.refused(() => as(by, ROTATE, { id: victim.id }), "FORBIDDEN");
    }
    const { token } = await admin.person({ roles: ["Developer"] });
    await admin.refused(() => as(token, ROTATE, { id: victim.id }), "NOT_FOUND");
    expect(await knock(victim.token)).toBe(200);
  });

  it("granting a field that one cannot read is refused: to a key, an API set and a role", async () => {
    const authorities = ["MANAGE_API_SETS", "MANAGE_ROLES", "MANAGE_USER_API_KEY"];
    const { token } = await admin.person({ roles: [await admin.role({ level: 50, authorities, grants: [NAMES] })] });
    for (const [mutation, type] of [
      ["generateApiKey", "GenerateApiKeyInput"],
      ["createApiSet", "ApiSetInput"],
      ["createRole", "RoleInput"],
    ]) {
      const query = `mutation ($input: ${type}!) { ${mutation}(input: $input) { __typename } }`;
      const give = (grants: object[]) => as(token, query, { input: { name: unique("Mine"), grants } });
      await admin.refused(() => give([NAMES, PAY]), "OUT_OF_SCOPE", { missing: ["employee.salary:READ"] });
      expect((await give([NAMES])).status).toBe(200);
    }
  });

  it("assigning a role above one's own is refused on all three ways: assigning, inheriting, a new user", async () => {
    const authorities = ["ASSIGN_ROLES", "MANAGE_ROLES", "MANAGE_USERS"];
    const own = await admin.role({ level: 50, authorities });
    const me = await admin.person({ roles: [own] });
    const other = await admin.person({ password: null });
    const user = { kind: "BOT", firstName: "B", lastName: "Ot", email: "abuse@example.com" };
    for (const above of [await admin.role({ level: 51 }), await admin.builtIn("Account Owner")]) {
      const attempts: [string, object][] = [
        [SET_ROLES, { id: me.id, roleIds: [own, above] }],
        [SET_ROLES, { id: other.id, roleIds: [above] }],
        [UPDATE_ROLE, { id: own, input: { name: unique("Role"), inheritsId: above } }],
        [
          "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
          { input: { ...user, roleIds: [above] } },
        ],
      ];
      for (const [query, variables] of attempts)
        await admin.refused(() => as(me.token, query, variables), "OUT_OF_SCOPE");
    }
    expect((await as(me.token, SET_ROLES, { id: other.id, roleIds: [own] })).status).toBe(200);
  });

  it("a key calls no management mutation of the schema, though its owner is the account owner", async () => {
    const { token, id } = await newKey(latchkey.ownerToken, { grants: [{ resource: "employee", actions: ["READ"] }] });
    const mutations = Object.values(latchkey.schema.executable.getMutationType()?.getFields() ?? {});
    const tried: string[] = [];
    for (const { name, args, astNode } of mutations) {
      const guards = astNode?.directives?.map((directive) => directive.name.value) ?? [];
      if (!guards.includes("authority")) continue;
      tried.push(name);
      const given = args
        .filter(({ type }) => isNonNullType(type))
        .map((arg) => `${arg.name}: ${literal(arg.type, id)}`);
      const reply = await admin.refused(
        // What is returned is not selected where it has no fields, and its name where it has.
        () =>
          as(token, `mutation { ${name}(${given.join(", ")}) ${name.startsWith("delete") ? "" : "{ __typename }"} }`),
        "FORBIDDEN",
      );
      expect([name, reply.status, reply.errors?.[0]?.message]).toEqual([
        name,
        403,
        expect.stringContaining("An API key carries no authority"),
      ]);
    }
    expect(tried).toEqual(
      expect.arrayContaining(["createRole", "createUser", "generateApiKey", "revokeAllApiKeys", "updateSettings"]),
    );
    const change = `mutation { changePassword(current: "${OWNER.password}", next: "another long pass phrase") }`;
    for (const query of [change, "mutation { signOut }"]) await admin.refused(() => as(token, query), "FORBIDDEN");
    expect(await knock(token)).toBe(200);
  });
});

describe("abuse of being an account owner", () => {
  it("two owners demoting each other at the same moment leave one", async () => {
    const ownerRole = await admin.builtIn("Account Owner");
    const second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    try {
      const { viewer } = await admin.asOwner<{ viewer: { user: { id: string } } }>("{ viewer { user { id } } }");
      const other = await admin.person({ roles: [ownerRole] });
      const replies = await Promise.all([
        latchkey.query(SET_ROLES, { token: latchkey.ownerToken, variables: { id: other.id, roleIds: [] } }),
        second.query(SET_ROLES, { token: other.token, variables: { id: viewer.user.id, roleIds: [] } }),
      ]);
      expect(replies.filter(({ data }) => data)).toHaveLength(1);
      const left = await latchkey.store.select<{ userId: string }>("SELECT userId FROM user_role WHERE roleId = ?", [
        ownerRole,
      ]);
      expect(left).toHaveLength(1);
      // Whoever it was puts things back as they were.
      if (left[0]?.userId === other.id) {
        await as(other.token, SET_ROLES, { id: viewer.user.id, roleIds: [ownerRole] });
        await admin.asOwner(SET_ROLES, { id: other.id, roleIds: [] });
      }
    } finally {
      await second.stop();
    }
  });

  it("the last owner is removed through no path", async () => {
    const [owner, administrator] = [await admin.builtIn("Account Owner"), await admin.builtIn("Administrator")];
    const { viewer } = await admin.asOwner<{ viewer: { user: { id: string } } }>("{ viewer { user { id } } }");
    const { id } = viewer.user;
    const expiresAt = new Date(latchkey.clock.now() + 86_400_000).toISOString();
    // Another owner who will not last: not held back by "one's own account" when acting on the first.
    const ending = await admin.person({ roles: [owner], expiresAt });
    for (const by of [latchkey.ownerToken, ending.token]) {
      for (const [query, variables] of [
        [SET_ROLES, { id, roleIds: [administrator] }],
        [SET_STATUS, { id, status: "DISABLED" }],
        [SET_STATUS, { id, status: "LOCKED" }],
        [UPDATE_USER, { id, input: { expiresAt } }],
        [DELETE_ROLE, { id: owner, to: administrator }],
        [UPDATE_ROLE, { id: owner, input: { name: "Account Owner", inheritsId: null } }],
      ] as const) {
        const before = await admin.state();
        expect([query, (await as(by, query, variables)).errors?.[0]?.extensions.code]).toEqual([
          query,
          expect.stringMatching(/^(CONFLICT|FORBIDDEN)$/),
        ]);
        expect(await admin.state()).toBe(before);
      }
    }
    await admin.asOwner(SET_ROLES, { id: ending.id, roleIds: [] });
  });
});

describe("abuse of timing", () => {
  it("revoking while a flush of its use is under way neither revives the key nor loses the use", async () => {
    const { id, token } = await newKey(latchkey.ownerToken);
    const { transaction } = latchkey.store;
    let release: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const flush = jest.spyOn(latchkey.store, "transaction").mockImplementation(async (work) => {
      await held;
      return transaction(work);
    });
    expect(await knock(token)).toBe(200);
    await until(() => flush.mock.calls.length > 0);
    expect((await as(latchkey.ownerToken, REVOKE, { id })).data).toEqual({ revokeApiKey: { status: "REVOKED" } });
    flush.mockRestore();
    release();
    const shown = "query ($id: ID!) { apiKey(id: $id) { status lastUsedAt } }";
    const key = async () =>
      (await admin.asOwner<{ apiKey: { status: string; lastUsedAt: string | null } }>(shown, { id })).apiKey;
    await until(async () => (await key()).lastUsedAt !== null);
    expect([(await key()).status, await knock(token)]).toEqual(["REVOKED", 401]);
  });
});

describe("abuse of tokens", () => {
  it("a token with one letter's case changed and the checksum recomputed is nobody's", async () => {
    const { token } = await newKey();
    let tried = 0;
    for (let at = "lk_live_".length; at < token.length - 6; at += 1) {
      const letter = token.charAt(at);
      const other = letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase();
      if (other === letter || tried >= 12) continue;
      tried += 1;
      const body = `${token.slice(0, at)}${other}${token.slice(at + 1, -6)}`;
      expect([at, await knock(body + base62(crc32(body)))]).toEqual([at, 401]);
    }
    expect(tried).toBeGreaterThan(5);
    expect(await knock(token.slice(0, -6) + base62(crc32(token.slice(0, -6))))).toBe(200);
  });

  it("empty, null, array, 1 MB and NUL tokens get a clear answer wherever tokens are taken, and do nothing", async () => {
    const fields = {
      generateApiKey: [
        GENERATE,
        (token: unknown) => ({ input: { name: unique("Key"), grants: [NAMES], value: token } }),
      ],
      resetPassword: [
        'mutation ($token: String!) { resetPassword(token: $token, next: "quite another phrase") }',
        (token: unknown) => ({ token }),
      ],
      reportLeakedApiKey: [
        "mutation ($token: String!) { reportLeakedApiKey(token: $token) }",
        (token: unknown) => ({ token }),
      ],
    } as const;
    const TEXTS = ["", "lk_live_\u0000", "\u0000", "x".repeat(1_000_000)];
    for (const token of [...TEXTS, null, ["lk_live_", "lk_live_"], { token: "lk_live_" }]) {
      for (const [name, [query, variables]] of Object.entries(fields)) {
        // No value: one is made. And a report of anything is answered alike.
        if (name === "generateApiKey" && token === null) continue;
        const isReport = name === "reportLeakedApiKey" && typeof token === "string";
        const before = await admin.state();
        const by = name === "generateApiKey" ? developer.token : undefined;
        const reply = await latchkey.query(query, { variables: variables(token), token: by });
        const { code } = reply.errors?.[0]?.extensions ?? { code: "none" };
        const what = [name, JSON.stringify(token)?.slice(0, 30)];
        if (isReport) expect([what, reply.data]).toEqual([what, { reportLeakedApiKey: true }]);
        else expect([what, reply.status, code]).toEqual([what, expect.any(Number), expect.stringMatching(CLEAR)]);
        expect(reply.status).toBeLessThan(500);
        expect(reply.text.length).toBeLessThan(2_000);
        expect(await admin.state()).toBe(before);
      }
    }
    const uses = await databaseUses(latchkey, async () => {
      for (const token of [...TEXTS, "null", "[]", "lk_live_,lk_live_"]) {
        for (const name of ["authorization: Bearer ", "x-api-key: "]) {
          const what = `${name}${token.slice(0, 30)}`;
          expect([what, await raw(name + token)]).toEqual([what, expect.stringMatching(/^HTTP\/1\.1 (400|401|431) /)]);
        }
      }
    });
    expect(uses).toBe(0);
  });

  it("an unknown token and a wrong checksum get the same answer; the latter without any database work", async () => {
    const unknown = makeToken("live", newTokenId());
    const mistyped = unknown.replace(/.$/, (last) => (last === "0" ? "1" : "0"));
    const replies = [await as(unknown, VIEWER), await as(mistyped, VIEWER)];
    expect(replies.map(({ status, text }) => [status, text])).toEqual(Array(2).fill([401, replies[0]?.text]));
    expect(await databaseUses(latchkey, () => as(mistyped, VIEWER))).toBe(0);
    expect(await databaseUses(latchkey, () => as(makeToken("live", newTokenId()), VIEWER))).toBeGreaterThan(0);
  });

  it("a cookie and a key in one request are never merged: the key alone counts, also when it is wrong", async () => {
    const { token } = await newKey();
    const headers = { cookie: `latchkey_session=${latchkey.ownerToken}` };
    const send = (query: string, more: Record<string, string>) =>
      latchkey.query(query, { headers: { ...headers, ...more } });
    expect((await send("{ users { totalCount } }", {})).status).toBe(200);
    const credentials: Record<string, string>[] = [{ authorization: `Bearer ${token}` }, { "x-api-key": token }];
    for (const credential of credentials) {
      expect((await send(VIEWER, credential)).data).toEqual({ viewer: { kind: "API_KEY" } });
      expect((await send("{ users { totalCount } }", credential)).status).toBe(403);
      expect((await send("{ employees { nodes { salary } } }", credential)).status).toBe(403);
    }
    await as(developer.token, REVOKE, { id: token.slice(8, 20) });
    expect((await send(VIEWER, { authorization: `Bearer ${token}` })).status).toBe(401);
    expect((await send(VIEWER, { "x-api-key": "junk" })).status).toBe(401);
  });
});

describe("secrets", () => {
  it("are absent from the database, logs, audit rows, errors and what the service tells about itself", async () => {
    const password = "a pass phrase nobody else has";
    const { email, token: session } = await admin.person({ roles: ["Developer"], password });
    const key = await newKey(session);
    const supplied = await newKey(session, { value: randomUUID() });
    const rotated = await latchkey.data<{ rotateApiKey: { token: string } }>(ROTATE, {
      token: session,
      variables: { id: key.id },
    });
    const { createPasswordReset } = await admin.asOwner<{ createPasswordReset: { token: string } }>(
      "mutation ($id: ID!) { createPasswordReset(userId: $id) { token } }",
      { id: (await admin.person({ password: null })).id },
    );
    const tokens = [session, key.token, supplied.token, rotated.rotateApiKey.token, createPasswordReset.token];
    const said: string[] = [];
    for (const token of tokens) {
      const queries = ["{ employees { nodes { salary } } }", "{ nothing }", "{", "mutation { signOut(x: 1) }"];
      for (const query of queries) said.push((await as(token, query)).text);
      said.push((await as(latchkey.ownerToken, GENERATE, { input: { name: 5, value: token } })).text);
    }
    said.push((await latchkey.query(SIGN_IN, { variables: { email, password: `${password}!` } })).text);
    said.push((await latchkey.query(SIGN_IN, { variables: { email, password: [password] } })).text);
    await as(latchkey.ownerToken, REVOKE, { id: key.id });
    said.push((await as(rotated.rotateApiKey.token, VIEWER)).text);
    for (const path of ["/metrics", "/healthz", "/readyz"]) {
      said.push(await (await fetch(`${latchkey.url}${path}`)).text());
    }
    const trail = "{ auditEvents(first: 500) { nodes { action actorName targetName before after client } } }";
    said.push((await as(latchkey.ownerToken, trail)).text, latchkey.logged(), await dump());
    const secrets = tokens.map((token) => (token.length === 36 ? token : token.slice(-49, -6)));
    for (const secret of [...secrets, password, OWNER.password, PASSWORD, SECRET]) {
      for (const text of said) expect(text.toLowerCase()).not.toContain(secret.toLowerCase());
    }
  });

  /** Every row of every table. */
  async function dump(): Promise<string> {
    const tables = latchkey.store.reader.entityMetadatas.map(({ tableName }) => tableName);
    const rows = await Promise.all(tables.map((table) => latchkey.store.select(`SELECT * FROM \`${table}\``, [])));
    expect(tables).toEqual(expect.arrayContaining(["api_key_secret", "audit_event", "session", "user"]));
    return JSON.stringify(rows);
  }
});

describe("abuse of documents", () => {
  it("a malformed mutation echoes no variable, whatever is wrong with it", async () => {
    const secret = "hunter2-hunter2-hunter2";
    for (const [query, variables] of [
      [SIGN_IN, { email: "a@example.com", password: { value: secret } }],
      [SIGN_IN, { email: "a@example.com", password: [[secret]] }],
      [SIGN_IN.replace("signIn(", "sign("), { email: "a@example.com", password: secret }],
      [SIGN_IN.slice(0, -1), { email: "a@example.com", password: secret }],
      [GENERATE, { input: { name: unique("Key"), value: secret, [secret.replaceAll("-", "")]: 1, grants: [NAMES] } }],
      [GENERATE, { input: { name: unique("Key"), value: secret, grants: [NAMES] } }],
      [GENERATE, { input: { name: unique("Key"), expiresAt: secret, grants: [NAMES] } }],
      ["mutation ($c: String!) { changePassword(current: $c, next: $c) }", { c: { secret } }],
    ] as [string, object][]) {
      const reply = await admin.refused(() => as(developer.token, query, variables), "BAD_USER_INPUT");
      expect([query, reply.status]).toEqual([query, 400]);
      expect(reply.text).not.toContain(secret);
    }
    expect(latchkey.logged()).not.toContain(secret);
  });

  it("1,000 aliases of signIn in one document try no password at all", async () => {
    const verify = jest.spyOn(argon2, "verify");
    const attempts = Array.from(
      { length: 1_000 },
      (_, at) => `s${at}: signIn(email: "${OWNER.email}", password: "wrong wrong wrong ${at}") { sessionToken }`,
    );
    const reply = await admin.refused(() => latchkey.query(`mutation { ${attempts.join(" ")} }`), "QUERY_TOO_COSTLY");
    expect(reply.status).toBe(400);
    expect(reply.errors).toHaveLength(1);
    expect(verify).not.toHaveBeenCalled();
    expect(await latchkey.signIn(OWNER.email, OWNER.password)).toMatch(/^lk_sess_/);
  });
});

/** Some value of an argument's type as GraphQL text: only what is required of it, and `id` for every id. */
function literal(type: GraphQLInputType, id: string): string {
  if (isNonNullType(type)) return literal(type.ofType, id);
  if (isListType(type)) return `[${literal(type.ofType, id)}]`;
  if (isEnumType(type)) return type.getValues()[0]?.name ?? "";
  if (isInputObjectType(type)) {
    const required = Object.values(type.getFields()).filter(isRequiredInputField);
    return `{ ${required.map((field) => `${field.name}: ${literal(field.type, id)}`).join(", ")} }`;
  }
  return { Boolean: "true", Int: "1" }[type.name] ?? `"${id}"`;
}

function base62(value: number): string {
  const digits = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  let text = "";
  for (let rest = value; text.length < 6; rest = Math.floor(rest / 62)) text = digits.charAt(rest % 62) + text;
  return text;
}

/** Sends one header as it is, past what fetch would refuse to send, and returns the reply as text. */
function raw(header: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(latchkey.url);
    const body = JSON.stringify({ query: VIEWER });
    const head = `POST /graphql HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`;
    const socket = connect(Number(port), hostname, () => socket.write(`${head}${header}\r\n\r\n${body}`));
    let received = "";
    socket.on("data", (chunk) => (received += chunk.toString()));
    socket.on("close", () => resolve(received));
    socket.on("error", (error) => (received === "" ? reject(error) : resolve(received)));
  });
}

/** Waits until `holds`; fails after five seconds. */
async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 5_000; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 20))) {
    if (Date.now() > deadline) throw new Error("it never came to that");
  }
}
