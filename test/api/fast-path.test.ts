import { resources } from "../../src/registry";
import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { callerOf, keyWith, STAFF, selectsOf } from "./staff";

let answeredFast = 0;
/** Two instances on one database, of which one has no fast path. */
let fast: TestLatchkey;
let ordinary: TestLatchkey;
beforeAll(async () => {
  fast = await startLatchkey({ fastPath: { compileAfter: 1, answered: () => (answeredFast += 1) } });
  ordinary = await startLatchkey({ database: fast.database, clock: fast.clock, fastPath: false });
  await load(fast.store, STAFF);
});
afterAll(async () => {
  await ordinary.stop();
  await fast.stop();
});

/** How many of the requests of `work` the fast path answered. */
async function answersOf(work: () => Promise<unknown>): Promise<number> {
  const before = answeredFast;
  await work();
  return answeredFast - before;
}

/** Posts `body` as it is; headers that are new with each request left out. */
async function post({ url, ownerToken }: TestLatchkey, body: unknown, headers: Record<string, string>) {
  const response = await fetch(`${url}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${ownerToken}`, ...headers },
    body: typeof body === "string" ? body : JSON.stringify(body),
  });
  const { date, "x-request-id": requestId, ...rest } = Object.fromEntries(response.headers);
  expect([date, requestId]).not.toContain(undefined);
  const text = await response.text();
  return {
    status: response.status,
    headers: rest,
    text: requestId === undefined ? text : text.replace(requestId, "ID"),
  };
}

