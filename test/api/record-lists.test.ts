import { idOf, load } from "../resources/company";
import { dialect } from "../support/dialect";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, personWith, STAFF, selectsOf } from "./staff";

interface List {
  readonly totalCount: number;
  readonly nodes: readonly { readonly [field: string]: unknown; readonly reports?: List; readonly employees?: List }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

describe("relations to many over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const absence = (employeeId: string, startDate: string) =>
    owner.read("mutation ($input: CreateTimeOffInput!) { createTimeOff(input: $input) { id } }", {
      input: { employeeId, type: "VACATION", startDate, endDate: startDate },
    });

  it("are sorted, with cursors, by the very column that leads to their owner", async () => {
    const sort = "sort: [{ departmentId: DESC }]";
    const query = `{ departments { nodes { employees(first: 1, ${sort}) { edges { cursor node { firstName } } } } } }`;
    const { departments } = await owner.read<{ departments: { nodes: { employees: { edges: object[] } }[] } }>(query);
    expect(departments.nodes.map(({ employees }) => employees.edges)).toEqual([
      [{ cursor: expect.any(String), node: { firstName: "Fay" } }],
      [{ cursor: expect.any(String), node: { firstName: "Ed" } }],
      [],
    ]);
  });

  it("lead from departments to their people and from people to their reports, time off and pay", async () => {
    await absence(ID.bo, "2024-02-01");
    await absence(ID.bo, "2024-01-01");
    await owner.read("mutation ($input: CreateCompensationInput!) { createCompensation(input: $input) { id } }", {
      input: { employeeId: ID.bo, amount: 7000, currency: "NOK", effectiveFrom: "2020-01-01" },
    });
    const query = `query ($id: ID!) {
      employee(id: $id) {
        reports { totalCount nodes { firstName reports { nodes { firstName manager { firstName } } } } }
        timeOffs(sort: [{ startDate: ASC }]) { nodes { startDate employee { firstName } } }
        compensations { nodes { amount } }
      }
      departments { nodes { name employees(filter: { location: { eq: "Oslo" } }) { totalCount nodes { firstName } } } }
    }`;
    expect(await owner.read(query, { id: ID.bo })).toEqual({
      employee: {
        reports: {
          totalCount: 2,
          nodes: [
            { firstName: "Di", reports: { nodes: [{ firstName: "Gus", manager: { firstName: "Di" } }] } },
            { firstName: "Ed", reports: { nodes: [] } },
          ],
        },
        timeOffs: {
          nodes: [
            { startDate: "2024-01-01", employee: { firstName: "Bo" } },
            { startDate: "2024-02-01", employee: { firstName: "Bo" } },
          ],
        },
        compensations: { nodes: [{ amount: 7000 }] },
      },
      departments: {
        nodes: [
          { name: "Engineering", employees: { totalCount: 2, nodes: [{ firstName: "Ada" }, { firstName: "Cy" }] } },
          { name: "Sales", employees: { totalCount: 1, nodes: [{ firstName: "Ed" }] } },
          { name: "Legal", employees: { totalCount: 0, nodes: [] } },
        ],
      },
    });
  });

  it("are read by one statement per place of the query and counted by another, however many records there are", async () => {
    for (const { id } of STAFF.employees) await absence(id, "2024-02-01");
    const query = `{ departments { nodes { employees { totalCount nodes { firstName
      timeOffs { nodes { startDate } } reports(first: 1) { nodes { firstName timeOffs { nodes { startDate } } } } } } } } }`;
    const statements = await selectsOf(latchkey, () => owner.read(query));
    const ofRecords = statements.filter(
      (sql) => /time_off|employee|department/.test(sql) && !/user_role|session/.test(sql),
    );
    expect(ofRecords).toHaveLength(6);
  });

  // One list is read in another way than several at one place.
  describe.each([["alone"], ["beside others"]])("%s", (company) => {
    it.each([
      ["{ id: ASC }"],
      ["{ salary: DESC }"],
      ["{ salary: ASC }, { firstName: DESC }"],
      ["{ location: ASC }"],
      ["{ email: DESC }"],
    ])("are paged by cursors in the order of %s, without gaps or repeats", async (sort) => {
      const page = async (after: string | null, first: number, code: string) => {
        const filter = company === "alone" ? `(filter: { code: { eq: "${code}" } })` : "";
        const { departments } = await owner.read<{ departments: { nodes: { code: string; employees: List }[] } }>(
          `query ($after: String, $first: Int) { departments${filter} { nodes { code
            employees(first: $first, after: $after, sort: [${sort}]) {
              totalCount nodes { firstName } pageInfo { hasNextPage endCursor } } } } }`,
          { after, first },
        );
        return departments.nodes.find((one) => one.code === code)?.employees as List;
      };
      for (const code of ["ENG", "SAL"]) {
        const whole = await page(null, 50, code);
        expect(whole.nodes).toHaveLength(whole.totalCount);
        const paged: unknown[] = [];
        let at: List | undefined;
        do {
          at = await page(at?.pageInfo.endCursor ?? null, 1, code);
          expect(at.nodes).toHaveLength(1);
          paged.push(...at.nodes);
        } while (at.pageInfo.hasNextPage);
        expect(paged).toEqual(whole.nodes);
      }
    });
  });

  it.each([2, 31, 40])("are the same for %i records at once as for each by itself", async (owners) => {
    const [pattern] = STAFF.employees as [(typeof STAFF.employees)[number]];
    const departments = Array.from({ length: owners }, (_, at) => {
      return { id: idOf("d", 200 + at), code: `M${at}`, name: "Many", managerId: null };
    });
    const employees = Array.from({ length: owners * 4 }, (_, at) => ({
      ...pattern,
      id: idOf("e", 500 + at),
      employeeNumber: `M${at}`,
      firstName: `F${(at * 7) % 5}`,
      location: at % 3 === 0 ? "Oslo" : null,
      departmentId: idOf("d", 200 + ((at * 11) % owners)),
    }));
    await load(latchkey.store, { departments, employees });
    const key = await keyWith(latchkey, [
      {
        resource: "employee",
        actions: ["READ"],
        rows: { locations: ["Oslo"], departmentIds: [idOf("d", 200), idOf("d", 201)] },
      },
      { resource: "department", actions: ["READ"] },
    ]);
    const list = `employees(first: 2, sort: [{ location: ASC }, { firstName: DESC }], filter: { firstName: { ne: "F0" } }) {
      totalCount nodes { id firstName } pageInfo { hasNextPage } }`;
    for (const caller of [owner, key]) {
      const all = await caller.read<{ departments: { nodes: { id: string; employees: List }[] } }>(
        `{ departments(first: 50) { nodes { id ${list} } } }`,
      );
      expect(all.departments.nodes).toHaveLength(owners);
      for (const { id, employees: found } of all.departments.nodes) {
        const alone = await caller.read<{ department: { employees: List } }>(`{ department(id: "${id}") { ${list} } }`);
        expect(found).toEqual(alone.department.employees);
      }
      expect(all.departments.nodes.some(({ employees: { nodes } }) => nodes.length === 2)).toBe(true);
    }
  });

  it("of several records go down a long chain of reports once, not once for each record", async () => {
    const [pattern] = STAFF.employees as [(typeof STAFF.employees)[number]];
    const leader = idOf("e", 500);
    const departments = STAFF.departments.map((row) => ({ ...row, managerId: null }));
    // More than are bound as values, so that the statement walks.
    const employees = Array.from({ length: 600 }, (_, at) => ({
      ...pattern,
      id: idOf("e", 500 + at),
      employeeNumber: `C${at}`,
      departmentId: departments[at % departments.length]?.id ?? null,
      managerId: at === 0 ? null : idOf("e", 500 + Math.floor((at - 1) / 4)),
    }));
    await load(latchkey.store, { departments, employees });
    const person = await personWith(
      latchkey,
      [
        { resource: "employee", actions: ["READ"], rows: { reports: true } },
        { resource: "department", actions: ["READ"] },
      ],
      leader,
    );
    const query = "{ departments { nodes { id employees(first: 2) { nodes { id } } } } }";
    const below = employees.slice(1);
    let found: { departments: { nodes: { id: string; employees: List }[] } } | null = null;
    const statements = await selectsOf(latchkey, async () => {
      found = await person.read(query);
    });
    const expected = departments.map(({ id }) => {
      const first = below.filter(({ departmentId }) => departmentId === id).slice(0, 2);
      return { id, employees: { nodes: first.map((employee) => ({ id: employee.id })) } };
    });
    expect(found).toEqual({ departments: { nodes: expect.arrayContaining(expected) as unknown } });
    const walks = statements.map((sql) => sql.match(/FROM below\b/g)?.length ?? 0);
    expect(walks.filter((times) => times > 0)).toEqual([1]);
  });

  // MariaDB's planner goes by statistics, which so small a table has none of worth.
  (dialect === "sqlite" ? it : it.skip)("take what is asked of long lists from an index, and no more", async () => {
    const spied = jest.spyOn(latchkey.store, "select");
    await owner.read(
      "{ departments { nodes { employees(first: 1) { nodes { firstName manager { firstName department { name } } } } } } }",
    );
    const calls = [...spied.mock.calls];
    spied.mockRestore();
    const lists = calls.filter(([sql]) => sql.includes("json_each"));
    expect(lists).toHaveLength(1);
    const [[sql, values]] = lists as [(typeof lists)[number]];
    // On a connection that nobody uses afterwards: after an EXPLAIN, libsql goes on to read what was there then.
    const other = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    const found = await other.store.select<{ detail: string }>(`EXPLAIN QUERY PLAN ${sql}`, values);
    await other.stop();
    const plan = found.map(({ detail }) => detail);
    expect(plan.filter((detail) => / [ts] /.test(detail))).toEqual([
      expect.stringMatching(/^SEARCH t USING .*\(id=\?\)$/),
      expect.stringMatching(/^SEARCH s USING .*\(id=\?\)$/),
      expect.stringMatching(/^SEARCH t USING .*employee_department \(departmentId=\?\)$/),
    ]);
    // The index has the order, too.
    expect(plan.join()).not.toContain("TEMP B-TREE");
  });

  it("obey the rows of what they lead to: a hidden report is not in the list, nor in the count", async () => {
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["READ"], rows: { locations: ["Bergen"] } },
      { resource: "department", actions: ["READ"] },
    ]);
    const { departments } = await key.read<{ departments: List }>(
      "{ departments { nodes { name employees { totalCount nodes { firstName reports { totalCount nodes { firstName } } } } } } }",
    );
    expect(departments.nodes).toEqual([
      {
        name: "Engineering",
        employees: { totalCount: 1, nodes: [{ firstName: "Fay", reports: { totalCount: 0, nodes: [] } }] },
      },
      {
        name: "Sales",
        employees: {
          totalCount: 2,
          nodes: [
            { firstName: "Bo", reports: { totalCount: 1, nodes: [{ firstName: "Di" }] } },
            { firstName: "Di", reports: { totalCount: 0, nodes: [] } },
          ],
        },
      },
      { name: "Legal", employees: { totalCount: 0, nodes: [] } },
    ]);
  });

  it("are permissions of their own, beside those on what they lead to", async () => {
    const without = await keyWith(latchkey, [
      { resource: "department", actions: ["READ"], fields: ["name"] },
      { resource: "employee", actions: ["READ"] },
    ]);
    expect(await without.ask("{ departments { nodes { employees { totalCount } } } }")).toMatchObject({
      status: 403,
      errors: [{ extensions: { coordinate: "Department.employees", missing: "department.employees:READ" } }],
    });
    const alone = await keyWith(latchkey, [{ resource: "department", actions: ["READ"] }]);
    expect((await alone.ask("{ departments { nodes { employees { totalCount } } } }")).status).toBe(403);
    const narrow = await keyWith(latchkey, [
      { resource: "department", actions: ["READ"] },
      { resource: "employee", actions: ["READ"], fields: ["firstName"] },
    ]);
    for (const list of [
      "employees { nodes { salary } }",
      "employees(filter: { salary: { gt: 1 } }) { totalCount }",
      "employees(sort: [{ salary: ASC }]) { totalCount }",
    ]) {
      expect((await narrow.ask(`{ departments { nodes { ${list} } } }`)).status).toBe(403);
    }
    await narrow.read("{ departments { nodes { employees { nodes { firstName } } } } }");
  });

  it("are bounded: at most 500 records a list, and 16,000 at one place", async () => {
    const far = await owner.ask("{ departments { nodes { employees(first: 501) { totalCount nodes { id } } } } }");
    expect(far.errors?.[0]).toMatchObject({ extensions: { code: "BAD_USER_INPUT", field: "first" } });
    const many = Array.from({ length: 33 }, (_, at) => ({
      id: idOf("d", 100 + at),
      code: `X${at}`,
      name: "X",
      managerId: null,
    }));
    await load(latchkey.store, { ...STAFF, departments: [...STAFF.departments, ...many] });
    const lists = (first: number, filter: string) =>
      owner.ask(
        `{ departments(filter: { code: { startsWith: "${filter}" } }) { nodes { employees(first: ${first}) { nodes { id } } } } }`,
      );
    const statements = await selectsOf(latchkey, async () => {
      const reply = await lists(500, "X");
      expect(reply.errors?.[0]).toMatchObject({ extensions: { code: "QUERY_TOO_COSTLY" } });
    });
    expect(statements.filter((sql) => /FROM [`"]employee[`"]/.test(sql))).toEqual([]);
    expect(await lists(484, "X")).not.toHaveProperty("errors");
    expect(await lists(500, "X1")).not.toHaveProperty("errors");
  });
});
