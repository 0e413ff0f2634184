import { type Company, idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, STAFF, selectsOf } from "./staff";

const NAMES = [
  "Ann",
  "ann",
  "ANN",
  "Anna",
  "Ánn",
  "A%n",
  "A_n",
  "A\\n",
  "O'Brien",
  'Say "hi"',
  "Ann ",
  "100%",
  "ﬀ",
  "ff",
  "🦊 fox",
  "Straße",
  "STRASSE",
];

/** One person per name, told apart by number. */
const people: Company = {
  departments: STAFF.departments.map((row) => ({ ...row, managerId: null })),
  employees: NAMES.map((lastName, at) => ({
    ...(STAFF.employees[6] as (typeof STAFF.employees)[number]),
    id: idOf("e", at),
    employeeNumber: `F${at}`,
    lastName,
    managerId: at === 0 ? null : idOf("e", 0),
    departmentId: at % 2 === 0 ? ID.sales : null,
    salary: at < 4 ? [0, 0.1, 10, 999_999_999_999.99][at]! : null,
    hireDate: at < 3 ? ["1999-12-31", "2024-02-29", "2024-03-01"][at]! : null,
  })),
};

const COUNT = "query ($filter: EmployeeFilter) { employees(filter: $filter) { totalCount nodes { lastName } } }";

