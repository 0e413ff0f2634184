import crypto from "node:crypto";
import { setImmediate as nextTurn } from "node:timers/promises";
import * as fc from "fast-check";
import type { Action, Grant } from "../../src/access/grant";
import { ApiKey } from "../../src/api-keys/api-key.entity";
import { Compensation } from "../../src/resources/compensation/compensation.entity";
import { TimeOff } from "../../src/resources/time-off/time-off.entity";
import { TimeOffStatus } from "../../src/resources/time-off/time-off-status";
import { Role } from "../../src/roles/role.entity";
import type { Store } from "../../src/store/store";
import { User } from "../../src/users/user.entity";
import { AMOUNTS, type Company, companies, DATES, idOf, load, TEXTS } from "../resources/company";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";
import { grants, rows } from "./random-access";
import { documents, type RandomDocument } from "./random-documents";
import { type GrantGiven, type Key, keyWith, type Person, personWith, rowsOf, selectsOf, writesTexts } from "./staff";

const RUNS = Number(process.env["LATCHKEY_API_FUZZ_RUNS"] ?? 150);
const SEED = Number(process.env["LATCHKEY_API_FUZZ_SEED"] ?? 20_260_102);
const RESOURCES = ["employee", "department", "timeOff", "compensation"] as const;
/** Documents that are asked of the same records by the same grants, since making these takes longer than asking. */
const DOCUMENTS_PER_CASE = 8;
/** Turns of the event loop after which what has read nothing reads nothing more: an operation waits for fewer between two statements. */
const IDLE_TURNS = 50;
/** Notes that JSON has to write otherwise than they are, or might. */
const NOTES = [
  '"',
  'say "\\"\\n',
  "two\nlines\r\n\tand a tab",
  "\u0001\u001f\u007f\u0085",
  "\u2028\u2029",
  "</script>",
  ...TEXTS,
];

/** Resolves when nothing is read any more; an operation that has failed goes on with what it has begun. */
function settling({ store }: TestLatchkey): () => Promise<void> {
  let underWay = 0;
  let idle = 0;
  const { select } = store;
  const watched: Store["select"] = async (...asked) => {
    underWay += 1;
    try {
      return await select(...asked);
    } finally {
      underWay -= 1;
      idle = 0;
    }
  };
  Object.assign(store, { select: watched });
  return async () => {
    for (idle = 0; idle < IDLE_TURNS; idle++) {
      await nextTurn();
      if (underWay > 0) idle = 0;
    }
  };
}

/** Everything of some resources, on all rows or on some. */
const wideGrants: fc.Arbitrary<readonly Grant[]> = fc
  .tuple(...RESOURCES.map((resource) => fc.tuple(fc.constant(resource), fc.option(rows, { freq: 1 }), fc.nat(9))))
  .map((all) =>
    all
      .filter(([, , chance]) => chance > 0)
      .map(([resource, limit]) => ({ resource, actions: ["READ"] as Action[], fields: null, rows: limit })),
  );

