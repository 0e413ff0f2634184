import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, STAFF, stored } from "./staff";

const EVERY_FIELD = `id version employeeNumber firstName lastName email phone birthDate gender hireDate terminationDate jobTitle
  location salary department { id version code name manager { firstName } } manager { id firstName department { name } }`;

const GRACE = {
  employeeNumber: "G-1",
  firstName: "Grace Brewster",
  lastName: "Hopper-O'Neill",
  email: "grace+navy@example.com",
  phone: "+47 22 00 00 00",
  birthDate: "1906-12-09",
  gender: "F",
  hireDate: "2024-02-29",
  terminationDate: "2044-12-31",
  jobTitle: "Rear admiral 💾",
  location: "Tromsø",
  salary: 123456.78,
};

describe("employees over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const create = async (input: object) => {
    const { createEmployee } = await owner.read<{ createEmployee: { id: string } & Record<string, unknown> }>(
      `mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { ${EVERY_FIELD} } }`,
      { input },
    );
    return createEmployee;
  };
  const one = async (id: string) =>
    (
      await owner.read<{ employee: Record<string, unknown> | null }>(
        `query ($id: ID!) { employee(id: $id) { ${EVERY_FIELD} } }`,
        { id },
      )
    ).employee;

  it("are made with every field, and read back by id and in the list as they were made", async () => {
    const made = await create({ ...GRACE, departmentId: ID.sales, managerId: ID.di });
    expect(made).toEqual({
      ...GRACE,
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      version: 1,
      department: { id: ID.sales, version: 1, code: "SAL", name: "Sales", manager: { firstName: "Bo" } },
      manager: { id: ID.di, firstName: "Di", department: { name: "Sales" } },
    });
    expect(await one(made.id)).toEqual(made);
    const { employees } = await owner.read<{ employees: { nodes: object[] } }>(
      `query ($id: ID!) { employees(filter: { id: { eq: $id } }) { nodes { ${EVERY_FIELD} } } }`,
      { id: made.id },
    );
    expect(employees.nodes).toEqual([made]);
  });

  it("are made with the required fields alone; everything else is null", async () => {
    const required = { employeeNumber: "R-1", firstName: "R", lastName: "Q" };
    const made = await create(required);
    const empty = Object.fromEntries(Object.keys(GRACE).map((field) => [field, null]));
    expect(made).toEqual({ ...empty, ...required, id: made.id, version: 1, department: null, manager: null });
  });

  it("are changed field by field: what is left out stays, null takes away, and the version moves by one", async () => {
    const made = await create({ ...GRACE, departmentId: ID.sales, managerId: ID.di });
    const update = `mutation ($id: ID!, $input: UpdateEmployeeInput!) {
      updateEmployee(id: $id, input: $input) { ${EVERY_FIELD} }
    }`;
    const changes = { lastName: "Murray", salary: 0, managerId: ID.ada, birthDate: "1906-12-10", phone: null };
    const { updateEmployee } = await owner.read<{ updateEmployee: object }>(update, {
      id: made.id,
      input: { ...changes, version: 1 },
    });
    const { managerId: _, ...plain } = changes;
    const manager = { id: ID.ada, firstName: "Ada", department: { name: "Engineering" } };
    expect(updateEmployee).toEqual({ ...made, ...plain, manager, version: 2 });
    expect(await one(made.id)).toEqual(updateEmployee);
    const nothing = { email: null, phone: null, birthDate: null, gender: null, hireDate: null, terminationDate: null };
    const cleared = { ...nothing, jobTitle: null, location: null, salary: null };
    const { updateEmployee: bare } = await owner.read<{ updateEmployee: object }>(update, {
      id: made.id,
      input: { ...cleared, departmentId: null, managerId: null },
    });
    expect(bare).toEqual({ ...updateEmployee, ...cleared, department: null, manager: null, version: 3 });
  });

  it("are deleted, returned as they were, and gone", async () => {
    const { deleteEmployee } = await owner.read<{ deleteEmployee: object }>(
      "mutation ($id: ID!) { deleteEmployee(id: $id, version: 1) { firstName manager { firstName } } }",
      { id: ID.gus },
    );
    expect(deleteEmployee).toEqual({ firstName: "Gus", manager: { firstName: "Di" } });
    expect(await one(ID.gus)).toBeNull();
    expect(await stored(latchkey, "employee", ID.gus)).toBeNull();
    const { employees } = await owner.read<{ employees: { totalCount: number } }>("{ employees { totalCount } }");
    expect(employees.totalCount).toBe(6);
  });

  it("are listed in order of creation, fifty at a time, unless asked otherwise", async () => {
    const many = Array.from({ length: 60 }, (_, at) => ({
      ...(STAFF.employees[6] as (typeof STAFF.employees)[number]),
      id: `${ID.gus.slice(0, -4)}${String(1000 + at)}`,
      employeeNumber: `M-${at}`,
    }));
    await load(latchkey.store, { ...STAFF, employees: [...STAFF.employees, ...many] });
    const { employees } = await owner.read<{ employees: { nodes: { id: string }[]; totalCount: number } }>(
      "{ employees { totalCount nodes { id } } }",
    );
    expect(employees.totalCount).toBe(67);
    expect(employees.nodes.map(({ id }) => id)).toEqual([...STAFF.employees, ...many].slice(0, 50).map(({ id }) => id));
  });

  it("are null by an id that is nobody's, of whatever form", async () => {
    for (const id of [ID.nobody, "", "1", "\0", "%", `${ID.ada} `, ID.ada.toUpperCase(), "x".repeat(10_000)]) {
      expect(await one(id)).toBeNull();
    }
    const { employee } = await owner.read("{ employee(id: 1) { id } }");
    expect(employee).toBeNull();
  });
});
