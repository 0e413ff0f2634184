import argon2 from "argon2";
import { type Administration, administer, PASSWORD, type TestPerson } from "../support/administration";
import { OWNER, type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";

const SIGN_IN =
  "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken user { email } } }";
const VIEWER = "{ viewer { kind user { email } } }";
const MINUTE = 60_000;

let latchkey: TestLatchkey;
/** A second instance on the same database, behind a proxy that speaks HTTPS. */
let second: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  second = await startLatchkey({
    database: latchkey.database,
    clock: latchkey.clock,
    trustProxy: ["127.0.0.1"],
  });
  admin = administer(latchkey);
});
afterAll(async () => {
  await second?.stop();
  await latchkey?.stop();
});

const attempt = (email: string, password: string, instance = latchkey) =>
  instance.query<{ signIn: { sessionToken: string } }>(SIGN_IN, { variables: { email, password } });
const cookieOf = ({ headers }: Reply) => headers.getSetCookie().join("\n");
const withCookie = (token: string, instance = latchkey) =>
  instance.query(VIEWER, { headers: { cookie: `latchkey_session=${token}` } });
const withToken = (token: string, instance = latchkey) => instance.query(VIEWER, { token });
const rowOf = async (id: string) =>
  (await latchkey.store.select<Record<string, unknown>>("SELECT * FROM `user` WHERE id = ?", [id]))[0];
const failTimes = (times: number, email: string) =>
  Promise.all(
    Array.from({ length: times }, (_, at) => attempt(email, "wrong wrong wrong", at % 2 ? second : latchkey)),
  );

describe("signing in", () => {
  it("gives one session twice: as a token for the Authorization header, and as a cookie that scripts cannot read", async () => {
    const reply = await attempt(OWNER.email.toUpperCase(), OWNER.password);
    const token = reply.data?.signIn.sessionToken ?? "";
    expect(token).toMatch(/^lk_sess_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(cookieOf(reply)).toMatch(
      new RegExp(`^latchkey_session=${token}; Path=/; Expires=[^;]+ GMT; HttpOnly; SameSite=Lax$`),
    );
    for (const instance of [latchkey, second]) {
      const expected = { status: 200, data: { viewer: { kind: "USER", user: { email: OWNER.email } } } };
      expect(await withToken(token, instance)).toMatchObject(expected);
      expect(await withCookie(token, instance)).toMatchObject(expected);
    }
  });

  it("sets a Secure cookie where the browser came by HTTPS", async () => {
    const reply = await second.query(SIGN_IN, { variables: OWNER, headers: { "x-forwarded-proto": "https" } });
    expect(cookieOf(reply)).toMatch(/; HttpOnly; Secure; SameSite=Lax$/);
  });

  it("stores neither password nor token, and logs neither", async () => {
    const token = await latchkey.signIn(OWNER.email, OWNER.password);
    const stored = await admin.state();
    for (const secret of [token.slice(-49, -6), OWNER.password]) {
      expect(stored).not.toContain(secret);
      expect(latchkey.logged()).not.toContain(secret);
    }
  });

  it("opens nothing else of its own document: the whole of it is judged as nobody's, and no session begins", async () => {
    await admin.refused(
      () => latchkey.query(SIGN_IN.replace(/}$/, "signOut }"), { variables: OWNER }),
      "UNAUTHENTICATED",
    );
    await admin.refused(
      () => latchkey.query(SIGN_IN.replace("user { email }", "user { roles { authorities } }"), { variables: OWNER }),
      "UNAUTHENTICATED",
    );
  });
});

