import { createCursorCodec } from "../../src/kernel/cursor-codec";
import { type Company, idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, keyWith, STAFF, selectsOf } from "./staff";

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly edges: readonly { readonly cursor: string; readonly node: { readonly id: string } }[];
  readonly pageInfo: Readonly<
    Record<"hasNextPage" | "hasPreviousPage", boolean> & Record<"startCursor" | "endCursor", string | null>
  >;
  readonly totalCount: number;
}

const PAGE = `query ($first: Int, $after: String, $filter: EmployeeFilter, $sort: [EmployeeSort!]) {
  employees(first: $first, after: $after, filter: $filter, sort: $sort) {
    nodes { id } edges { cursor node { id } } totalCount
    pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
  }
}`;

/** 23 people, two of each pay but the highest, every fifth without any. */
const people: Company = {
  departments: STAFF.departments.map((row) => ({ ...row, managerId: null })),
  employees: Array.from({ length: 23 }, (_, at) => ({
    ...(STAFF.employees[6] as (typeof STAFF.employees)[number]),
    id: idOf("e", at),
    employeeNumber: `P-${at}`,
    lastName: `Confidential${at % 4}`,
    salary: at % 5 === 0 ? null : 1_234_500 + Math.floor(at / 2),
    managerId: null,
  })),
};