describe("a known query, over HTTP", () => {
  const query = "{ departments { nodes { name } } }";
  const json = { "content-type": "application/json" };
  const type = (accept: string) => ({ ...json, accept });

  it.each<[string, unknown, Record<string, string>, boolean]>([
    ["without accept", { query }, json, true],
    ["with accept */*", { query }, type("*/*"), true],
    ["with accept application/json", { query }, type("application/json"), true],
    ["as Apollo Client asks", { query }, type("application/graphql-response+json,application/json;q=0.9"), true],
    ["as urql asks", { query }, type("application/graphql-response+json, application/json"), true],
    ["for the new media type", { query }, type("application/graphql-response+json"), true],
    ["as graphql-request asks", { query }, type("application/json, application/graphql-response+json"), true],
    ["as axios asks", { query }, type("application/json, text/plain, */*"), true],
    ["as superagent asks", { query }, type("application/json, */*"), true],
    ["with a charset", { query }, { "content-type": "application/json; charset=utf-8" }, true],
    ["with nulls", { query, variables: null, operationName: null, extensions: null }, json, true],
    ["with empty parts", { query, variables: {}, extensions: {} }, json, true],
    ["with an empty name", { query, operationName: "" }, json, false],
    ["with members nobody knows", { query, id: "7" }, json, true],
    ["with extensions", { query, extensions: { trace: 1 } }, json, false],
    ["with a persisted query", { query, extensions: { persistedQuery: { version: 1, sha256Hash: "0" } } }, json, false],
    ["with variables as text", { query, variables: "{}" }, json, false],
    ["with variables as a list", { query, variables: [] }, json, false],
    ["with a name that is no operation", { query, operationName: "Other" }, json, false],
    ["with a name that is a number", { query, operationName: 7 }, json, false],
    ["with a question for its cost", { query }, { ...json, "x-latchkey-cost": "1" }, false],
    ["in a batch", [{ query }], json, false],
    ["for HTML", { query }, type("text/html"), false],
    ["for some unusual order", { query }, type("text/html, application/json;q=0.5"), false],
    ["as plain text", { query }, { "content-type": "text/plain" }, false],
    ["as a form", `query=${query}`, { "content-type": "application/x-www-form-urlencoded" }, false],
    ["as no JSON", "{", json, false],
    ["with another wrong document", { query: "{ departments { nodes { nam } } }" }, json, false],
  ])("is answered alike by both ways, status, headers and body: %s", async (_how, body, headers, isFast) => {
    const expected = await post(ordinary, body, headers);
    await post(fast, { query }, json);
    const answers = await answersOf(async () => {
      for (let time = 0; time < 3; time++) expect(await post(fast, body, headers)).toEqual(expected);
    });
    expect(answers > 0).toBe(isFast);
  });

  it("is refused alike by both ways, at the same speed as it is answered", async () => {
    const key = await keyWith(fast, [{ resource: "department", actions: ["READ"], fields: ["code"] }]);
    const ask = (latchkey: TestLatchkey, text: string) => latchkey.query(text, { token: key.token });
    for (const text of [query, "{ departments { nodes { code } } }"]) {
      const expected = await ask(ordinary, text);
      await ask(fast, text);
      await ask(fast, text);
      const answers = await answersOf(async () => {
        const reply = await ask(fast, text);
        expect([reply.status, reply.text]).toEqual([expected.status, expected.text]);
        expect(await selectsOf(fast, () => ask(fast, text))).toHaveLength(reply.data ? 1 : 0);
      });
      expect(answers).toBe(2);
    }
  });

  it("sees a grant that was taken away on the very next request", async () => {
    const key = await keyWith(fast, [{ resource: "department", actions: ["READ"] }]);
    for (let time = 0; time < 3; time++) expect((await key.ask(query)).status).toBe(200);
    await callerOf(ordinary, ordinary.ownerToken).read("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", {
      id: key.apiKeyId,
    });
    expect((await key.ask(query)).status).toBe(401);
  });

  it("counts as one use of its key, under its name", async () => {
    const key = await keyWith(fast, [{ resource: "department", actions: ["READ"] }]);
    const named = "query Names { departments { nodes { name } } }";
    expect(
      await answersOf(async () => {
        for (let time = 0; time < 4; time++) await key.read(named);
      }),
    ).toBe(3);
    const owner = callerOf(fast, fast.ownerToken);
    const usage = "query ($id: ID!) { apiKey(id: $id) { usage { operationName calls denials errors } } }";
    // Use is written twice a second.
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(await owner.read(usage, { id: key.apiKeyId })).toEqual({
      apiKey: { usage: [{ operationName: "Names", calls: 4, denials: 0, errors: 0 }] },
    });
  });

  it("is the same whatever its variables are called", async () => {
    for (const name of ["__proto__", "constructor", "hasOwnProperty"]) {
      const named = `query ($${name}: Boolean = true, $not: DepartmentFilter) {
        departments(filter: { and: [{ not: $not }] }) { nodes { name @include(if: $${name}) id @skip(if: $${name}) } } }`;
      for (let time = 0; time < 3; time++) {
        const [one, other] = await Promise.all([
          post(fast, { query: named }, json),
          post(ordinary, { query: named }, json),
        ]);
        expect([one.status, one.text]).toEqual([200, other.text]);
        expect(one.text).toContain('{"name":"Engineering"}');
      }
    }
  });

  it("stays known whatever is sent without credentials", async () => {
    const owner = callerOf(fast, fast.ownerToken);
    for (let time = 0; time < 3; time++) await owner.read(query);
    for (let time = 0; time < 3; time++) {
      const padded = "{ __typename }".padEnd(70_000 + time, " ");
      expect((await fast.query(padded, { token: "" })).status).toBe(200);
    }
    expect(await answersOf(() => owner.read(query))).toBe(1);
  });

  it("means the operation that is named, with the last of equal keys, alike by both ways", async () => {
    const several = "query A { departments { nodes { name } } } query B { departments { totalCount t: __typename } }";
    const bodies = [
      JSON.stringify({ query: several, operationName: "A" }),
      JSON.stringify({ query: several, operationName: "B" }),
      JSON.stringify({ query: several, operationName: "constructor" }),
      JSON.stringify({ query: several }),
      `{"query":"{ bad }","query":${JSON.stringify(several)},"operationName":"A","operationName":"B"}`,
      `{"query":${JSON.stringify(several)},"operationName":"A","operationName":null}`,
      `{"query":${JSON.stringify(several)},"operationName":"A","variables":{"__proto__":{"a":1}}}`,
      `{"query":${JSON.stringify(several)},"operationName":"A","variables":{"zz":1}}`,
    ];
    for (const body of bodies) {
      const expected = await post(ordinary, body, json);
      for (let time = 0; time < 4; time++)
        expect({ body, ...(await post(fast, body, json)) }).toEqual({ body, ...expected });
    }
  });

  it.each([
    [
      "query ($x: Boolean = true) { departments { nodes { name @include(if: $x) id } } }",
      [{}, { x: true }, { x: false }, { x: null }, { x: "true" }, { x: 1 }],
    ],
    [
      "query ($x: Boolean!) { departments @skip(if: $x) { nodes { id } } __typename }",
      [{}, { x: true }, { x: false }, { x: null }, { x: [true] }],
    ],
    [
      "query ($f: Int = 1) { departments(first: $f) { nodes { id } totalCount } }",
      [{}, { f: 2 }, { f: null }, { f: 0 }, { f: 501 }, { f: "1" }, { f: 1.5 }],
    ],
    [
      "query ($f: [DepartmentSort!]) { departments(sort: $f) { nodes { id } } }",
      [{}, { f: null }, { f: [] }, { f: { name: "DESC" } }, { f: [{ name: null }] }, { f: [{}] }],
    ],
    [
      "query ($f: DepartmentFilter) { departments(filter: $f) { nodes { id } } }",
      [
        {},
        { f: null },
        { f: {} },
        { f: { name: null } },
        { f: { name: {} } },
        { f: { name: { in: "Sales" } } },
        { f: { or: [] } },
      ],
    ],
    [
      "query ($i: ID!) { department(id: $i) { id ...A ...A ... on Department { n: name } } } fragment A on Department { name __typename t: __typename parent { __typename id } }",
      [{ i: "x" }, { i: 1 }, { i: "" }, { i: 1.5 }, { i: true }],
    ],
  ])("takes variables alike by both ways: %s", async (text, values) => {
    for (const variables of values) {
      const body = { query: text, variables };
      const expected = await post(ordinary, body, json);
      for (let time = 0; time < 4; time++)
        expect({ body, ...(await post(fast, body, json)) }).toEqual({ body, ...expected });
    }
  });

  it("that ends in an error is answered by the ordinary way, in its words", async () => {
    const failing = "query ($after: String) { departments(after: $after) { nodes { name } } }";
    const owner = callerOf(fast, fast.ownerToken);
    for (let time = 0; time < 3; time++) await owner.read(failing);
    const variables = { after: "no cursor" };
    const expected = await callerOf(ordinary, ordinary.ownerToken).ask(failing, variables);
    expect(expected.errors?.[0]?.extensions).toMatchObject({ code: "BAD_USER_INPUT", field: "after" });
    expect(
      await answersOf(async () => {
        const reply = await owner.ask(failing, variables);
        expect([reply.status, reply.text]).toEqual([expected.status, expected.text]);
      }),
    ).toBe(0);
  });
});

