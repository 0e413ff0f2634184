import { type Company, DATES, idOf, load, TEXTS } from "../resources/company";
import { sorted } from "../resources/oracles";
import type { Sort } from "../resources/random-lists";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, keyWith, STAFF } from "./staff";

const LIST = `query ($first: Int!, $after: String, $sort: [EmployeeSort!]) {
  employees(first: $first, after: $after, sort: $sort) { nodes { id } pageInfo { hasNextPage endCursor } }
}`;

/** 40 people with many ties and gaps in every column. */
const people: Company = {
  departments: STAFF.departments.map((row) => ({ ...row, managerId: null })),
  employees: Array.from({ length: 40 }, (_, at) => ({
    ...(STAFF.employees[6] as (typeof STAFF.employees)[number]),
    id: idOf("e", at),
    employeeNumber: `S${(at * 7) % 40}`,
    firstName: TEXTS[(at * 5) % TEXTS.length] as string,
    lastName: TEXTS[(at * 11) % 6] as string,
    email: at % 3 === 0 ? null : `${TEXTS[at % 4]}@b`,
    hireDate: at % 4 === 0 ? null : (DATES[at % DATES.length] as string),
    salary: at % 5 === 0 ? null : ([0, 0.1, 9.99, 10, 100][at % 7 === 0 ? 0 : at % 5] ?? null),
    departmentId: at % 6 === 0 ? null : idOf("d", at % 3),
    managerId: at === 0 ? null : idOf("e", Math.floor(at / 10)),
  })).map((row) => (row.managerId === row.id ? { ...row, managerId: null } : row)),
};

describe("sorting over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
    await load(latchkey.store, people);
  });
  afterAll(() => latchkey.stop());

  const orders: readonly (readonly Sort[])[] = [
    [],
    [{ salary: "ASC" }],
    [{ salary: "DESC" }],
    [{ lastName: "ASC" }, { salary: "DESC" }],
    [{ salary: "DESC" }, { lastName: "ASC" }, { hireDate: "DESC" }],
    [{ hireDate: "ASC" }, { email: "DESC" }, { id: "DESC" }],
    [{ email: "DESC" }, { salary: "ASC" }, { lastName: "DESC" }, { firstName: "ASC" }, { hireDate: "ASC" }],
    [{ departmentId: "DESC" }, { managerId: "ASC" }],
    [{ managerId: "DESC" }, { firstName: "ASC" }],
    [{ employeeNumber: "DESC" }],
    [{ id: "DESC" }, { lastName: "ASC" }],
    [{ salary: "ASC" }, { salary: "DESC" }],
  ];

  it.each(orders.map((order) => [order]))(
    "gives one order over all pages, ties and gaps included, whatever the page size: %j",
    async (sort) => {
      const expected = sorted(people.employees, sort);
      for (const first of [1, 7, 500]) {
        const ids: string[] = [];
        let after: string | null = null;
        for (;;) {
          const {
            employees,
          }: { employees: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
            await owner.read(LIST, { first, after, sort });
          ids.push(...employees.nodes.map(({ id }) => id));
          if (!employees.pageInfo.hasNextPage) break;
          after = employees.pageInfo.endCursor;
        }
        expect(ids).toEqual(expected);
      }
    },
  );

  it("puts records without a value first ascending and last descending, and compares text byte for byte", async () => {
    const read = async (sort: Sort) =>
      (
        await owner.read<{ employees: { nodes: Record<string, unknown>[] } }>(
          "query ($sort: [EmployeeSort!]) { employees(sort: $sort) { nodes { salary firstName } } }",
          { sort: [sort] },
        )
      ).employees.nodes;
    const ascending = (await read({ salary: "ASC" })).map(({ salary }) => salary);
    expect(ascending.slice(0, 8)).toEqual(Array(8).fill(null));
    expect((await read({ salary: "DESC" })).map(({ salary }) => salary)).toEqual([...ascending].reverse());
    const names = [...new Set((await read({ firstName: "ASC" })).map(({ firstName }) => firstName))];
    expect(names).toEqual([
      "%",
      "'",
      "A",
      "B",
      "\\",
      "_",
      "a",
      "a ",
      "a%b",
      "aB",
      "ab",
      "ab😀",
      "b",
      "z",
      "á",
      "ä",
      "\uE000",
      "😀",
    ]);
  });

  it.each([
    [[{}], "sort[0]"],
    [[{ lastName: "ASC" }, { lastName: "ASC", email: "ASC" }], "sort[1]"],
    [Array(6).fill({ lastName: "ASC" }), "sort"],
  ])("takes one field per key and five keys: %j is refused", async (sort, field) => {
    expect(await owner.ask(LIST, { first: 5, sort })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field } }],
    });
  });

  it("takes one key without a list around it, and nothing that is no field or direction", async () => {
    const query = "{ employees(sort: { employeeNumber: DESC }, first: 1) { nodes { employeeNumber } } }";
    expect(await owner.read(query)).toEqual({ employees: { nodes: [{ employeeNumber: "S9" }] } });
    for (const sort of [
      [{ version: "ASC" }],
      [{ lastName: "asc" }],
      [{ lastName: "ASC; DROP TABLE employee" }],
      "lastName",
    ]) {
      expect(await owner.ask(LIST, { first: 5, sort })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
      });
    }
  });

  it("needs READ on every field it names, in literals and in variables alike", async () => {
    const key = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"], fields: ["lastName"] }]);
    const order = [{ lastName: "ASC" }, { salary: "DESC" }, { departmentId: "ASC" }];
    const literal =
      "{ employees(sort: [{ lastName: ASC }, { salary: DESC }, { departmentId: ASC }]) { nodes { id } } }";
    for (const reply of [await key.ask(LIST, { first: 5, sort: order }), await key.ask(literal)]) {
      expect(reply.status).toBe(403);
      expect(reply.errors?.map(({ extensions }) => [extensions["coordinate"], extensions["missing"]])).toEqual([
        ["EmployeeSort.salary", "employee.salary:READ"],
        ["EmployeeSort.departmentId", "employee.department:READ"],
      ]);
    }
  });
});