describe("a session", () => {
  it("ends at sign-out: at once, on every instance, with its cookie cleared; the user's other session goes on", async () => {
    const [ended, other] = [
      await latchkey.signIn(OWNER.email, OWNER.password),
      await latchkey.signIn(OWNER.email, OWNER.password),
    ];
    expect((await withToken(ended, second)).status).toBe(200);
    const reply = await latchkey.query("mutation { signOut }", { token: ended });
    expect(reply).toMatchObject({ status: 200, data: { signOut: true } });
    expect(cookieOf(reply)).toMatch(/^latchkey_session=; .*Expires=Thu, 01 Jan 1970/);
    for (const instance of [second, latchkey]) {
      expect(await withToken(ended, instance)).toMatchObject({
        status: 401,
        errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
      });
      expect((await withToken(other, instance)).status).toBe(200);
    }
    expect(await admin.audited("session.signOut")).toHaveLength(1);
  });

  it("ends after twelve hours, to the millisecond, however much it is used", async () => {
    const { token } = await admin.person();
    const [{ expiresAt } = { expiresAt: 0 }] = (
      await latchkey.store.reader.getRepository("session").find({ where: { id: token.slice(8, 20) } })
    ).map((session) => ({ expiresAt: (session.expiresAt as Date).getTime() }));
    const now = jest.spyOn(latchkey.clock, "now").mockReturnValue(expiresAt - 1);
    expect((await withToken(token)).status).toBe(200);
    now.mockReturnValue(expiresAt);
    expect((await withToken(token)).status).toBe(401);
    expect((await withCookie(token)).status).toBe(401);
    now.mockRestore();
  });

  it("that is over leaves a browser nobody, who can sign in again; as a bearer token it is refused outright", async () => {
    const token = await latchkey.signIn(OWNER.email, OWNER.password);
    await latchkey.data("mutation { signOut }", { token });
    for (const cookie of [token, "junk", `${token.slice(0, -1)}?`]) {
      const headers = { cookie: `latchkey_session=${cookie}` };
      expect(await latchkey.query(VIEWER, { headers })).toMatchObject({ status: 401 });
      expect((await latchkey.query(SIGN_IN, { variables: OWNER, headers })).status).toBe(200);
    }
    expect((await latchkey.query(SIGN_IN, { variables: OWNER, token })).status).toBe(401);
  });

  it("in a cookie gives way to any credential in a header, right or wrong, and is never merged with it", async () => {
    const grants = [{ resource: "employee", actions: ["READ"] }];
    const { token } = await admin.key(latchkey.ownerToken, { grants });
    const headers = { cookie: `latchkey_session=${latchkey.ownerToken}` };
    expect(await latchkey.query(VIEWER, { token, headers })).toMatchObject({ data: { viewer: { kind: "API_KEY" } } });
    expect((await latchkey.query("{ users { totalCount } }", { token, headers })).status).toBe(403);
    expect((await latchkey.query(VIEWER, { token: "junk", headers })).status).toBe(401);
    expect((await latchkey.query(VIEWER, { headers: { ...headers, authorization: "" } })).status).toBe(401);
  });

  it("is what signing out and changing a password are about: a key can do neither", async () => {
    const grants = [{ resource: "employee", actions: ["READ"] }];
    const { token } = await admin.key(latchkey.ownerToken, { grants });
    const change = `mutation { changePassword(current: "${OWNER.password}", next: "another long pass phrase") }`;
    for (const query of ["mutation { signOut }", change]) {
      await admin.refused(() => latchkey.query(query, { token }), "FORBIDDEN", { reason: "NO_SESSION" });
      await admin.refused(() => latchkey.query(query), "UNAUTHENTICATED");
    }
  });
});

describe("changing one's password", () => {
  const change = (token: string, current: string, next: string) =>
    latchkey.query("mutation ($c: String!, $n: String!) { changePassword(current: $c, next: $n) }", {
      token,
      variables: { c: current, n: next },
    });

  it("ends every other session of the user on every instance, keeps this one, and the old password is no longer good", async () => {
    const ann = await admin.person();
    const other = await second.signIn(ann.email, PASSWORD);
    expect((await withToken(other)).status).toBe(200);
    expect(await change(ann.token, PASSWORD, "quite another pass phrase")).toMatchObject({ status: 200 });
    expect((await withToken(other)).status).toBe(401);
    expect((await withToken(other, second)).status).toBe(401);
    expect((await withToken(ann.token, second)).status).toBe(200);
    expect((await withToken(latchkey.ownerToken)).status).toBe(200);
    expect((await attempt(ann.email, PASSWORD)).status).toBe(401);
    expect((await attempt(ann.email, "quite another pass phrase")).status).toBe(200);
    expect(await admin.audited("user.changePassword", ann.id)).toMatchObject([{ actorName: ann.email }]);
  });

  it.each([
    ["next", PASSWORD, "short"],
    ["next", PASSWORD, PASSWORD],
    ["next", PASSWORD, "x".repeat(201)],
    ["current", "not the password at all", "quite another pass phrase"],
  ])("is refused, naming %s, and ends no session", async (field, current, next) => {
    const ann = await admin.person();
    const other = await latchkey.signIn(ann.email, PASSWORD);
    const reply = await change(ann.token, current, next);
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT", field } }] });
    expect(reply.text).not.toContain(current);
    expect((await withToken(other)).status).toBe(200);
    expect((await attempt(ann.email, PASSWORD)).status).toBe(200);
    expect(await admin.audited("user.changePassword", ann.id)).toEqual([]);
  });

  it("is no way to try passwords with a stolen session: the tenth wrong one locks the account", async () => {
    const ann = await admin.person();
    for (let at = 0; at < 10; at++) await change(ann.token, `wrong guess number ${at}`, "quite another pass phrase");
    expect(await rowOf(ann.id)).toMatchObject({ status: "LOCKED" });
    expect((await withToken(ann.token)).status).toBe(401);
    expect((await change(ann.token, PASSWORD, "quite another pass phrase")).status).toBe(401);
  });
});

