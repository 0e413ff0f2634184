import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, type GrantGiven, ID, keyWith, personWith, STAFF } from "./staff";

const ALL: GrantGiven[] = [
  { resource: "employee", actions: ["CREATE", "READ", "UPDATE", "DELETE"] },
  { resource: "department", actions: ["CREATE", "READ", "UPDATE", "DELETE"] },
];
/** Reads every field of these employees, and every department. */
const readers = (rows: object): GrantGiven[] => [
  { resource: "employee", actions: ["READ"], rows },
  { resource: "department", actions: ["READ"] },
];

interface Seen {
  readonly employees: { readonly totalCount: number; readonly nodes: readonly Record<string, unknown>[] };
}

describe("row scopes over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  /** Who is listed to the caller; what the list, the count, pages of one and reads by id say must be the same. */
  const seenBy = async (caller: Caller): Promise<string[]> => {
    const { employees } = await caller.read<Seen>("{ employees { totalCount nodes { id firstName } } }");
    const listed = employees.nodes.map(({ id }) => id as string);
    expect(employees.totalCount).toBe(listed.length);
    const paged: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const {
        employees: page,
      }: { employees: { nodes: { id: string }[]; pageInfo: { hasNextPage: boolean; endCursor: string } } } =
        await caller.read(
          "query ($after: String) { employees(first: 1, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } }",
          {
            after,
          },
        );
      paged.push(...page.nodes.map(({ id }) => id));
      more = page.pageInfo.hasNextPage;
      after = page.pageInfo.endCursor;
    }
    expect(paged).toEqual(listed);
    for (const { id } of STAFF.employees) {
      const { employee } = await caller.read<{ employee: object | null }>(
        "query ($id: ID!) { employee(id: $id) { id } }",
        { id },
      );
      expect(employee).toEqual(listed.includes(id) ? { id } : null);
    }
    return employees.nodes.map(({ firstName }) => firstName as string);
  };

  describe("of a key", () => {
    it.each([
      ["departments", { departmentIds: [ID.sales] }, ["Bo", "Di", "Ed"]],
      ["several departments", { departmentIds: [ID.sales, ID.engineering] }, ["Ada", "Bo", "Cy", "Di", "Ed", "Fay"]],
      ["locations", { locations: ["Oslo"] }, ["Ada", "Cy", "Ed"]],
      ["a location in another case", { locations: ["oslo"] }, []],
      ["named employees", { employeeIds: [ID.fay, ID.gus] }, ["Fay", "Gus"]],
      [
        "any of several parts",
        { locations: ["Oslo"], departmentIds: [ID.sales], employeeIds: [ID.gus] },
        ["Ada", "Bo", "Cy", "Di", "Ed", "Gus"],
      ],
      ["a department of nobody", { departmentIds: [ID.legal] }, []],
      ["an injection", { locations: ["' OR 1=1 --"] }, []],
      ["SELF of an owner without an employee record", { self: true, reports: true }, []],
    ])("by %s reach exactly their records, in lists, counts, pages and by id", async (_what, rows, expected) => {
      expect(await seenBy(await keyWith(latchkey, readers(rows)))).toEqual(expected);
    });

    it.each([[{}], [{ departmentIds: [] }], [{ self: false }], [{ locations: [" "] }]])(
      "that name nothing are refused when they are granted: %j",
      async (rows) => {
        const reply = await owner.ask(
          "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }",
          {
            input: { name: "No rows", grants: readers(rows) },
          },
        );
        expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT" } }] });
      },
    );

    it("follow the records: who moves in is seen, who moves out is not", async () => {
      const key = await keyWith(latchkey, readers({ departmentIds: [ID.sales] }));
      const move = "mutation ($id: ID!, $to: ID) { updateEmployee(id: $id, input: { departmentId: $to }) { id } }";
      await owner.read(move, { id: ID.cy, to: ID.sales });
      await owner.read(move, { id: ID.bo, to: null });
      expect(await seenBy(key)).toEqual(["Cy", "Di", "Ed"]);
    });

    it("hide managers and departments that are beyond them, at any depth, as if there were none", async () => {
      const key = await keyWith(latchkey, [
        { resource: "employee", actions: ["READ"], rows: { departmentIds: [ID.sales] } },
        { resource: "department", actions: ["READ"], rows: { departmentIds: [ID.sales, ID.engineering] } },
      ]);
      const { employees, departments } = await key.read<
        Seen & { departments: { totalCount: number; nodes: object[] } }
      >(
        `{ employees { nodes { firstName manager { firstName manager { id } } department { name manager { firstName } } } }
           departments { totalCount nodes { name manager { firstName } } } }`,
      );
      const department = { name: "Sales", manager: { firstName: "Bo" } };
      expect(employees.nodes).toEqual([
        { firstName: "Bo", manager: null, department },
        { firstName: "Di", manager: { firstName: "Bo", manager: null }, department },
        { firstName: "Ed", manager: { firstName: "Bo", manager: null }, department },
      ]);
      expect(departments.totalCount).toBe(2);
      expect(departments.nodes).toEqual([
        { name: "Engineering", manager: null },
        { name: "Sales", manager: { firstName: "Bo" } },
      ]);
    });

    it("leave no way round by filter, sort, or the manager of a department", async () => {
      const key = await keyWith(latchkey, readers({ locations: ["Bergen"] }));
      for (const filter of [
        { or: [{ id: { eq: ID.ada } }, { id: { ne: "x" } }] },
        { not: { location: { eq: "Bergen" } } },
        { salary: { gte: 0 } },
        { or: [{}] },
      ]) {
        const { employees } = await key.read<Seen>(
          "query ($f: EmployeeFilter) { employees(filter: $f, sort: [{ salary: DESC }]) { totalCount nodes { firstName } } }",
          { f: filter },
        );
        const names = employees.nodes.map(({ firstName }) => firstName);
        expect(employees.totalCount).toBe(names.length);
        expect(["Bo", "Di", "Fay"]).toEqual(expect.arrayContaining(names));
      }
      const { departments } = await key.read<{ departments: { nodes: object[] } }>(
        "{ departments { nodes { name manager { salary } } } }",
      );
      expect(departments.nodes).toEqual([
        { name: "Engineering", manager: null },
        { name: "Sales", manager: { salary: 7000 } },
        { name: "Legal", manager: null },
      ]);
    });

    it("may differ by field: a row is seen where every field that is asked for is granted on it", async () => {
      const key = await keyWith(latchkey, [
        { resource: "employee", actions: ["READ"], fields: ["firstName", "location"] },
        { resource: "employee", actions: ["READ"], fields: ["salary"], rows: { departmentIds: [ID.sales] } },
        { resource: "employee", actions: ["READ"], fields: ["salary", "email"], rows: { locations: ["Oslo"] } },
      ]);
      const names = async (query: string) =>
        (await key.read<Seen>(query)).employees.nodes.map(({ firstName }) => firstName);
      const all = ["Ada", "Bo", "Cy", "Di", "Ed", "Fay", "Gus"];
      expect(await names("{ employees { nodes { firstName } } }")).toEqual(all);
      expect(await names("{ employees { nodes { firstName salary } } }")).toEqual(["Ada", "Bo", "Cy", "Di", "Ed"]);
      expect(await names("{ employees { nodes { firstName salary email } } }")).toEqual(["Ada", "Cy", "Ed"]);
      expect(await names("{ employees(filter: { salary: { gte: 0 } }) { nodes { firstName } } }")).toEqual([
        "Ada",
        "Bo",
        "Cy",
        "Di",
        "Ed",
      ]);
      expect(await names("{ employees(sort: [{ salary: ASC }]) { nodes { firstName } } }")).toEqual([
        "Ed",
        "Di",
        "Cy",
        "Bo",
        "Ada",
      ]);
      expect(await names("{ employees(filter: { not: { email: { eq: null } } }) { nodes { firstName } } }")).toEqual([
        "Ada",
        "Cy",
        "Ed",
      ]);
      const { a, b } = await key.read<Record<"a" | "b", Seen["employees"]>>(
        "{ a: employees { totalCount } b: employees(filter: { salary: { isNull: false } }) { totalCount } }",
      );
      expect([a.totalCount, b.totalCount]).toEqual([5, 5]);
      const { employees } = await key.read<Seen>("{ employees { totalCount } }");
      expect(employees.totalCount).toBe(7);
      const asked = "query ($pay: Boolean!) { employees { totalCount nodes { firstName salary @include(if: $pay) } } }";
      expect((await key.read<Seen>(asked, { pay: false })).employees.totalCount).toBe(7);
      expect((await key.read<Seen>(asked, { pay: true })).employees.totalCount).toBe(5);
    });

    it("of one resource do not reach into another, and departments follow the people that are named", async () => {
      const grants = (rows: object): GrantGiven[] => [{ resource: "department", actions: ["READ"], rows }];
      const names = async (rows: object) => {
        const key = await keyWith(latchkey, grants(rows));
        const { departments } = await key.read<{ departments: { totalCount: number; nodes: { name: string }[] } }>(
          "{ departments { totalCount nodes { name } } }",
        );
        expect(departments.totalCount).toBe(departments.nodes.length);
        return departments.nodes.map(({ name }) => name);
      };
      expect(await names({ departmentIds: [ID.legal, ID.sales] })).toEqual(["Sales", "Legal"]);
      expect(await names({ employeeIds: [ID.fay, ID.gus] })).toEqual(["Engineering"]);
      expect(await names({ locations: ["Oslo"] })).toEqual([]);
    });
  });

  describe("of somebody with an employee record", () => {
    it("reach that record by SELF, and everybody below it by REPORTS, at any depth", async () => {
      for (const [employeeId, self, reports] of [
        [ID.ada, ["Ada"], ["Bo", "Cy", "Di", "Ed", "Fay", "Gus"]],
        [ID.bo, ["Bo"], ["Di", "Ed", "Gus"]],
        [ID.gus, ["Gus"], []],
      ] as const) {
        const person = await personWith(latchkey, ALL, employeeId);
        expect(await seenBy(await keyWith(latchkey, readers({ self: true }), person))).toEqual(self);
        expect(await seenBy(await keyWith(latchkey, readers({ reports: true }), person))).toEqual(reports);
        const both = await keyWith(latchkey, readers({ self: true, reports: true, employeeIds: [ID.fay] }), person);
        expect((await seenBy(both)).sort()).toEqual([...new Set([...self, ...reports, "Fay"])].sort());
      }
    });

    it("hold for the session like for the key, and follow the chain of managers at once", async () => {
      const boss = await personWith(latchkey, readers({ reports: true }), ID.bo);
      expect(await seenBy(boss)).toEqual(["Di", "Ed", "Gus"]);
      const key = await keyWith(latchkey, readers({ reports: true }), boss);
      await owner.read(`mutation { updateEmployee(id: "${ID.di}", input: { managerId: "${ID.cy}" }) { id } }`);
      expect(await seenBy(boss)).toEqual(["Ed"]);
      expect(await seenBy(key)).toEqual(["Ed"]);
    });

    it("follow the link from user to record, from the next request on", async () => {
      const person = await personWith(latchkey, readers({ self: true }), ID.bo);
      const key = await keyWith(latchkey, readers({ self: true }), person);
      expect(await seenBy(key)).toEqual(["Bo"]);
      const link = "mutation ($id: ID!, $to: ID) { updateUser(id: $id, input: { employeeId: $to }) { id } }";
      await owner.read(link, { id: person.userId, to: ID.fay });
      expect(await seenBy(key)).toEqual(["Fay"]);
      await owner.read(link, { id: person.userId, to: null });
      expect(await seenBy(key)).toEqual([]);
    });

    it("show the department that the own record is in", async () => {
      const grants: GrantGiven[] = [
        { resource: "employee", actions: ["READ"], rows: { self: true } },
        { resource: "department", actions: ["READ"], rows: { self: true } },
      ];
      const person = await personWith(latchkey, grants, ID.di);
      expect(
        await person.read("{ employees { nodes { department { name } manager { id } } } departments { totalCount } }"),
      ).toEqual({
        employees: { nodes: [{ department: { name: "Sales" }, manager: null }] },
        departments: { totalCount: 1 },
      });
    });
  });

  describe("of key and owner", () => {
    it("reach only what both reach, also when the owner's role is narrowed afterwards", async () => {
      const person = await personWith(latchkey, ALL, ID.bo);
      const key = await keyWith(latchkey, readers({ locations: ["Oslo"], departmentIds: [ID.sales] }), person);
      expect(await seenBy(key)).toEqual(["Ada", "Bo", "Cy", "Di", "Ed"]);
      await person.regrant(readers({ reports: true }));
      expect(await seenBy(key)).toEqual(["Di", "Ed"]);
      await person.regrant(readers({ locations: ["Bergen"], self: true }));
      expect(await seenBy(key)).toEqual(["Bo", "Di"]);
      await person.regrant(readers({ employeeIds: [ID.gus] }));
      expect(await seenBy(key)).toEqual([]);
      await person.regrant(ALL);
      expect(await seenBy(key)).toEqual(["Ada", "Bo", "Cy", "Di", "Ed"]);
    });

    it("cannot be wider than the owner's when the key is made", async () => {
      const person = await personWith(latchkey, readers({ departmentIds: [ID.sales] }), ID.bo);
      for (const rows of [{ departmentIds: [ID.sales, ID.engineering] }, { locations: ["Oslo"] }, { self: true }]) {
        const reply = await person.ask(
          "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token } }",
          {
            input: { name: "Too wide", grants: readers(rows) },
          },
        );
        expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { code: "OUT_OF_SCOPE" } }] });
      }
    });
  });
});