describe("the fast path and the ordinary way, asked the same", () => {
  /** Two instances on one database, of which one has no fast path. */
  let fast: TestLatchkey;
  let ordinary: TestLatchkey;
  let person: Person;
  let key: Key;
  let answeredFast = 0;
  let settled: (() => Promise<void>)[];
  let hasFailed = false;
  const counts = { requests: 0, fast: 0, withData: 0, refused: 0, withErrors: 0, statements: 0, asTexts: 0 };
  let nonce: jest.SpyInstance;

  beforeAll(async () => {
    fast = await startLatchkey({ fastPath: { compileAfter: 0, answered: () => (answeredFast += 1) } });
    ordinary = await startLatchkey({ database: fast.database, clock: fast.clock, fastPath: false });
    settled = [fast, ordinary].map(settling);
    const all: GrantGiven[] = RESOURCES.map((resource) => ({ resource, actions: ["READ"] }));
    person = await personWith(fast, all);
    key = await keyWith(fast, all, person);
    // Cursors have a random nonce; with one that stands still, equal cursors are equal texts.
    const { randomBytes } = crypto;
    nonce = jest.spyOn(crypto, "randomBytes").mockImplementation(((size: number) => {
      return size === 12 ? Buffer.alloc(size) : randomBytes(size);
    }) as typeof randomBytes);
  });
  afterAll(async () => {
    nonce.mockRestore();
    await ordinary.stop();
    await fast.stop();
  });

  const cases = () =>
    fc.record({
      company: companies,
      own: fc.option(fc.nat(5)),
      roleGrants: fc.oneof({ weight: 4, arbitrary: wideGrants }, { weight: 1, arbitrary: grants }),
      keyGrants: fc.oneof({ weight: 4, arbitrary: wideGrants }, { weight: 1, arbitrary: grants }),
      byKey: fc.boolean(),
      asked: fc.array(documents(fast.schema.executable), { minLength: 1, maxLength: DOCUMENTS_PER_CASE }),
    });

  const arrange = async (
    company: Company,
    ownId: string | null,
    roleGrants: readonly Grant[],
    keyGrants: readonly Grant[],
  ) => {
    await load(fast.store, company);
    await fast.store.change(async (tx) => {
      await tx.update(User, { id: person.userId }, { employeeId: ownId });
      await tx.save(tx.create(Role, { id: person.roleId, grants: [...roleGrants] }));
      await tx.save(tx.create(ApiKey, { id: key.apiKeyId, grants: [...keyGrants] }));
      const stamps = { version: 1, createdAt: new Date(0), updatedAt: new Date(0) };
      const rowsOf = company.employees
        .slice(0, 8)
        .map(({ id }, at) => ({ id: idOf("d", 100 + at), employeeId: id, ...stamps }));
      const pick = <Value>(values: readonly Value[], at: number): Value => values[at % values.length] as Value;
      const statuses = Object.values(TimeOffStatus);
      await tx.insert(
        TimeOff,
        rowsOf.map((row, at) => ({
          ...row,
          type: pick(TEXTS, at),
          startDate: pick(DATES, at),
          endDate: pick(DATES, at),
          status: pick(statuses, at),
          note: at % 2 === 0 ? null : pick(NOTES, at + company.employees.length),
        })),
      );
      await tx.insert(
        Compensation,
        rowsOf.map((row, at) => ({
          ...row,
          amount: pick(AMOUNTS, at),
          currency: "NOK",
          effectiveFrom: pick(DATES, at),
          effectiveTo: null,
        })),
      );
    });
  };

  /** Asks both instances; the fast one twice, since the first time tells it of the document. */
  const compare = async ({ query, variables, operationName }: RandomDocument, token: string): Promise<Reply> => {
    const options = { variables, token, ...(operationName !== undefined && { operationName }) };
    let expected = {} as Reply;
    // What an operation that failed was still reading would be counted with the next one.
    if (hasFailed) for (const wait of settled) await wait();
    const ordinaryStatements = await selectsOf(ordinary, async () => {
      expected = await ordinary.query(query, options);
    });
    const first = await fast.query(query, options);
    const before = answeredFast;
    let second = {} as Reply;
    const statements = await selectsOf(fast, async () => {
      second = await fast.query(query, options);
    });
    if (expected.errors?.some(({ extensions }) => extensions.code === "INTERNAL")) {
      throw new Error(`${query}\nmet a defect: ${ordinary.logged().split("\n").at(-2)}`);
    }
    for (const reply of [first, second]) {
      const got = { status: reply.status, headers: headersOf(reply), text: reply.text };
      const wanted = { status: expected.status, headers: headersOf(expected), text: expected.text };
      expect({ query, variables, ...got }).toEqual({ query, variables, ...wanted });
    }
    hasFailed = expected.errors !== undefined;
    counts.requests += 1;
    if (expected.data) counts.withData += 1;
    if (expected.errors) counts.withErrors += 1;
    if (expected.status === 403) counts.refused += 1;
    if (answeredFast > before) {
      counts.fast += 1;
      counts.statements += statements.length;
      counts.asTexts += statements.filter(writesTexts).length;
      const wanted = { query, variables, statements: wordsOf(ordinaryStatements) };
      expect({ query, variables, statements: wordsOf(statements) }).toEqual(wanted);
    }
    return expected;
  };

  it(`give the same answers by the same statements, byte for byte (${RUNS} cases, seed ${SEED})`, async () => {
    await fc.assert(
      fc.asyncProperty(cases(), async ({ company, own, roleGrants, keyGrants, byKey, asked }) => {
        const ownId = own === null ? null : idOf("e", own % company.employees.length);
        await arrange(company, ownId, roleGrants, keyGrants);
        const { token } = byKey ? key : person;
        for (const document of asked) {
          const reply = await compare(document, token);
          const [cursor] = cursorsIn(reply.data);
          if (cursor === undefined) continue;
          await compare({ ...document, variables: { ...document.variables, after: cursor } }, token);
        }
      }),
      // Smaller cases are hardly ever easier to read here, and take long to find.
      { numRuns: RUNS, seed: SEED, endOnFailure: true },
    );
    process.stderr.write(`fast path: ${RUNS} cases, seed ${SEED}, ${JSON.stringify(counts)}\n`);
    // The generators must go on making what the property is about.
    expect(counts.fast).toBeGreaterThan(counts.requests * 0.4);
    expect(counts.withData).toBeGreaterThan(counts.requests * 0.25);
    expect(counts.withErrors).toBeGreaterThan(counts.requests * 0.1);
    expect(counts.statements).toBeGreaterThan(counts.requests * 0.5);
    if (fast.store.dialect === "sqlite") expect(counts.asTexts).toBeGreaterThan(counts.statements * 0.02);
  }, 900_000);
});

/** Statements by their words: conditions of a filter stand in the order of type-graphql's classes or in that of the schema. */
function wordsOf(statements: readonly string[]): string[] {
  return statements
    .map((sql) =>
      rowsOf(sql)
        .split(/[\s()]+/)
        .sort()
        .join(" "),
    )
    .sort();
}

/** Every header but those that are new with each request. */
function headersOf({ headers }: Reply): object {
  const { date, "x-request-id": requestId, ...rest } = Object.fromEntries(headers);
  expect([date, requestId]).not.toContain(undefined);
  return rest;
}

/** Cursors of an answer, wherever they stand. */
function cursorsIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) =>
    /cursor/i.test(name) && typeof inner === "string" ? [inner] : cursorsIn(inner),
  );
}