describe("ten bad passwords in a row", () => {
  it("lock the account, sessions and keys included, for 15 minutes; the ninth does not", async () => {
    const ann = await admin.person({ roles: ["Developer"] });
    const key = await admin.key(ann.token, { grants: [{ resource: "department", actions: ["READ"] }] });
    await failTimes(9, ann.email);
    expect((await withToken(ann.token)).status).toBe(200);
    await failTimes(1, ann.email);
    for (const token of [ann.token, key.token]) {
      for (const instance of [latchkey, second]) expect((await withToken(token, instance)).status).toBe(401);
    }
    expect((await attempt(ann.email, PASSWORD)).status).toBe(401);
    expect(await admin.audited("user.lock", ann.id)).toMatchObject([{ actorKind: "NOBODY", severity: "WARNING" }]);
    latchkey.clock.advance(15 * MINUTE);
    expect((await attempt(ann.email, PASSWORD)).status).toBe(200);
    expect((await withToken(key.token, second)).status).toBe(200);
    expect(await rowOf(ann.id)).toMatchObject({ status: "ACTIVE", failedSignIns: 0 });
  });

  it("lock it once, also when twenty arrive at the same moment on two instances, and every one is told the same", async () => {
    const ann = await admin.person();
    const replies = await failTimes(20, ann.email);
    expect(new Set(replies.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(replies[0]?.status).toBe(401);
    expect(await rowOf(ann.id)).toMatchObject({ status: "LOCKED" });
    expect(await admin.audited("user.lock", ann.id)).toHaveLength(1);
    expect(await admin.audited("session.signInFailed", ann.id)).toHaveLength(20);
    expect((await attempt(ann.email, PASSWORD)).status).toBe(401);
  });

  it("are forgotten when an administrator sets the account ACTIVE", async () => {
    const ann = await admin.person();
    await failTimes(10, ann.email);
    await admin.asOwner("mutation ($id: ID!) { setUserStatus(id: $id, status: ACTIVE) { id } }", { id: ann.id });
    expect((await attempt(ann.email, PASSWORD)).status).toBe(200);
  });

  it("leave the last account owner's status, session and keys alone, and hold up only the sign-in", async () => {
    const key = await admin.key(latchkey.ownerToken, { grants: [{ resource: "department", actions: ["READ"] }] });
    await failTimes(10, OWNER.email);
    expect((await attempt(OWNER.email, OWNER.password)).status).toBe(401);
    expect((await withToken(latchkey.ownerToken)).status).toBe(200);
    expect((await withToken(key.token, second)).status).toBe(200);
    expect(await admin.asOwner('{ users(filter: { search: "owner@" }) { nodes { status } } }')).toEqual({
      users: { nodes: [{ status: "ACTIVE" }] },
    });
    latchkey.clock.advance(15 * MINUTE);
    expect((await attempt(OWNER.email, OWNER.password)).status).toBe(200);
  });
});

describe("a sign-in that is refused", () => {
  const people: Record<string, TestPerson> = {};
  beforeAll(async () => {
    const setStatus = "mutation ($id: ID!, $status: UserStatus!) { setUserStatus(id: $id, status: $status) { id } }";
    people.wrong = await admin.person();
    for (const status of ["DISABLED", "LOCKED"]) {
      people[status] = await admin.person();
      await admin.asOwner(setStatus, { id: people[status].id, status });
    }
    people.expired = await admin.person({ expiresAt: new Date(latchkey.clock.now() + MINUTE).toISOString() });
    people.passwordless = await admin.person({ password: null });
    people.locked = await admin.person();
    await failTimes(10, people.locked.email);
    latchkey.clock.advance(MINUTE);
  });

  const attempts = (): [string, string][] => [
    ["nobody@example.com", PASSWORD],
    ["not an address", PASSWORD],
    [`${"x".repeat(300_000)}@example.com`, PASSWORD],
    ["\u0000", "\u0000"],
    [people.wrong!.email, "wrong wrong wrong"],
    [people.wrong!.email, "y".repeat(300_000)],
    [people.wrong!.email, ""],
    [people.DISABLED!.email, PASSWORD],
    [people.LOCKED!.email, PASSWORD],
    [people.locked!.email, PASSWORD],
    [people.expired!.email, PASSWORD],
    [people.passwordless!.email, PASSWORD],
    [people.passwordless!.email, ""],
  ];

  it("is answered alike whatever the reason: status, headers and body, and no cookie", async () => {
    const shown = new Set<string>();
    for (const [email, password] of attempts()) {
      const { status, headers, text } = await attempt(email, password);
      const names = [...headers.keys()].filter((name) => name !== "x-request-id").join();
      shown.add(`${status} ${names} ${text}`);
    }
    expect([...shown]).toHaveLength(1);
    expect([...shown][0]).toMatch(/^401 .*"code":"UNAUTHENTICATED"/);
    expect([...shown][0]).not.toContain("set-cookie");
  });

  it("costs one password verification and one transaction, whatever the reason, and begins no session", async () => {
    const sessions = await latchkey.store.select("SELECT id FROM session", []);
    const verify = jest.spyOn(argon2, "verify");
    const transaction = jest.spyOn(latchkey.store, "transaction");
    // Instances that share a database count failures per address and per account there.
    const transactions = latchkey.store.dialect === "mariadb" ? 3 : 1;
    for (const [email, password] of attempts()) {
      await attempt(email, password);
      expect([verify.mock.calls.length, transaction.mock.calls.length]).toEqual([1, transactions]);
      verify.mockClear();
      transaction.mockClear();
    }
    verify.mockRestore();
    transaction.mockRestore();
    expect(await latchkey.store.select("SELECT id FROM session", [])).toEqual(sessions);
  });

  it("leaves an audit row that knows why, but no address of a stranger", async () => {
    await attempt("a-stranger@example.com", PASSWORD);
    await attempt(people.DISABLED!.email, PASSWORD);
    const [last, before] = (await admin.audited("session.signInFailed")).reverse();
    expect(last).toMatchObject({ targetId: people.DISABLED!.id, after: '{"reason":"DISABLED"}' });
    expect(before).toMatchObject({ targetId: null, after: '{"reason":"UNKNOWN_EMAIL"}' });
    expect(await admin.state()).not.toContain("a-stranger@");
  });

  it("among too many at once is answered RATE_LIMITED at once, and the others wait their turn", async () => {
    let finish: (matches: boolean) => void = () => undefined;
    const slow = new Promise<boolean>((resolve) => (finish = resolve));
    const verify = jest.spyOn(argon2, "verify").mockReturnValue(slow);
    const statuses: number[] = [];
    // Each from an address and for an account of its own, so that the limits on failures per address and account are not met.
    const all = Array.from({ length: 130 }, async (_, at) => {
      const variables = { email: `nobody-${at}@example.com`, password: PASSWORD };
      const headers = { "x-forwarded-for": `198.51.100.${at}` };
      statuses.push((await second.query(SIGN_IN, { variables, headers })).status);
    });
    while (statuses.length < 28) await new Promise((resolve) => setTimeout(resolve, 5));
    expect(new Set(statuses)).toEqual(new Set([429]));
    expect(verify).toHaveBeenCalledTimes(2);
    finish(false);
    await Promise.all(all);
    verify.mockRestore();
    expect(statuses.filter((status) => status === 401)).toHaveLength(102);
  });
});