describe("filters over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
    await load(latchkey.store, people);
  });
  afterAll(() => latchkey.stop());

  const names = async (filter: object | null) => {
    const { employees } = await owner.read<{ employees: { totalCount: number; nodes: { lastName: string }[] } }>(
      COUNT,
      {
        filter,
      },
    );
    expect(employees.totalCount).toBe(employees.nodes.length);
    return employees.nodes.map(({ lastName }) => lastName);
  };

  it.each<[filter: object, expected: string[]]>([
    [{ lastName: { eq: "Ann" } }, ["Ann"]],
    [{ lastName: { in: ["ann", "ANN", "nobody"] } }, ["ann", "ANN"]],
    [{ lastName: { in: [] } }, []],
    [{ lastName: { lt: "A\\n" } }, ["ANN", "A%n", "100%"]],
    [{ lastName: { lte: "A\\n" } }, ["ANN", "A%n", "A\\n", "100%"]],
    [{ lastName: { gt: "z" } }, ["Ánn", "ﬀ", "🦊 fox"]],
    [{ lastName: { gte: "🦊 fox" } }, ["🦊 fox"]],
    [{ lastName: { startsWith: "Ann" } }, ["Ann", "Anna", "Ann "]],
    [{ lastName: { startsWith: "A%" } }, ["A%n"]],
    [{ lastName: { contains: "%" } }, ["A%n", "100%"]],
    [{ lastName: { contains: "_" } }, ["A_n"]],
    [{ lastName: { contains: "\\" } }, ["A\\n"]],
    [{ lastName: { contains: "'" } }, ["O'Brien"]],
    [{ lastName: { contains: '"' } }, ['Say "hi"']],
    [{ lastName: { contains: "🦊" } }, ["🦊 fox"]],
    [{ lastName: { contains: "ß" } }, ["Straße"]],
    [{ lastName: { contains: "ff" } }, ["ff"]],
    [{ lastName: { eq: "Ann " } }, ["Ann "]],
    [{ lastName: { eq: "Straße" } }, ["Straße"]],
    [{ salary: { eq: 0.1 } }, ["ann"]],
    [{ salary: { in: [0, 10] } }, ["Ann", "ANN"]],
    [{ salary: { gt: 0, lt: 999_999_999_999.99 } }, ["ann", "ANN"]],
    [{ salary: { gte: 10, lte: 1e300 } }, ["ANN", "Anna"]],
    [{ salary: { lt: -1e300 } }, []],
    [{ hireDate: { eq: "2024-02-29" } }, ["ann"]],
    [{ hireDate: { gt: "1999-12-31", lte: "2024-02-29" } }, ["ann"]],
    [{ hireDate: { in: ["1999-12-31", "2024-03-01"] } }, ["Ann", "ANN"]],
    [{ id: { eq: idOf("e", 4) } }, ["Ánn"]],
    [{ id: { in: [idOf("e", 4), idOf("e", 1), "", "\u{1F98A}"] } }, ["ann", "Ánn"]],
    [{ managerId: { isNull: true } }, ["Ann"]],
    [{ departmentId: { eq: ID.sales }, salary: { isNull: false } }, ["Ann", "ANN"]],
    [{ and: [{ salary: { gte: 0 } }, { salary: { lt: 10 } }] }, ["Ann", "ann"]],
    [{ or: [{ lastName: { eq: "ff" } }, { salary: { eq: 0 } }] }, ["Ann", "ff"]],
    [{ or: [] }, []],
    [{ not: { salary: { isNull: true } }, lastName: { startsWith: "A" } }, ["Ann", "ANN", "Anna"]],
    [
      { not: { or: [{ salary: { isNull: true } }, { not: { lastName: { contains: "nn" } } }] } },
      ["Ann", "ann", "Anna"],
    ],
  ])("leave exactly the records that %j means", async (filter, expected) => {
    expect(await names(filter)).toEqual(expected);
  });

  it("know no third truth: with ne, not and isNull every record is on one side", async () => {
    for (const condition of [
      { salary: { eq: 10 } },
      { salary: { gt: 5 } },
      { salary: { in: [0, 10] } },
      { salary: { eq: null } },
      { lastName: { contains: "n" } },
      { hireDate: { lt: "2020-01-01" } },
      { departmentId: { in: [ID.sales] } },
    ]) {
      const [yes, no] = [await names(condition), await names({ not: condition })];
      expect([...yes, ...no].sort()).toEqual([...NAMES].sort());
      expect(await names({ not: { not: condition } })).toEqual(yes);
    }
    expect(await names({ salary: { ne: 10 } })).toEqual(NAMES.filter((name) => name !== "ANN"));
    expect(await names({ salary: { ne: null } })).toEqual(NAMES.slice(0, 4));
    expect(await names({ salary: { eq: null } })).toEqual(NAMES.slice(4));
  });

  it("that say nothing leave every record", async () => {
    for (const filter of [null, {}, { lastName: {} }, { and: [] }, { and: [{}] }, { not: { or: [] } }]) {
      expect(await names(filter)).toEqual(NAMES);
    }
  });

  it.each([
    "' OR '1'='1",
    "'; DROP TABLE employee; --",
    '" OR ""="',
    "\\' OR 1=1 -- ",
    "%' OR lastName LIKE '%",
    "Ann/**/",
    ":p0",
    "?",
    "`lastName`",
  ])("take %j for text and nothing else", async (text) => {
    for (const operator of ["eq", "contains", "startsWith"])
      expect(await names({ lastName: { [operator]: text } })).toEqual([]);
    expect(await names({ lastName: { ne: text } })).toEqual(NAMES);
    expect(await names({ id: { in: [text] } })).toEqual([]);
    expect(await names(null)).toEqual(NAMES);
  });

  it.each([
    [{ lastName: null }, "filter.lastName"],
    [{ not: null }, "filter.not"],
    [{ and: [{ or: [{ salary: { lt: null } }] }] }, "filter.and[0].or[0].salary.lt"],
    [{ lastName: { in: null } }, "filter.lastName.in"],
    [{ lastName: { isNull: null } }, "filter.lastName.isNull"],
    [{ lastName: { contains: null } }, "filter.lastName.contains"],
    [{ lastName: { in: Array(501).fill("a") } }, "filter.lastName.in"],
    [{ lastName: { eq: "a\0b" } }, "filter.lastName.eq"],
    [{ email: { in: ["a", "\uD800"] } }, "filter.email.in[1]"],
    [{ managerId: { eq: "\uDC00" } }, "filter.managerId.eq"],
    [{ hireDate: { eq: "2024-02-30" } }, "filter.hireDate.eq"],
    [{ hireDate: { in: ["2024-13-01"] } }, "filter.hireDate.in[0]"],
    [{ salary: { gt: "10" } }, "filter.salary.gt"],
    [{ lastName: { like: "A%" } }, "filter.lastName.like"],
    [{ lastname: { eq: "Ann" } }, "filter.lastname"],
    [{ managerId: { contains: "0" } }, "filter.managerId.contains"],
  ])("that make no sense are refused by name before anything is read: %j", async (filter, field) => {
    const statements = await selectsOf(latchkey, async () => {
      expect(await owner.ask(COUNT, { filter })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT", field } }],
      });
    });
    expect(statements).toEqual([]);
  });

  it("are bounded in depth and size, at exactly the bound", async () => {
    const nested = (levels: number): object => (levels === 0 ? { salary: { eq: 10 } } : { not: nested(levels - 1) });
    const wide = (count: number) => ({ or: Array.from({ length: count }, () => ({})) });
    expect(await names(nested(4))).toEqual(["ANN"]);
    expect((await names(nested(5))).length).toBe(NAMES.length - 1);
    expect(await names(wide(49))).toEqual(NAMES);
    for (const filter of [
      nested(6),
      nested(20),
      wide(50),
      { or: Array(60).fill({ lastName: { eq: "a", ne: "b" } }) },
    ]) {
      const statements = await selectsOf(latchkey, async () => {
        expect(await owner.ask(COUNT, { filter })).toMatchObject({
          status: 400,
          errors: [{ extensions: { code: "QUERY_TOO_COSTLY" } }],
        });
      });
      expect(statements).toEqual([]);
    }
    expect(await owner.ask(COUNT, { filter: nested(40) })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT" } }],
    });
    const full = { lastName: { in: [...Array(499).fill("x"), "ff"] } };
    expect(await names(full)).toEqual(["ff"]);
  });

  it("need READ on every field they name, wherever it stands, even to ask whether it is null", async () => {
    const key = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"], fields: ["lastName"] }]);
    for (const filter of [
      { salary: { isNull: true } },
      { salary: {} },
      { or: [{ lastName: { eq: "Ann" } }, { and: [{ not: { salary: { gt: 1 } } }] }] },
    ]) {
      const statements = await selectsOf(latchkey, async () => {
        const reply = await key.ask(COUNT, { filter });
        expect(reply).toMatchObject({
          status: 403,
          errors: [{ extensions: { coordinate: "EmployeeFilter.salary", missing: "employee.salary:READ" } }],
        });
        expect(reply.data).toBeUndefined();
      });
      expect(statements).toEqual([]);
    }
    const reply = await key.ask(
      '{ employees(filter: { managerId: { eq: "x" }, departmentId: { isNull: true } }) { totalCount } }',
    );
    expect(reply.errors?.map(({ extensions }) => extensions["missing"])).toEqual([
      "employee.manager:READ",
      "employee.department:READ",
    ]);
    expect((await key.ask(COUNT, { filter: { lastName: { eq: "Ann" }, id: { ne: "x" } } })).status).toBe(200);
  });

  it("put no value into the SQL, so that one statement serves every value", async () => {
    const one = await selectsOf(latchkey, () => names({ lastName: { eq: "zz-secret" }, salary: { gt: 77.25 } }));
    const other = await selectsOf(latchkey, () => names({ lastName: { eq: "Ann" }, salary: { gt: 0 } }));
    expect(one).toEqual(other);
    expect(one.join()).not.toMatch(/zz-secret|77\.25/);
  });
});
