import { startLatchkey, type TestLatchkey } from "../support/latchkey";

const OPEN = "mutation ($userId: ID!) { createPasswordReset(userId: $userId) { token expiresAt } }";
const RESET = "mutation ($token: String!, $next: String!) { resetPassword(token: $token, next: $next) }";
const FIRST = "six random words in a row";
const NEXT = "seven other words for the door";

describe("a password reset", () => {
  let latchkey: TestLatchkey;
  let count = 0;
  const asOwner = <Data>(query: string, variables?: object) =>
    latchkey.data<Data>(query, { token: latchkey.ownerToken, variables });
  const reset = (token: string, next = NEXT) => latchkey.query(RESET, { variables: { token, next } });

  beforeAll(async () => {
    latchkey = await startLatchkey();
  });
  afterAll(() => latchkey.stop());

  async function person(role: string): Promise<{ id: string; email: string }> {
    const { roles } = await asOwner<{ roles: { nodes: { id: string; name: string }[] } }>(
      "{ roles { nodes { id name } } }",
    );
    const email = `person${++count}@example.com`;
    const { createUser } = await asOwner<{ createUser: { id: string } }>(
      "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
      {
        input: {
          kind: "EMPLOYEE",
          firstName: "Per",
          lastName: "Son",
          email,
          password: FIRST,
          roleIds: roles.nodes.filter(({ name }) => name === role).map(({ id }) => id),
        },
      },
    );
    return { id: createUser.id, email };
  }
  const open = async (userId: string): Promise<string> =>
    (await asOwner<{ createPasswordReset: { token: string } }>(OPEN, { userId })).createPasswordReset.token;

  it("lets the user set a new password once, and ends the user's sessions", async () => {
    const user = await person("HR Manager");
    const session = await latchkey.signIn(user.email, FIRST);
    const token = await open(user.id);
    expect((await latchkey.query("{ viewer { kind } }", { token: session })).status).toBe(200);
    expect(await reset(token)).toMatchObject({ status: 200, data: { resetPassword: true } });
    expect((await latchkey.query("{ viewer { kind } }", { token: session })).status).toBe(401);
    await latchkey.signIn(user.email, NEXT);
    await expect(latchkey.signIn(user.email, FIRST)).rejects.toThrow("UNAUTHENTICATED");
    expect(await reset(token, FIRST)).toMatchObject({
      status: 401,
      errors: [{ extensions: { code: "UNAUTHENTICATED" } }],
    });
    await latchkey.signIn(user.email, NEXT);
  });

  it("stores and logs no token", async () => {
    const token = await open((await person("HR Manager")).id);
    const tables = ["password_reset", "audit_event"].map((table) =>
      latchkey.store.select(`SELECT * FROM ${table}`, []),
    );
    expect(JSON.stringify(await Promise.all(tables))).not.toContain(token.slice(-49, -6));
    expect(latchkey.logged()).not.toContain(token.slice(-49, -6));
  });

  it("ends after a day, and when another is opened", async () => {
    const user = await person("HR Manager");
    const first = await open(user.id);
    const second = await open(user.id);
    expect((await reset(first)).status).toBe(401);
    latchkey.clock.advance(24 * 3_600_000);
    expect((await reset(second)).status).toBe(401);
    latchkey.clock.advance(-24 * 3_600_000);
    expect((await reset(second)).status).toBe(200);
  });

  it("is not used up by a password that will not do", async () => {
    const user = await person("HR Manager");
    const token = await open(user.id);
    expect(await reset(token, "short")).toMatchObject({ status: 400, errors: [{ extensions: { field: "next" } }] });
    expect((await reset(token)).status).toBe(200);
  });

  it("works for one of many who use it at the same moment", async () => {
    const token = await open((await person("HR Manager")).id);
    const replies = await Promise.all(Array.from({ length: 6 }, () => reset(token)));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(replies.filter(({ status }) => status === 401)).toHaveLength(5);
  });

  it("lifts a lock-out, and not what an administrator decided", async () => {
    const user = await person("HR Manager");
    const early = await open(user.id);
    await asOwner("mutation ($id: ID!) { setUserStatus(id: $id, status: DISABLED) { id } }", { id: user.id });
    expect((await reset(early)).status).toBe(401);
    const token = await open(user.id);
    expect((await reset(token)).status).toBe(200);
    await expect(latchkey.signIn(user.email, NEXT)).rejects.toThrow("UNAUTHENTICATED");
  });

  it("is opened by nobody for a user who holds more or ranks higher, and proves nothing as a credential", async () => {
    const admin = await person("Administrator");
    const token = await latchkey.signIn(admin.email, FIRST);
    const { viewer } = await asOwner<{ viewer: { user: { id: string } } }>("{ viewer { user { id } } }");
    const refused = await latchkey.query(OPEN, { token, variables: { userId: viewer.user.id } });
    expect(refused).toMatchObject({ status: 403, errors: [{ extensions: { code: "FORBIDDEN", reason: "RANK" } }] });

    const { createRole } = await asOwner<{ createRole: { id: string } }>(
      'mutation { createRole(input: { name: "Help desk", level: 90, authorities: ["MANAGE_USERS", "VIEW_USERS"] }) { id } }',
    );
    const desk = await person("none");
    await asOwner("mutation ($id: ID!, $roleIds: [ID!]!) { setUserRoles(id: $id, roleIds: $roleIds) { id } }", {
      id: desk.id,
      roleIds: [createRole.id],
    });
    const deskToken = await latchkey.signIn(desk.email, FIRST);
    const manager = await person("HR Manager");
    expect(await latchkey.query(OPEN, { token: deskToken, variables: { userId: manager.id } })).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: "OUT_OF_SCOPE" } }],
    });
    expect(await latchkey.store.select("SELECT * FROM password_reset WHERE userId = ?", [manager.id])).toEqual([]);
    expect((await latchkey.query("{ viewer { kind } }", { token: await open(manager.id) })).status).toBe(401);
  });

  it.each(["", "lk_rset_junk", "x".repeat(10_000)])("refuses %.20s like any other wrong token", async (token) => {
    expect(await reset(token)).toMatchObject({
      status: 401,
      errors: [{ message: "The reset token is malformed, unknown, used or expired." }],
    });
  });
});
