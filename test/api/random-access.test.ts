import * as fc from "fast-check";
import { ApiKey } from "../../src/api-keys/api-key.entity";
import { OnDenied } from "../../src/api-keys/on-denied";
import { Role } from "../../src/roles/role.entity";
import { User } from "../../src/users/user.entity";
import { load } from "../resources/company";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";
import { AccessOracle, type Lack } from "./access-oracle";
import { type Case, cases, documentOf } from "./random-access";
import { type GrantGiven, type Key, keyWith, type Person, personWith, selectsOf } from "./staff";

const RUNS = Number(process.env["LATCHKEY_API_FUZZ_RUNS"] ?? 150);
const SEED = Number(process.env["LATCHKEY_API_FUZZ_SEED"] ?? 20_260_101);

interface Page {
  readonly nodes: readonly object[];
  readonly totalCount?: number;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe("random grants and random queries over HTTP, against an oracle that knows the records", () => {
  let latchkey: TestLatchkey;
  let person: Person;
  let key: Key;
  const counts = { allowed: 0, masked: 0, refused: 0, tooCostly: 0, records: 0, pages: 0 };
  beforeAll(async () => {
    latchkey = await startLatchkey();
    const all: GrantGiven[] = (["employee", "department"] as const).map((resource) => ({
      resource,
      actions: ["READ"],
    }));
    person = await personWith(latchkey, all);
    key = await keyWith(latchkey, all, person);
  });
  afterAll(() => latchkey.stop());

  /** Straight into the database, in one administrative change: the API would refuse a key that is wider than its owner. */
  const arrange = async ({ company, ownId, roleGrants, keyGrants, nulls }: Case): Promise<void> => {
    await load(latchkey.store, company);
    const onDenied = nulls ? OnDenied.NULL : OnDenied.ERROR;
    await latchkey.store.change(async (tx) => {
      await tx.update(User, { id: person.userId }, { employeeId: ownId });
      await tx.save(tx.create(Role, { id: person.roleId, grants: [...roleGrants] }));
      await tx.save(tx.create(ApiKey, { id: key.apiKeyId, grants: [...keyGrants], onDenied }));
    });
  };

  const check = async (given: Case): Promise<void> => {
    await arrange(given);
    const strict = new AccessOracle(given);
    const caller = given.byKey ? key : person;
    const { query, variables } = documentOf(given);
    const lacks = strict.lacks();
    const oracle = lacks.length > 0 && given.byKey && given.nulls ? new AccessOracle(given, true) : strict;
    if (oracle.lacks().length > 0) {
      const statements = await selectsOf(latchkey, async () =>
        expectRefused(await caller.ask(query, variables), lacks),
      );
      expect(statements).toEqual([]);
      counts.refused += 1;
      return;
    }
    const statements: string[] = [];
    const collected: object[][] = given.roots.map(() => []);
    const cursors: Record<string, string | null> = {};
    for (let more = true; more; ) {
      let reply: Reply<Record<string, Page & Record<string, unknown>>> | undefined;
      const asked = await selectsOf(latchkey, async () => {
        reply = await caller.ask(query, { ...variables, ...cursors });
      });
      statements.push(...asked);
      if (reply?.errors?.some(({ extensions }) => extensions.code === "QUERY_TOO_COSTLY")) {
        counts.tooCostly += 1;
        return;
      }
      expect(reply?.status).toBe(200);
      expectDenied(reply as Reply, lacks);
      counts.pages += 1;
      more = false;
      for (const [at, root] of given.roots.entries()) {
        const got = reply?.data?.[`r${at}`];
        const expected = oracle.answer(root);
        if (root.id !== null || expected === null) {
          expect(got).toEqual(expected);
          continue;
        }
        const { nodes, totalCount, pageInfo } = got as Page;
        if (root.withCount) expect(totalCount).toBe((expected as Page).totalCount);
        expect(nodes.length).toBeLessThanOrEqual(root.first);
        collected[at]?.push(...nodes);
        more ||= pageInfo.hasNextPage;
        // A list that has ended gives an empty page from now on.
        cursors[`after${at}`] = pageInfo.endCursor ?? cursors[`after${at}`] ?? null;
        if (!pageInfo.hasNextPage) expect(collected[at]).toEqual((expected as Page).nodes);
      }
    }
    expect(statements.join()).not.toMatch(columnsOf(lacks));
    if (lacks.length > 0) counts.masked += 1;
    else counts.allowed += 1;
    counts.records += collected.flat().length;
  };

  it(`gives exactly the records and fields that are granted, null for what a key may have denied, or names what is really missing (${RUNS} cases, seed ${SEED})`, async () => {
    await fc.assert(fc.asyncProperty(cases, check), { numRuns: RUNS, seed: SEED });
    process.stderr.write(`random access: ${RUNS} cases, seed ${SEED}, ${JSON.stringify(counts)}\n`);
    // The generators must go on making what the property is about.
    expect(counts.allowed).toBeGreaterThan(RUNS * 0.25);
    expect(counts.refused).toBeGreaterThan(RUNS * 0.25);
    expect(counts.masked).toBeGreaterThan(RUNS * 0.05);
    expect(counts.records).toBeGreaterThan(RUNS);
  }, 600_000);
});

function expectRefused(reply: Reply, lacks: readonly Lack[]): void {
  expect(reply.status).toBe(403);
  expect(reply.data).toBeUndefined();
  expectDenied(reply, lacks);
}

/** Exactly what is lacked is told, and each place once. */
function expectDenied(reply: Reply, lacks: readonly Lack[]): void {
  const coordinates = (reply.errors ?? []).map(({ extensions }) => extensions["coordinate"]);
  expect(new Set(coordinates).size).toBe(coordinates.length);
  const told = (reply.errors ?? []).map(
    ({ extensions: { code, missing, deniedBy } }) => `${code} ${missing} ${deniedBy}`,
  );
  const expected = lacks.map(({ missing, deniedBy }) => `FORBIDDEN_FIELD ${missing} ${deniedBy}`);
  expect([...new Set(told)].sort()).toEqual(expected.sort());
}

/** Columns that nobody may read who lacks these. Those by which rows are told apart are left out: rules of rows read them. */
function columnsOf(lacks: readonly Lack[]): RegExp {
  const fields = lacks.flatMap(({ missing }) => /\.(\w+):/.exec(missing)?.[1] ?? []);
  const plain = fields.filter((field) => !["department", "manager", "location"].includes(field));
  return plain.length === 0 ? /^never$/ : new RegExp(`[\`".](${plain.join("|")})[\`"]`);
}