describe("pages over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, people));

  const page = async (variables: object, caller = owner) =>
    (await caller.read<{ employees: Page }>(PAGE, variables)).employees;
  const sort = [{ salary: "DESC" }, { lastName: "ASC" }];

  it("follow each other by endCursor: everybody once, edges beside nodes, counts and flags right on each", async () => {
    const all = await page({ first: 500, sort });
    expect(all.pageInfo).toMatchObject({ hasNextPage: false, hasPreviousPage: false });
    const seen: string[] = [];
    let after: string | null = null;
    for (let number = 0; ; number++) {
      const { nodes, edges, pageInfo, totalCount }: Page = await page({ first: 5, after, sort });
      seen.push(...nodes.map(({ id }) => id));
      expect(edges.map(({ node }) => node)).toEqual(nodes);
      expect(totalCount).toBe(23);
      expect(pageInfo.hasPreviousPage).toBe(number > 0);
      expect(pageInfo.hasNextPage).toBe(number < 4);
      if (!pageInfo.hasNextPage) break;
      after = pageInfo.endCursor;
    }
    expect(seen).toEqual(all.nodes.map(({ id }) => id));
    expect(new Set(seen).size).toBe(23);
  });

  it("go on after any edge, under another page size and another filter", async () => {
    const all = await page({ sort });
    for (const at of [0, 7, 21]) {
      const rest = await page({ after: all.edges[at]?.cursor, first: 500, sort });
      expect(rest.nodes).toEqual(all.nodes.slice(at + 1));
    }
    const filter = { salary: { isNull: false } };
    const rest = await page({ after: all.edges[3]?.cursor, filter, sort });
    expect(rest.nodes).toEqual(all.nodes.slice(4, 18));
    expect(rest.totalCount).toBe(18);
    expect((await page({ after: all.edges[22]?.cursor, sort })).nodes).toEqual([]);
  });

  it("do not shift when rows come and go before the cursor, nor stop when the cursor's own row goes", async () => {
    const first = await page({ first: 10, sort: [{ id: "ASC" }] });
    await owner.read(
      `mutation { a: deleteEmployee(id: "${idOf("e", 2)}") { id } b: deleteEmployee(id: "${idOf("e", 9)}") { id } }`,
    );
    const second = await page({ first: 500, after: first.pageInfo.endCursor, sort: [{ id: "ASC" }] });
    expect(second.nodes.map(({ id }) => id)).toEqual(people.employees.slice(10).map(({ id }) => id));
  });

  it("of nothing have no cursors", async () => {
    expect(await page({ filter: { lastName: { eq: "Nobody" } } })).toEqual({
      nodes: [],
      edges: [],
      totalCount: 0,
      pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    });
  });

  it("hand out cursors that tell nothing: no value in them, and never the same twice", async () => {
    const [once, again] = [await page({ first: 3, sort }), await page({ first: 3, sort })];
    const cursors = [...once.edges, ...again.edges].map(({ cursor }) => cursor);
    cursors.push(once.pageInfo.startCursor as string, once.pageInfo.endCursor as string);
    expect(new Set(cursors).size).toBe(cursors.length);
    for (const cursor of cursors) {
      expect(cursor).toMatch(/^[\w-]+$/);
      const bytes = Buffer.from(cursor, "base64url");
      for (const seen of [cursor, bytes.toString("latin1"), bytes.toString("hex")]) {
        expect(seen).not.toMatch(/12345|Confidential|0000-7000/);
      }
    }
  });

  it("refuse cursors of another list, of another order, of another secret, made up or mangled", async () => {
    const cursor = (await page({ first: 3, sort })).pageInfo.endCursor as string;
    const kind = "employees:salary DESC,lastName ASC,id ASC";
    const foreign = createCursorCodec("another secret of more than thirty-two characters");
    const flipped = Buffer.from(cursor, "base64url");
    flipped[20] = (flipped[20] as number) ^ 1;
    const departments = await owner.read<{ departments: Page }>("{ departments { pageInfo { endCursor } } }");
    const refused: [after: string, sort: object[] | null][] = [
      [cursor, [{ salary: "ASC" }, { lastName: "ASC" }]],
      [cursor, [{ salary: "DESC" }]],
      [cursor, [{ lastName: "ASC" }, { salary: "DESC" }]],
      [cursor, null],
      [departments.departments.pageInfo.endCursor as string, null],
      [foreign.seal(kind, [1, "Confidential1", idOf("e", 1)]), sort],
      [flipped.toString("base64url"), sort],
      [cursor.slice(0, -4), sort],
      [Buffer.from(JSON.stringify([1, "x", idOf("e", 1)])).toString("base64url"), sort],
      ["", sort],
      ["' OR 1=1 --", sort],
      ["\0", sort],
      ["x".repeat(100_000), sort],
    ];
    for (const [after, order] of refused) {
      const statements = await selectsOf(latchkey, async () => {
        expect(await owner.ask(PAGE, { after, sort: order })).toMatchObject({
          status: 400,
          errors: [{ extensions: { code: "BAD_USER_INPUT", field: "after" } }],
        });
      });
      expect(statements).toEqual([]);
    }
  });

  it("take a cursor from whoever was given it, but not without READ on what it is sorted by", async () => {
    const after = (await page({ first: 3, sort: [{ salary: "DESC" }] })).pageInfo.endCursor;
    const blind = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"], fields: ["lastName"] }]);
    expect(await blind.ask(PAGE, { after, sort: [{ salary: "DESC" }] })).toMatchObject({
      status: 403,
      errors: [{ extensions: { code: "FORBIDDEN_FIELD", coordinate: "EmployeeSort.salary" } }],
    });
    expect(await blind.ask(PAGE, { after })).toMatchObject({ status: 400 });
  });

  it.each([0, -1, 501, 2_147_483_647])("are of 1 to 500 rows: %i is refused", async (first) => {
    expect(await owner.ask(PAGE, { first })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: "first" } }],
    });
  });

  it("count only when asked, and read rows only when asked", async () => {
    const statementsOf = (selection: string) =>
      selectsOf(latchkey, () => owner.read(`{ employees(first: 2) { ${selection} } }`));
    for (const selection of ["nodes { id }", "edges { cursor node { id } }", "pageInfo { hasNextPage endCursor }"]) {
      const statements = await statementsOf(selection);
      expect(statements).toHaveLength(1);
      expect(statements[0]).not.toMatch(/COUNT/i);
    }
    const counting = await statementsOf("totalCount");
    expect(counting).toHaveLength(1);
    expect(counting[0]).toMatch(/^SELECT COUNT\(\*\)/);
    expect(await statementsOf("nodes { id } totalCount")).toHaveLength(2);
    const skipped = "query ($count: Boolean!) { employees { nodes { id } totalCount @include(if: $count) } }";
    expect(await selectsOf(latchkey, () => owner.read(skipped, { count: false }))).toHaveLength(1);
    expect(await selectsOf(latchkey, () => owner.read(skipped, { count: true }))).toHaveLength(2);
    expect(await statementsOf("__typename")).toEqual([]);
  });
});

describe("records made one after the other over HTTP", () => {
  it("are listed in that order", async () => {
    const latchkey = await startLatchkey();
    const owner = callerOf(latchkey, latchkey.ownerToken);
    const create = "mutation ($code: String!) { createDepartment(input: { code: $code, name: $code }) { id } }";
    for (let at = 0; at < 30; at++) await owner.read(create, { code: `c${at}` });
    const { departments } = await owner.read<{ departments: { nodes: { code: string }[] } }>(
      "{ departments { nodes { code } } }",
    );
    await latchkey.stop();
    expect(departments.nodes.map(({ code }) => code)).toEqual(Array.from({ length: 30 }, (_, at) => `c${at}`));
  });
});
