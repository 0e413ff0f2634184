import { request } from "node:http";
import { OWNER, startLatchkey, type TestLatchkey } from "../support/latchkey";

describe("strangers", () => {
  let latchkey: TestLatchkey;
  const asOwner = <Data>(query: string, variables?: object) =>
    latchkey.data<Data>(query, { token: latchkey.ownerToken, variables });

  beforeEach(async () => {
    latchkey = await startLatchkey();
  });
  afterEach(() => latchkey.stop());

  const SIGN_IN =
    "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken } }";
  const attempt = (email: string) => latchkey.query(SIGN_IN, { variables: { email, password: "a wrong pass phrase" } });

  it("cannot stop a bot's keys by signing in as the bot, which has no password to guess", async () => {
    const { roles } = await asOwner<{ roles: { nodes: { id: string; name: string }[] } }>(
      "{ roles { nodes { id name } } }",
    );
    const { createUser } = await asOwner<{ createUser: { id: string } }>(
      "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
      {
        input: {
          kind: "BOT",
          firstName: "Pay",
          lastName: "Bot",
          email: "bot@example.com",
          roleIds: roles.nodes.filter(({ name }) => name === "HR Manager").map(({ id }) => id),
        },
      },
    );
    const { generateApiKey } = await asOwner<{ generateApiKey: { token: string } }>(
      "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }",
      {
        input: {
          name: "Payroll",
          forUserId: createUser.id,
          grants: [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }],
        },
      },
    );
    for (let tries = 0; tries < 12; tries++) expect((await attempt("bot@example.com")).status).toBe(401);
    const reply = await latchkey.query("{ employees { totalCount } }", { token: generateApiKey.token });
    expect(reply.status).toBe(200);
    expect(await asOwner("query ($id: ID!) { user(id: $id) { status } }", { id: createUser.id })).toEqual({
      user: { status: "ACTIVE" },
    });
  });

  it("cannot keep others behind their address from signing in and using the new session", async () => {
    const guid = () => crypto.randomUUID();
    const replies = await Promise.all(
      Array.from({ length: 130 }, () => latchkey.query("{ serviceName }", { token: guid() })),
    );
    expect(replies.some(({ status }) => status === 429)).toBe(true);
    const token = await latchkey.signIn(OWNER.email, OWNER.password);
    expect(await latchkey.data("{ viewer { kind } }", { token })).toEqual({ viewer: { kind: "USER" } });
  });

  it("cannot raise a false alarm of the database by going away in the middle of a body", async () => {
    const { hostname, port } = new URL(latchkey.url);
    await new Promise<void>((resolve) => {
      const sent = request({
        hostname,
        port,
        path: "/graphql",
        method: "POST",
        headers: { "content-type": "application/json", "content-length": "100" },
      });
      sent.on("error", () => resolve());
      sent.on("close", () => resolve());
      sent.write("{");
      setTimeout(() => sent.destroy(), 50);
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(latchkey.logged()).not.toContain("database cannot be reached");
    expect(latchkey.logged()).not.toContain("unexpected error");
  });

  it("cannot hide behind a name that looks like another's", async () => {
    for (const [field, text] of [
      ["firstName", "Ad\u202emin"],
      ["lastName", "Own\u200ber"],
      ["email", "owner@example.com\u2060"],
    ] as const) {
      const input = {
        kind: "BOT",
        firstName: "A",
        lastName: "B",
        email: "look@example.com",
        roleIds: [],
        [field]: text,
      };
      const reply = await latchkey.query("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", {
        token: latchkey.ownerToken,
        variables: { input },
      });
      expect(reply).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }],
      });
    }
    const persian = { kind: "BOT", firstName: "می\u200cخواهم", lastName: "B", email: "fa@example.com", roleIds: [] };
    await asOwner("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", { input: persian });
  });

  it("who stole a session get no more tries at its password than at the door", async () => {
    const CHANGE = "mutation ($current: String!, $next: String!) { changePassword(current: $current, next: $next) }";
    const { createUser } = await asOwner<{ createUser: { id: string } }>(
      "mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }",
      {
        input: {
          kind: "EMPLOYEE",
          firstName: "A",
          lastName: "B",
          email: "ann@example.com",
          password: "six random words in a row",
          roleIds: [],
        },
      },
    );
    const token = await latchkey.signIn("ann@example.com", "six random words in a row");
    const tries = Array.from({ length: 50 }, (_, at) =>
      at === 45 ? "six random words in a row" : `wrong wrong wrong ${at}`,
    );
    const replies = await Promise.all(
      tries.map((current) =>
        latchkey.query(CHANGE, { token, variables: { current, next: "eight new words for the door" } }),
      ),
    );
    expect(replies.filter(({ status }) => status === 200)).toEqual([]);
    expect(await asOwner("query ($id: ID!) { user(id: $id) { status } }", { id: createUser.id })).toEqual({
      user: { status: "LOCKED" },
    });
    latchkey.clock.advance(16 * 60_000);
    await expect(latchkey.signIn("ann@example.com", "eight new words for the door")).rejects.toThrow();
  });
});
