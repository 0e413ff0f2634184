import { type Company, idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import {
  type Caller,
  callerOf,
  countTrail,
  type GrantGiven,
  ID,
  keyWith,
  personWith,
  STAFF,
  selectsOf,
  stored,
} from "./staff";

const [backend, database] = [idOf("d", 10), idOf("d", 11)];

/**
 * ```
 * Engineering (Ada, Cy, Fay) ← Backend (Ed) ← Databases (Di)
 * Sales (Bo)   Legal
 * ```
 */
const TREE: Company = {
  departments: [
    ...STAFF.departments,
    { id: backend, code: "BE", name: "Backend", managerId: null, parentId: ID.engineering },
    { id: database, code: "DB", name: "Databases", managerId: null, parentId: backend },
  ],
  employees: STAFF.employees.map((row) => {
    if (row.id === ID.ed) return { ...row, departmentId: backend };
    return row.id === ID.di ? { ...row, departmentId: database } : row;
  }),
};

const MOVE = `mutation ($id: ID!, $parentId: ID) {
  updateDepartment(id: $id, input: { parentId: $parentId }) { __typename } }`;

describe("departments within departments, over HTTP,", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, TREE));

  const parentOf = async (id: string) =>
    ((await stored(latchkey, "department", id)) as { parentId: unknown } | null)?.parentId;
  /** Proves that a move is refused so, and that nothing moved and no trail was left. */
  const refused = async (caller: Caller, id: string, parentId: string | null, status: number) => {
    const before = [await parentOf(id), await countTrail(latchkey)];
    const reply = await caller.ask(MOVE, { id, parentId });
    expect({ id, parentId, status: reply.status, text: reply.text }).toMatchObject({ id, parentId, status });
    expect([await parentOf(id), await countTrail(latchkey)]).toEqual(before);
    return reply.errors?.[0];
  };
  const namesOf = async (caller: Caller) => {
    const { employees, departments } = await caller.read<
      Record<string, { totalCount: number; nodes: { firstName?: string; code?: string }[] }>
    >("{ employees { totalCount nodes { firstName } } departments { totalCount nodes { code } } }");
    expect([employees?.totalCount, departments?.totalCount]).toEqual([
      employees?.nodes.length,
      departments?.nodes.length,
    ]);
    return [
      employees?.nodes.map(({ firstName }) => firstName).sort(),
      departments?.nodes.map(({ code }) => code).sort(),
    ];
  };
  const everything = (rows: object): GrantGiven[] =>
    (["employee", "department", "timeOff", "compensation"] as const).map((resource) => ({
      resource,
      actions: ["CREATE", "READ", "UPDATE", "DELETE"],
      rows,
    }));

  it("lead to each other both ways, and are filtered and sorted by what they are part of", async () => {
    const query = `{
      department(id: "${backend}") { parent { code parent { code } } departments { totalCount nodes { code } } }
      departments(filter: { parentId: { isNull: false } }, sort: [{ parentId: DESC }]) { nodes { code } }
    }`;
    expect(await owner.read(query)).toEqual({
      department: {
        parent: { code: "ENG", parent: null },
        departments: { totalCount: 1, nodes: [{ code: "DB" }] },
      },
      departments: { nodes: [{ code: "DB" }, { code: "BE" }] },
    });
  });

  it("never lead round in a circle", async () => {
    for (const parentId of [ID.engineering, backend, database]) {
      const error = await refused(owner, ID.engineering, parentId, 400);
      expect(error?.extensions).toEqual({ code: "BAD_USER_INPUT", field: "input.parentId" });
      expect(error?.message).toBe(
        parentId === ID.engineering
          ? "input.parentId must not be the department itself"
          : "input.parentId must not be below this department, or parent would lead round in a circle",
      );
    }
    await refused(owner, backend, ID.nobody, 400);
    await owner.read(MOVE, { id: database, parentId: ID.sales });
    await owner.read(MOVE, { id: ID.engineering, parentId: database });
    expect([await parentOf(database), await parentOf(ID.engineering)]).toEqual([ID.sales, database]);
  });

  it("of which two are put below each other at the same moment, one stays where it is", async () => {
    const replies = await Promise.all([
      owner.ask(MOVE, { id: ID.sales, parentId: ID.legal }),
      owner.ask(MOVE, { id: ID.legal, parentId: ID.sales }),
    ]);
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    expect([await parentOf(ID.sales), await parentOf(ID.legal)]).toContain(null);
  });

  it("are not deleted while others are part of them", async () => {
    const remove = (id: string) => owner.ask(`mutation { deleteDepartment(id: "${id}") { id } }`);
    await owner.read(`mutation { updateEmployee(id: "${ID.ed}", input: { departmentId: null }) { id } }`);
    expect((await remove(backend)).status).toBe(409);
    await owner.read(MOVE, { id: database, parentId: null });
    expect((await remove(backend)).status).toBe(200);
  });

  it("are reached by a row scope on what they are part of, however deep, with all of their records", async () => {
    for (const [employeeId, startDate] of [
      [ID.di, "2024-02-01"],
      [ID.bo, "2024-02-01"],
    ]) {
      await owner.read("mutation ($input: CreateTimeOffInput!) { createTimeOff(input: $input) { id } }", {
        input: { employeeId, type: "VACATION", startDate, endDate: startDate },
      });
    }
    const key = await keyWith(latchkey, everything({ departmentIds: [ID.engineering] }));
    expect(await namesOf(key)).toEqual([
      ["Ada", "Cy", "Di", "Ed", "Fay"],
      ["BE", "DB", "ENG"],
    ]);
    const nested = await key.read(`{
      timeOffs { totalCount nodes { employee { firstName department { code parent { parent { code } } } } } }
      departments(filter: { code: { eq: "BE" } }) { nodes { employees { totalCount } departments { nodes { code employees { totalCount } } } } }
      bo: employee(id: "${ID.bo}") { id }
      di: employee(id: "${ID.di}") { firstName manager { id } }
    }`);
    expect(nested).toEqual({
      timeOffs: {
        totalCount: 1,
        nodes: [{ employee: { firstName: "Di", department: { code: "DB", parent: { parent: { code: "ENG" } } } } }],
      },
      departments: {
        nodes: [
          { employees: { totalCount: 1 }, departments: { nodes: [{ code: "DB", employees: { totalCount: 1 } }] } },
        ],
      },
      bo: null,
      di: { firstName: "Di", manager: null },
    });
    const below = await keyWith(latchkey, everything({ departmentIds: [backend] }));
    expect(await namesOf(below)).toEqual([
      ["Di", "Ed"],
      ["BE", "DB"],
    ]);
    // What lies above is as if it were not there.
    expect(await below.read(`{ department(id: "${backend}") { parent { id } } }`)).toEqual({
      department: { parent: null },
    });
  });

  it("intersect: a key of the lower part for an owner of the upper has the lower, and the other way round too", async () => {
    for (const [mine, its] of [
      [ID.engineering, ID.engineering],
      [backend, backend],
    ]) {
      const person = await personWith(latchkey, everything({ departmentIds: [mine] }));
      const key = await keyWith(latchkey, everything({ departmentIds: [its] }), person);
      await latchkey.store.change(async (tx) => {
        // The API hands out only what is spelled the same, so the other half of the rule is set here.
        const rows = { departmentIds: [mine === backend ? ID.engineering : backend] };
        await tx.query("UPDATE api_key SET grants = ? WHERE id = ?", [
          JSON.stringify(everything(rows).map((grant) => ({ ...grant, fields: null }))),
          key.apiKeyId,
        ]);
      });
      expect(await namesOf(key)).toEqual([
        ["Di", "Ed"],
        ["BE", "DB"],
      ]);
    }
  });

  it("follow a move at once, for lists as for changes", async () => {
    const key = await keyWith(latchkey, everything({ departmentIds: [ID.engineering] }));
    await owner.read(MOVE, { id: database, parentId: ID.sales });
    expect((await namesOf(key))[0]).toEqual(["Ada", "Cy", "Ed", "Fay"]);
    const rename = `mutation { updateEmployee(id: "${ID.di}", input: { lastName: "X" }) { id } }`;
    expect((await key.ask(rename)).status).toBe(404);
    await owner.read(MOVE, { id: database, parentId: backend });
    expect((await key.ask(rename)).status).toBe(200);
  });

  it("bound what may be changed and made: within them, not out of them", async () => {
    const key = await keyWith(latchkey, everything({ departmentIds: [ID.engineering] }));
    const assign = (id: string, departmentId: string | null) =>
      key.ask("mutation ($id: ID!, $to: ID) { updateEmployee(id: $id, input: { departmentId: $to }) { id } }", {
        id,
        to: departmentId,
      });
    expect((await assign(ID.cy, database)).status).toBe(200);
    expect((await assign(ID.di, ID.sales)).status).toBe(403);
    expect((await assign(ID.di, null)).status).toBe(403);
    expect((await assign(ID.bo, backend)).status).toBe(404);
    const create = (parentId: string | null) =>
      key.ask("mutation ($input: CreateDepartmentInput!) { createDepartment(input: $input) { id } }", {
        input: { code: "NEW", name: "New", parentId },
      });
    expect((await create(null)).status).toBe(403);
    expect((await create(ID.sales)).status).toBe(403);
    expect((await create(database)).status).toBe(200);
    expect((await key.ask(`mutation { deleteDepartment(id: "${ID.legal}") { id } }`)).status).toBe(404);
  });

  it("are moved by somebody limited to some only between these, so that nobody above loses sight of them", async () => {
    const key = await keyWith(latchkey, everything({ departmentIds: [backend, ID.legal] }));
    await refused(key, ID.sales, backend, 404);
    await refused(key, database, ID.sales, 403);
    await refused(key, database, null, 403);
    // Backend is named by the scope itself, so it would stay in reach; but Engineering's scopes would lose it, or Sales' gain it.
    await refused(key, backend, null, 403);
    await refused(key, backend, ID.sales, 403);
    await refused(key, ID.legal, ID.sales, 403);
    const both = await keyWith(latchkey, everything({ departmentIds: [backend, database] }));
    await refused(both, database, null, 403);
    await key.read(MOVE, { id: database, parentId: ID.legal });
    await key.read(MOVE, { id: ID.legal, parentId: backend });
    expect([await parentOf(database), await parentOf(ID.legal)]).toEqual([ID.legal, backend]);
  });

  it("are not moved by anybody to where their own limited permissions begin to reach them", async () => {
    const grants: GrantGiven[] = [
      { resource: "department", actions: ["READ", "UPDATE"] },
      { resource: "employee", actions: ["READ"], rows: { departmentIds: [backend] } },
    ];
    const person = await personWith(latchkey, grants);
    const key = await keyWith(latchkey, [{ resource: "department", actions: ["UPDATE"] }], person);
    for (const caller of [person, key]) {
      for (const parentId of [backend, database]) {
        const error = await refused(caller, ID.sales, parentId, 403);
        expect(error).toMatchObject({ extensions: { code: "OUT_OF_SCOPE", field: "input.parentId" } });
      }
    }
    expect((await person.read<{ employees: object }>("{ employees { totalCount } }")).employees).toEqual({
      totalCount: 2,
    });
    await person.read(MOVE, { id: ID.sales, parentId: ID.legal });
    await person.read(MOVE, { id: database, parentId: ID.sales });
    await refused(person, database, backend, 403);
    await owner.read(MOVE, { id: database, parentId: backend });
  });

  it("cost one walk per operation and scope, not one per record or list", async () => {
    const key = await keyWith(latchkey, everything({ departmentIds: [ID.engineering] }));
    const query = `{ departments { nodes { employees { nodes { reports { nodes { department { code } } } } } } }
      employees { totalCount nodes { id } } }`;
    const statements = await selectsOf(latchkey, () => key.read(query));
    expect(statements.filter((sql) => sql.includes("WITH RECURSIVE"))).toHaveLength(1);
  });

  it("are walked inside the statement where there are more than 500", async () => {
    const many = Array.from({ length: 600 }, (_, at) => ({
      id: idOf("d", 1000 + at),
      code: `X${at}`,
      name: "X",
      managerId: null,
      parentId: at === 0 ? database : idOf("d", 1000 + at - 1),
    }));
    const last = many.at(-1)?.id as string;
    const employees = TREE.employees.map((row) => (row.id === ID.bo ? { ...row, departmentId: last } : row));
    await load(latchkey.store, { departments: [...TREE.departments, ...many], employees });
    const key = await keyWith(latchkey, everything({ departmentIds: [backend] }));
    const query = `{ departments { totalCount } employees(sort: [{ firstName: ASC }]) { totalCount nodes { firstName
      department { code } manager { firstName } reports { totalCount nodes { firstName } } } } }`;
    expect(await key.read(query)).toEqual({
      departments: { totalCount: 602 },
      employees: {
        totalCount: 3,
        nodes: [
          {
            firstName: "Bo",
            department: { code: "X599" },
            manager: null,
            reports: { totalCount: 2, nodes: [{ firstName: "Di" }, { firstName: "Ed" }] },
          },
          {
            firstName: "Di",
            department: { code: "DB" },
            manager: { firstName: "Bo" },
            reports: { totalCount: 0, nodes: [] },
          },
          {
            firstName: "Ed",
            department: { code: "BE" },
            manager: { firstName: "Bo" },
            reports: { totalCount: 0, nodes: [] },
          },
        ],
      },
    });
    await key.read(`mutation { updateEmployee(id: "${ID.bo}", input: { lastName: "X" }) { id } }`);
  });
});
