import { type Company, idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, personWith, STAFF, selectsOf } from "./staff";

const lists = (count: number, list: string): string =>
  `query ${list.includes("$filter") ? "($filter: EmployeeFilter) " : ""}{ ${Array.from({ length: count }, (_, at) => `a${at}: ${list}`).join(" ")} }`;

/** Everybody of `count` but the first reports to the first. */
const oneBoss = (count: number): Company => ({
  departments: STAFF.departments.map((row) => ({ ...row, managerId: null })),
  employees: Array.from({ length: count }, (_, at) => ({
    ...(STAFF.employees[6] as (typeof STAFF.employees)[number]),
    id: idOf("e", at),
    employeeNumber: `C-${at}`,
    email: null,
    departmentId: null,
    managerId: at === 0 ? null : idOf("e", 0),
  })),
});

describe("one operation costs no more than its limits", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const refusedUnread = async (query: string, variables: object, extensions: object): Promise<void> => {
    const statements = await selectsOf(latchkey, async () => {
      expect(await owner.ask(query, variables)).toMatchObject({ status: 400, errors: [{ extensions }] });
    });
    expect(statements).toEqual([]);
  };
  const tooCostly = (query: string, limit: string, variables = {}): Promise<void> =>
    refusedUnread(query, variables, { code: "QUERY_TOO_COSTLY", limit });

  it("20 root fields, 10 lists, 20,000 rows over all lists and their relations, and nothing is read beyond", async () => {
    const list = "employees(first: 1) { nodes { id } }";
    expect((await owner.ask(lists(10, list))).status).toBe(200);
    await tooCostly(lists(11, list), "lists");
    await tooCostly(lists(21, "__typename"), "rootFields");
    const wide = "employees(first: 500) { nodes { id manager { id manager { id } } department { id } } }";
    expect((await owner.ask(lists(10, wide))).status).toBe(200);
    await tooCostly(lists(10, wide.replace("department { id }", "department { id manager { id } }")), "rows");
    const counts = "employees(first: 500) { totalCount }";
    expect((await owner.ask(lists(10, counts))).status).toBe(200);
  });

  it("50 conditions over all lists", async () => {
    const filter = { or: Array.from({ length: 5 }, (_, at) => ({ email: { contains: `zq${at}` } })) };
    const list = "employees(filter: $filter) { totalCount }";
    expect((await owner.ask(lists(3, list), { filter })).status).toBe(200);
    await refusedUnread(lists(4, list), { filter }, { code: "QUERY_TOO_COSTLY", field: "filter.or[0].email" });
  });

  it("texts no longer than the field, however they are compared", async () => {
    const list = "employees(filter: $filter) { totalCount }";
    for (const operator of ["startsWith", "contains", "eq", "lt"]) {
      const filter = (length: number) => ({ filter: { lastName: { [operator]: "😀".repeat(length) } } });
      expect((await owner.ask(lists(1, list), filter(120))).status).toBe(200);
      const field = `filter.lastName.${operator}`;
      for (const length of [121, 200_000]) {
        await refusedUnread(lists(1, list), filter(length), { code: "BAD_USER_INPUT", field });
      }
    }
  });

  it("fragments that nothing spreads", async () => {
    const unused = `fragment F on Query { ${"employees { totalCount } ".repeat(501)} }`;
    await tooCostly(`{ __typename } ${unused}`, "selections");
  });

  it("one explainAccess, of 20,000 characters", async () => {
    const { apiKeyId } = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"] }]);
    const explain = "explainAccess(apiKeyId: $id, query: $q) { allowed }";
    const once = `query ($id: ID!, $q: String!) { ${explain} }`;
    const compile = jest.spyOn(latchkey.schema.compiler, "compile");
    const twice = await owner.ask(`query ($id: ID!, $q: String!) { ${explain} b: ${explain} c: ${explain} }`, {
      id: apiKeyId,
      q: "{ __typename }",
    });
    expect(twice).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "QUERY_TOO_COSTLY", limit: "explainAccess" } }],
    });
    // The request itself and one explanation at most.
    expect(compile.mock.calls.length).toBeLessThanOrEqual(2);
    compile.mockRestore();
    const padded = (length: number): string => "{ __typename }".padEnd(length, " ");
    expect((await owner.ask(once, { id: apiKeyId, q: padded(20_000) })).status).toBe(200);
    expect(await owner.ask(once, { id: apiKeyId, q: padded(20_001) })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: "query" } }],
    });
  });

  it.each([
    [500, 1],
    [502, 0],
  ])("REPORTS of %i people: one walk of the managers for all statements, or one in each", async (people, known) => {
    await load(latchkey.store, oneBoss(people));
    const grants = [{ resource: "employee", actions: ["READ"], rows: { reports: true } } as const];
    const key = await keyWith(latchkey, grants, await personWith(latchkey, grants, ID.ada));
    const list = "employees(first: 3) { totalCount nodes { id manager { id manager { id } } } }";
    const statements = await selectsOf(latchkey, async () => {
      const data = await key.read<Record<string, { totalCount: number; nodes: object[] }>>(lists(5, list));
      const nodes = [1, 2, 3].map((at) => ({ id: idOf("e", at), manager: null }));
      for (const each of Object.values(data)) expect(each).toEqual({ totalCount: people - 1, nodes });
    });
    const walks = statements.map((sql) => sql.split("UNION").length - 1);
    expect(statements).toHaveLength(11);
    expect(walks).toEqual([1, ...Array(10).fill(1 - known)]);
  });

  it("says nothing of a value by whether an update moves the version", async () => {
    const update =
      "mutation ($id: ID!, $input: UpdateEmployeeInput!) { updateEmployee(id: $id, input: $input) { __typename } }";
    const salary = STAFF.employees.find(({ id }) => id === ID.bo)?.salary as number;
    const writes = { resource: "employee", actions: ["UPDATE"], fields: ["salary"] } as const;
    const reads = (rows?: object) =>
      ({ resource: "employee", actions: ["READ"], fields: ["salary"], ...(rows && { rows }) }) as const;
    const moves = async (grants: Parameters<typeof keyWith>[1], given: number) => {
      await load(latchkey.store, STAFF);
      const key = await keyWith(latchkey, grants);
      await key.read(update, { id: ID.bo, input: { salary: given } });
      const { employee } = await owner.read<{ employee: { version: number } }>(
        `{ employee(id: "${ID.bo}") { version } }`,
      );
      return employee.version - 1;
    };
    for (const given of [salary, salary + 1]) {
      expect(await moves([writes], given)).toBe(1);
      expect(await moves([writes, reads({ employeeIds: [ID.cy] })], given)).toBe(1);
    }
    expect(await moves([writes, reads({ employeeIds: [ID.bo] })], salary)).toBe(0);
    expect(await moves([writes, reads()], salary)).toBe(0);
  });
});
