import { connect } from "node:net";
import { type ReplyError, startLatchkey, type TestLatchkey } from "../support/latchkey";

const CLOSED_LIST =
  /^(UNAUTHENTICATED|FORBIDDEN|FORBIDDEN_FIELD|BAD_USER_INPUT|NOT_FOUND|CONFLICT|OUT_OF_SCOPE|RATE_LIMITED|QUERY_TOO_COSTLY|UNAVAILABLE|INTERNAL)$/;

describe("a request that makes no sense", () => {
  let latchkey: TestLatchkey;
  beforeAll(async () => {
    latchkey = await startLatchkey();
  });
  afterAll(() => latchkey.stop());

  const post = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${latchkey.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", authorization: `Bearer ${latchkey.ownerToken}`, ...headers },
      body,
    });
    const text = await response.text();
    const { errors } = JSON.parse(text) as { errors: ReplyError[] };
    for (const { extensions } of errors) expect(extensions.code).toMatch(CLOSED_LIST);
    return { status: response.status, errors, text };
  };
  const asOwner = (query: string, variables?: object) =>
    latchkey.query(query, { token: latchkey.ownerToken, variables });

  it.each([
    ["not JSON", "{", 400, /not valid JSON/],
    ["an empty body", "", 400, /empty/],
    ["a list", "[]", 400, /.+/],
    ["no query", "{}", 400, /no keys/],
    ["a query that is no text", '{"query": 5}', 400, /.+/],
    ["variables that are a list", '{"query": "{ viewer { kind } }", "variables": []}', 400, /.+/],
    ["a prototype in its JSON", '{"query": "{ viewer { kind } }", "__proto__": {}}', 400, /JSON/],
    ["no GraphQL", '{"query": "viewer"}', 400, /Syntax Error/],
  ])("is told so in one error with a code: %s", async (_what, body, status, message) => {
    const reply = await post(body);
    expect(reply).toMatchObject({ status, errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expect(reply.errors[0]?.message).toMatch(message);
  });

  it("of 5 MB is refused unread", async () => {
    const reply = await post(JSON.stringify({ query: `{ viewer { kind } } #${"x".repeat(5_000_000)}` }));
    expect(reply).toMatchObject({ status: 413, errors: [{ message: "The request body is larger than 1 MiB." }] });
  });

  it("with the wrong content type is refused", async () => {
    expect(await post("viewer", { "content-type": "text/plain" })).toMatchObject({ status: 415 });
  });

  it.each([
    ["10,000 aliases", `{ ${Array.from({ length: 10_000 }, (_, at) => `a${at}: viewer { kind }`).join(" ")} }`],
    ["1,000 aliases", `{ ${Array.from({ length: 1_000 }, (_, at) => `a${at}:__typename`).join(" ")} }`],
    ["depth 100", `${"{ employee(id: 1) { manager".repeat(1)}${" { manager".repeat(98)} { id }${" }".repeat(100)}`],
    ["fragments that double 30 times", doubling(30)],
  ])("that costs too much is refused before it is validated: %s", async (_what, query) => {
    const started = process.hrtime.bigint();
    const reply = await asOwner(query);
    const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
    expect(reply.status).toBe(400);
    expect(reply.errors).toHaveLength(1);
    expect(reply.errors?.[0]?.extensions).toMatchObject({ code: "QUERY_TOO_COSTLY", limit: expect.any(String) });
    expect(milliseconds).toBeLessThan(5_000);
  });

  it("names an unknown field, and the known one that was meant", async () => {
    const reply = await asOwner("{ employes { totalCount } }");
    expect(reply.status).toBe(400);
    expect(reply.errors?.[0]?.message).toMatch(
      /^Cannot query field "employes" on type "Query"\. Did you mean .*"employees"/,
    );
  });

  it("with a date in another form is told the form", async () => {
    const query = "mutation ($id: ID!, $input: UpdateUserInput!) { updateUser(id: $id, input: $input) { id } }";
    const reply = await asOwner(query, { id: "x", input: { expiresAt: "2027-01-31" } });
    expect(reply).toMatchObject({
      status: 400,
      errors: [
        {
          message: 'Variable $input at "input.expiresAt" must be a value of type DateTime, e.g. 2027-01-31T09:00:00Z.',
          extensions: { code: "BAD_USER_INPUT", field: "input.expiresAt" },
        },
      ],
    });
  });

  it("of which nobody knows the operation is refused", async () => {
    const reply = await latchkey.query("query A { viewer { kind } } query B { viewer { kind } }", {
      token: latchkey.ownerToken,
      operationName: "C",
    });
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
    expect(reply.errors?.[0]?.message).toContain('"C"');
  });

  it.each([
    ["a GUID where a number is expected", "first", '"3f2504e0-4f89-11d3-9a0c-0305e82c3301"'],
    ["a fraction where a whole number is expected", "first", "1.5"],
    ["a number beyond 32 bits", "first", "99999999999"],
  ])("names the argument that has %s, without repeating it", async (_what, argument, value) => {
    const reply = await asOwner("query ($first: Int) { employees(first: $first) { totalCount } }", {
      first: JSON.parse(value) as unknown,
    });
    expect(reply.status).toBe(400);
    expect(reply.errors?.[0]?.message).toContain(argument);
    expect(reply.text).not.toContain(value.replaceAll('"', ""));
  });

  it.each([0, -1, 501])("is told the bounds of a page: first %d", async (first) => {
    const reply = await asOwner("query ($first: Int) { employees(first: $first) { totalCount nodes { id } } }", {
      first,
    });
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT", field: "first" } }] });
  });

  it("with a broken mutation gets no variable back", async () => {
    const reply = await asOwner(
      "mutation ($email: String!, $password: String!) { signIn(email: $email, password: $password) { sessionToken } }",
      {
        email: "someone@example.com",
        password: { secret: "hunter2hunter2" },
      },
    );
    expect(reply.status).toBe(400);
    expect(reply.text).not.toContain("hunter2");
    expect(reply.errors?.[0]?.message).toContain("$password");
  });

  it("for a path that is not served gets a 404 of the same form", async () => {
    const response = await fetch(`${latchkey.url}/nothing?token=x`);
    expect(response.status).toBe(404);
    expect(await response.json()).toEqual({
      errors: [{ message: "Nothing is served at GET /nothing.", extensions: { code: "NOT_FOUND" } }],
    });
  });

  it("by GET may not change anything", async () => {
    const query = encodeURIComponent("mutation { signOut }");
    const response = await fetch(`${latchkey.url}/graphql?query=${query}`, {
      headers: { "apollo-require-preflight": "1", authorization: `Bearer ${latchkey.ownerToken}` },
    });
    expect(response.status).toBe(405);
    expect(await latchkey.data("{ viewer { kind } }", { token: latchkey.ownerToken })).toEqual({
      viewer: { kind: "USER" },
    });
  });

  it("leaves nothing of itself in the log as an error of ours", () => {
    expect(latchkey.logged()).not.toContain("unexpected error");
  });

  describe("below HTTP's own limits", () => {
    const raw = (text: string): Promise<string> =>
      new Promise((resolve, reject) => {
        const { hostname, port } = new URL(latchkey.url);
        const socket = connect(Number(port), hostname, () => socket.write(text));
        let received = "";
        socket.on("data", (chunk) => (received += chunk.toString()));
        socket.on("close", () => resolve(received));
        socket.on("error", reject);
      });
    const head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 2\r\n";

    it("gets 431 for a token of 1 MB", async () => {
      const reply = await raw(`${head}authorization: Bearer ${"x".repeat(1_000_000)}\r\n\r\n{}`);
      expect(reply).toMatch(/^HTTP\/1\.1 431 /);
      expect(reply).toContain('"code":"BAD_USER_INPUT"');
    });

    it("gets 400 for a NUL byte in a token", async () => {
      const reply = await raw(`${head}authorization: Bearer lk_live_\u0000\r\n\r\n{}`);
      expect(reply).toMatch(/^HTTP\/1\.1 400 /);
      expect(reply).toContain('"code":"BAD_USER_INPUT"');
    });
  });
});

/** Fragment n spreads fragment n-1 twice: 2^n selections in a few lines. */
function doubling(times: number): string {
  const fragments = Array.from({ length: times }, (_, at) => `fragment f${at + 1} on Query { ...f${at} ...f${at} }`);
  return `{ ...f${times} } fragment f0 on Query { viewer { kind } } ${fragments.join(" ")}`;
}