describe("nested queries of every resource", () => {
  /** To-one relations three levels deep and every relation to many, on a page of all records. */
  const queries = resources.map((resource): [string, string] => {
    const toOne = resource.fields.filter(({ target }) => target !== null).map(({ name }) => name);
    const below = toOne.map((name) => `${name} { id }`).join(" ");
    const lists = resource.lists.map(({ name }) => `${name} { totalCount nodes { id } }`).join(" ");
    return [resource.name, `{ ${resource.plural} { totalCount nodes { id ${below} ${lists} } } }`];
  });

  it.each(queries)("take one statement for each list and count, however many records: %s", async (name, query) => {
    const resource = resources.find((one) => one.name === name);
    const expected = 2 + 2 * (resource?.lists.length ?? 0);
    const { text } = await ordinary.query(query, { token: ordinary.ownerToken });
    for (const latchkey of [ordinary, fast]) {
      const owner = callerOf(latchkey, latchkey.ownerToken);
      for (let time = 0; time < 2; time++) await owner.read(query);
      const answers = await answersOf(async () => {
        const statements = await selectsOf(latchkey, async () => expect((await owner.ask(query)).text).toBe(text));
        expect(statements.length).toBeLessThanOrEqual(expected);
      });
      expect(answers).toBe(latchkey === fast ? 1 : 0);
    }
  });
});
