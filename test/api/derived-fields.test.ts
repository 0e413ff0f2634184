import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, STAFF, selectsOf } from "./staff";

interface Page {
  readonly totalCount: number;
  readonly nodes: readonly { readonly employeeName: string; readonly startDate: string }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

const LIST = `query ($filter: TimeOffFilter, $search: TimeOffSearch, $sort: [TimeOffSort!], $first: Int, $after: String) {
  timeOffs(filter: $filter, search: $search, sort: $sort, first: $first, after: $after) {
    totalCount nodes { employeeName startDate } pageInfo { hasNextPage endCursor } } }`;

describe("the name of whoever is away, a field that is derived from another record, over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
    await load(latchkey.store, {
      ...STAFF,
      employees: STAFF.employees.map((row) => (row.id === ID.ed ? { ...row, firstName: "bo", lastName: "Åsen" } : row)),
    });
    for (const [employeeId, startDate] of [
      [ID.gus, "2024-01-01"],
      [ID.ada, "2024-01-02"],
      [ID.bo, "2024-01-03"],
      [ID.ed, "2024-01-04"],
      [ID.bo, "2024-01-05"],
      [ID.fay, "2024-01-06"],
    ]) {
      await owner.read("mutation ($input: CreateTimeOffInput!) { createTimeOff(input: $input) { id } }", {
        input: { employeeId, type: "VACATION", startDate, endDate: startDate },
      });
    }
  });
  afterAll(() => latchkey.stop());

  const pageOf = async (variables: object, caller = owner) =>
    (await caller.read<{ timeOffs: Page }>(LIST, variables)).timeOffs;
  const days = (page: Page) => page.nodes.map(({ startDate }) => Number(startDate.slice(-2)));

  it.each([
    [[{ employeeName: "ASC" }], [2, 3, 5, 6, 1, 4]],
    [[{ employeeName: "DESC" }], [4, 1, 6, 5, 3, 2]],
    [
      [{ employeeName: "DESC" }, { startDate: "ASC" }],
      [4, 1, 6, 3, 5, 2],
    ],
    [
      [{ type: "ASC" }, { employeeName: "ASC" }, { startDate: "DESC" }],
      [2, 5, 3, 6, 1, 4],
    ],
  ])("orders lists, byte for byte, and their pages: %j", async (sort, expected) => {
    expect(days(await pageOf({ sort }))).toEqual(expected);
    for (const first of [1, 2, 4]) {
      const found: number[] = [];
      for (let after: string | null = null, more = true; more; ) {
        const page: Page = await pageOf({ sort, first, after });
        found.push(...days(page));
        [after, more] = [page.pageInfo.endCursor, page.pageInfo.hasNextPage];
      }
      expect(found).toEqual(expected);
    }
  });

  it("orders lists within records, too", async () => {
    const { employees } = await owner.read<{ employees: { nodes: { timeOffs: Page }[] } }>(
      `{ employees { nodes { timeOffs(sort: [{ employeeName: DESC }, { startDate: DESC }], first: 1) {
        totalCount nodes { employeeName startDate } pageInfo { hasNextPage endCursor } } } } }`,
    );
    expect(employees.nodes.map(({ timeOffs }) => days(timeOffs))).toEqual([[2], [5], [], [], [4], [6], [1]]);
  });

  it.each([
    [{ eq: "Bo Boson" }, [3, 5]],
    [{ ne: "Bo Boson" }, [1, 2, 4, 6]],
    [{ startsWith: "bo " }, [4]],
    [{ contains: " Å" }, [4]],
    [{ in: ["Ada Adason", "Gus Gusson", "nobody"] }, [1, 2]],
    [{ gt: "Bo Boson", lt: "a" }, [1, 6]],
    [{ isNull: true }, []],
  ])("narrows lists and counts: %j", async (employeeName, expected) => {
    const page = await pageOf({ filter: { employeeName } });
    expect([days(page).sort(), page.totalCount]).toEqual([expected, expected.length]);
    const opposite = await pageOf({ filter: { not: { employeeName } } });
    expect(days(opposite).sort()).toEqual([1, 2, 3, 4, 5, 6].filter((day) => !new Set<number>(expected).has(day)));
  });

  it("is searched in, whatever the case", async () => {
    const search = { text: "åSEN", fields: { employeeName: true } };
    expect(days(await pageOf({ search }))).toEqual([4]);
  });

  it("is a permission of its own in filters, sorts and searches, without any grant on people", async () => {
    const without = await keyWith(latchkey, [
      { resource: "timeOff", actions: ["READ"], fields: ["startDate", "employee"] },
      { resource: "employee", actions: ["READ"] },
    ]);
    const uses = [
      'filter: { employeeName: { eq: "Bo Boson" } }',
      "sort: [{ employeeName: ASC }]",
      'search: { text: "bo", fields: { employeeName: true } }',
    ];
    for (const use of uses) {
      const statements = await selectsOf(latchkey, async () => {
        const reply = await without.ask(`{ timeOffs(${use}) { totalCount } }`);
        expect(reply).toMatchObject({
          status: 403,
          errors: [{ extensions: { code: "FORBIDDEN_FIELD", missing: "timeOff.employeeName:READ" } }],
        });
      });
      expect(statements).toEqual([]);
    }
    const only = await keyWith(latchkey, [{ resource: "timeOff", actions: ["READ"], fields: ["employeeName"] }]);
    for (const use of uses) expect((await only.ask(`{ timeOffs(${use}) { totalCount } }`)).status).toBe(200);
    const rows = await keyWith(latchkey, [
      { resource: "timeOff", actions: ["READ"], fields: ["startDate"] },
      { resource: "timeOff", actions: ["READ"], fields: ["employeeName"], rows: { departmentIds: [ID.sales] } },
    ]);
    const sorted = "{ timeOffs(sort: [{ employeeName: ASC }]) { totalCount nodes { startDate } } }";
    const { timeOffs } = await rows.read<{ timeOffs: Page }>(sorted);
    expect([timeOffs.totalCount, days(timeOffs)]).toEqual([3, [3, 5, 4]]);
  });
});
