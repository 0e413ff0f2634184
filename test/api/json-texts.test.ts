import { DEFAULT_LIMITS } from "../../src/access/limits";
import { TimeOff } from "../../src/resources/time-off/time-off.entity";
import { idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { callerOf, type GrantGiven, keyWith, STAFF, selectsOf, writesTexts } from "./staff";

/** Two instances on one database, of which one has no fast path. */
let fast: TestLatchkey;
let ordinary: TestLatchkey;
let answeredFast = 0;
beforeAll(async () => {
  fast = await startLatchkey({ fastPath: { compileAfter: 0, answered: () => (answeredFast += 1) } });
  ordinary = await startLatchkey({ database: fast.database, clock: fast.clock, fastPath: false });
  await load(fast.store, STAFF);
  const [{ id: employeeId } = { id: "" }] = STAFF.employees;
  const stamps = { version: 1, createdAt: new Date(0), updatedAt: new Date(0) };
  const notes = [
    '"quoted" \\ \\n',
    "two\nlines,\ta tab\r\n",
    "\u0001\b\f\u001f\u007f",
    "\u2028 </p> 😀 \uE000",
    "",
    null,
  ];
  await fast.store.transaction((tx) =>
    tx.insert(
      TimeOff,
      notes.map((note, at) => ({
        id: idOf("d", at),
        employeeId,
        type: "Annual leave",
        startDate: `2024-02-0${at + 1}`,
        endDate: `2024-02-0${at + 1}`,
        status: "REQUESTED" as TimeOff["status"],
        note,
        ...stamps,
      })),
    ),
  );
});
afterAll(async () => {
  await ordinary.stop();
  await fast.stop();
});

const EVERYTHING: readonly GrantGiven[] = (["employee", "department", "timeOff"] as const).map((resource) => ({
  resource,
  actions: ["READ"],
}));

/** Asks both until the fast one knows the query; how many of its statements wrote records as JSON. */
async function textsOf(query: string, token: string, variables: object = {}): Promise<number> {
  const expected = await ordinary.query(query, { token, variables });
  expect(expected.errors).toBeUndefined();
  await fast.query(query, { token, variables });
  const statements = await selectsOf(fast, async () => {
    expect((await fast.query(query, { token, variables })).text).toBe(expected.text);
  });
  return statements.filter(writesTexts).length;
}

/** Statements that write records as JSON, of which MariaDB has none. */
function onSqlite(count: number): number {
  return fast.store.dialect === "sqlite" ? count : 0;
}

describe("a page whose records the database writes", () => {
  const PERSON = "id firstName email hireDate department { name manager { lastName } }";

  it.each([
    ["alone", `{ employees { nodes { ${PERSON} } } }`],
    ["with every kind of text", "{ timeOffs { nodes { note startDate employee { firstName } } } }"],
    ["in another order of members", "{ employees { nodes { department { id } lastName id } } }"],
    ["with __typename", "{ employees { nodes { __typename department { __typename } } __typename } }"],
    ["with edges", `{ employees { edges { cursor @skip(if: true) node { ${PERSON} } } } }`],
    [
      "with what follows",
      "{ employees(first: 2) { nodes { id } pageInfo { hasNextPage hasPreviousPage } totalCount } }",
    ],
    ["by fragments", "{ employees { nodes { ...A ... on Employee { id } } } } fragment A on Employee { id lastName }"],
    ["of no records", '{ employees(filter: { lastName: { eq: "Nobody" } }) { nodes { id } } }'],
    ["sorted by what some have not", "{ employees(sort: [{ email: DESC }]) { nodes { email } } }"],
    [
      "in a relation to many",
      "{ departments { nodes { id version employees(first: 2) { nodes { id department { id } } pageInfo { endCursor @skip(if: true) hasNextPage } } } } }",
    ],
    ["under another name", `{ all: employees { list: nodes { ${PERSON} } } other: departments { nodes { name } } }`],
  ])("is what the ordinary way answers, byte for byte: %s", async (_what, query) => {
    const { token } = await keyWith(fast, EVERYTHING);
    const texts = await textsOf(query, token);
    if (fast.store.dialect === "sqlite") expect(texts).toBeGreaterThan(0);
    else expect(texts).toBe(0);
  });

  it.each([
    ["under aliases", "{ employees { nodes { name: firstName } } }"],
    ["with a number", "{ employees { nodes { id version } } }"],
    ["with money", "{ employees { nodes { id salary } } }"],
    ["with one of a few values", "{ timeOffs { nodes { id status } } }"],
    ["with a number below", "{ departments { nodes { id employees { nodes { salary } } } } }"],
    ["twice", "{ employees { nodes { id } again: nodes { firstName } } }"],
    ["without records", "{ employees { totalCount } }"],
  ])("is read as ever where it is not as it is stored: %s", async (_what, query) => {
    const { token } = await keyWith(fast, EVERYTHING);
    expect(await textsOf(query, token)).toBe(0);
  });

  it("is not mistaken for what it would be without its members, nor the other way round", async () => {
    const { token } = await keyWith(fast, EVERYTHING);
    const query = "query ($bare: Boolean!) { departments { nodes { name @skip(if: $bare) } } }";
    await textsOf(query, token, { bare: false });
    const first = await fast.query(query, { token, variables: { bare: true } });
    expect(first.text).toBe((await ordinary.query(query, { token, variables: { bare: true } })).text);
    await textsOf("{ departments { nodes { type: __typename } } }", token);
    await textsOf("{ departments { edges { cursor @skip(if: true) } nodes { type: __typename } } }", token);
  });

  it("may be as deep as a document may be; a key that may go deeper is answered from rows", async () => {
    const { token } = await keyWith(fast, EVERYTHING, undefined, { limits: { depth: 24 } });
    const ofDepth = (depth: number): string => {
      const levels = depth - "employees nodes id".split(" ").length;
      const record = Array.from({ length: levels }).reduce<string>((inner) => `id manager { ${inner} } email`, "id");
      return `{ employees { nodes { ${record} } } }`;
    };
    expect(await textsOf(ofDepth(DEFAULT_LIMITS.depth), token)).toBe(onSqlite(1));
    for (const depth of [DEFAULT_LIMITS.depth + 1, 24]) {
      const before = answeredFast;
      expect(await textsOf(ofDepth(depth), token)).toBe(0);
      expect(answeredFast).toBeGreaterThan(before);
    }
  });

  it("has cursors that go on where it ended, through records with a value and those without", async () => {
    const { token } = await keyWith(fast, EVERYTHING);
    const query = `query ($after: String) {
      employees(first: 2, after: $after, sort: [{ email: ASC }, { hireDate: DESC }]) {
        nodes { email hireDate } pageInfo { endCursor hasNextPage } } }`;
    interface Page {
      readonly employees: { readonly nodes: object[]; readonly pageInfo: { endCursor: string; hasNextPage: boolean } };
    }
    const walk = async (latchkey: TestLatchkey): Promise<object[]> => {
      const found: object[] = [];
      let after: string | null = null;
      do {
        const { employees }: Page = await latchkey.data<Page>(query, { token, variables: { after } });
        found.push(...employees.nodes);
        after = employees.pageInfo.hasNextPage ? employees.pageInfo.endCursor : null;
      } while (after !== null);
      return found;
    };
    await walk(fast);
    expect(await walk(fast)).toEqual(await walk(ordinary));
    expect(await walk(fast)).toHaveLength(STAFF.employees.length);
  });

  it("holds nothing beyond the rows of its key, and nothing of a record that is led to beyond them", async () => {
    const [shown, hidden] = STAFF.departments;
    const { token } = await keyWith(fast, [
      { resource: "employee", actions: ["READ"] },
      { resource: "department", actions: ["READ"], rows: { departmentIds: [shown?.id] } },
    ]);
    const query = "{ employees { nodes { id department { id name } } } }";
    await textsOf(query, token);
    const { text } = await fast.query(query, { token });
    expect(text).toContain(shown?.name);
    expect(text).not.toContain(hidden?.id);
    expect(text).toContain('"department":null');
  });

  it("is refused when a grant goes, on the very next request", async () => {
    const key = await keyWith(fast, EVERYTHING);
    const query = "{ employees { nodes { id email } } }";
    await textsOf(query, key.token);
    await callerOf(ordinary, ordinary.ownerToken).read("mutation ($id: ID!) { revokeApiKey(id: $id) { id } }", {
      id: key.apiKeyId,
    });
    expect((await key.ask(query)).status).toBe(401);
  });
});
