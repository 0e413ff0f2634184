import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, countTrail, type GrantGiven, ID, keyWith, STAFF, selectsOf, stored } from "./staff";

interface AuditRow {
  readonly action: string;
  readonly actorKind: string;
  readonly actorId: string;
  readonly targetId: string;
  readonly before: string | null;
  readonly after: string | null;
}

const employee = (actions: GrantGiven["actions"], ...fields: string[]): GrantGiven => ({
  resource: "employee",
  actions,
  ...(fields.length > 0 && { fields }),
});

describe("a key whose permissions differ by action", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  /** Sends what must be refused, and proves that it read no row, changed none and left no trail. */
  const refusedBefore = async (key: Caller, query: string, missing: readonly string[], variables?: object) => {
    const records = () => latchkey.store.select("SELECT * FROM employee ORDER BY id", []);
    const before = [await records(), await countTrail(latchkey)];
    const statements = await selectsOf(latchkey, async () => {
      const reply = await key.ask(query, variables);
      expect({ query, status: reply.status }).toEqual({ query, status: 403 });
      expect(reply.data).toBeUndefined();
      expect(reply.errors?.map(({ extensions }) => extensions["missing"]).sort()).toEqual([...missing].sort());
      for (const { extensions } of reply.errors ?? [])
        expect(extensions).toMatchObject({ code: "FORBIDDEN_FIELD", deniedBy: "KEY" });
    });
    expect(statements).toEqual([]);
    expect([await records(), await countTrail(latchkey)]).toEqual(before);
  };
  const update = (input: string, selection: string) =>
    `mutation { updateEmployee(id: "${ID.ed}", input: ${input}) { ${selection} } }`;

  describe("that reads the email and updates the phone", () => {
    let key: Caller;
    beforeAll(async () => {
      key = await keyWith(latchkey, [employee(["READ"], "email"), employee(["UPDATE"], "phone")]);
    });

    it("does both, in one operation", async () => {
      expect(await key.read(`{ employee(id: "${ID.ed}") { id version email } }`)).toMatchObject({
        employee: { email: "ed@example.com" },
      });
      expect(await key.read(update('{ phone: "123", version: 1 }', "id version email"))).toEqual({
        updateEmployee: { id: ID.ed, version: 2, email: "ed@example.com" },
      });
      expect(await stored(latchkey, "employee", ID.ed)).toMatchObject({ phone: "123", version: 2 });
    });

    it("neither reads the phone nor updates the email, in whatever place", async () => {
      await refusedBefore(key, "{ employees { nodes { phone } } }", ["employee.phone:READ"]);
      await refusedBefore(key, '{ employees(filter: { phone: { startsWith: "1" } }) { totalCount } }', [
        "employee.phone:READ",
      ]);
      await refusedBefore(key, "{ employees(sort: [{ phone: ASC }]) { nodes { id } } }", ["employee.phone:READ"]);
      await refusedBefore(key, update('{ email: "e@example.com" }', "id"), ["employee.email:UPDATE"]);
      await refusedBefore(key, update('{ phone: "1", departmentId: null, managerId: null }', "id"), [
        "employee.department:UPDATE",
        "employee.manager:UPDATE",
      ]);
    });

    it("is refused a payload that it may not read before anything is written", async () => {
      await refusedBefore(key, update('{ phone: "1" }', "id phone"), ["employee.phone:READ"]);
      await refusedBefore(key, update('{ phone: "1" }', "id salary manager { email }"), [
        "employee.salary:READ",
        "employee.manager:READ",
      ]);
      const fragment = `${update('{ phone: "1" }', "...F")} fragment F on Employee { id pay: salary }`;
      await refusedBefore(key, fragment, ["employee.salary:READ"]);
    });

    it("is refused a second mutation's fault before the first is run", async () => {
      const query = `mutation { a: updateEmployee(id: "${ID.ed}", input: { phone: "1" }) { id }
        b: updateEmployee(id: "${ID.bo}", input: { salary: 1 }) { id } }`;
      await refusedBefore(key, query, ["employee.salary:UPDATE"]);
    });

    it("is refused what its variables name, null and unchanged values included", async () => {
      const query =
        "mutation ($id: ID!, $input: UpdateEmployeeInput!) { updateEmployee(id: $id, input: $input) { id } }";
      for (const input of [{ salary: null }, { phone: "1", salary: 4000 }, { salary: 4000 }]) {
        await refusedBefore(key, query, ["employee.salary:UPDATE"], { id: ID.ed, input });
      }
      expect((await key.ask(query, { id: ID.ed, input: { phone: "1" } })).status).toBe(200);
    });

    it("makes and deletes nothing", async () => {
      const missing = [
        "employee:CREATE",
        "employee.employeeNumber:CREATE",
        "employee.firstName:CREATE",
        "employee.lastName:CREATE",
      ];
      const create =
        'mutation { createEmployee(input: { employeeNumber: "1", firstName: "a", lastName: "b" }) { id } }';
      const reply = await key.ask(create);
      expect(reply.status).toBe(403);
      expect(new Set(reply.errors?.map(({ extensions }) => extensions["missing"]))).toEqual(new Set(missing));
      expect((await key.ask(`mutation { deleteEmployee(id: "${ID.gus}") { id } }`)).status).toBe(403);
      expect(await stored(latchkey, "employee", ID.gus)).not.toBeNull();
    });

    it("sees in introspection what it reads and what it updates, each in its place", async () => {
      const { output, input, filter, sort, mutations } = await key.read<
        Record<string, { fields?: Named[]; inputFields?: Named[] }>
      >(
        `{ output: __type(name: "Employee") { fields { name } } input: __type(name: "UpdateEmployeeInput") { inputFields { name } }
           filter: __type(name: "EmployeeFilter") { inputFields { name } } sort: __type(name: "EmployeeSort") { inputFields { name } }
           mutations: __type(name: "Mutation") { fields { name } } }`,
      );
      expect(namesOf(output?.fields)).toEqual(["email", "id", "version"]);
      expect(namesOf(input?.inputFields)).toEqual(["phone", "version"]);
      expect(namesOf(filter?.inputFields)).toEqual(["and", "email", "id", "not", "or"]);
      expect(namesOf(sort?.inputFields)).toEqual(["email", "id"]);
      expect(namesOf(mutations?.fields)).toContain("updateEmployee");
      expect(namesOf(mutations?.fields)).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/^(create|delete)/)]),
      );
    });
  });

  describe("that only deletes", () => {
    let key: Caller;
    beforeAll(async () => {
      key = await keyWith(latchkey, [employee(["DELETE"])]);
    });

    it("deletes without seeing what, and reads nothing before or after", async () => {
      expect(await key.read(`mutation { deleteEmployee(id: "${ID.gus}") { __typename } }`)).toEqual({
        deleteEmployee: { __typename: "Employee" },
      });
      expect(await stored(latchkey, "employee", ID.gus)).toBeNull();
      await refusedBefore(key, `mutation { deleteEmployee(id: "${ID.ed}") { version } }`, ["employee:READ"]);
      await refusedBefore(key, `mutation { deleteEmployee(id: "${ID.ed}") { lastName } }`, ["employee.lastName:READ"]);
      await refusedBefore(key, "{ employees { totalCount } }", ["employee:READ", "employee:READ"]);
      await refusedBefore(key, update("{ version: 1 }", "__typename"), Array(4).fill("employee:UPDATE"));
    });

    it("is told NOT_FOUND and CONFLICT like everybody", async () => {
      const remove = "mutation ($id: ID!, $version: Int) { deleteEmployee(id: $id, version: $version) { __typename } }";
      expect(await key.ask(remove, { id: ID.nobody })).toMatchObject({ status: 404 });
      expect(await key.ask(remove, { id: ID.gus, version: 7 })).toMatchObject({ status: 409 });
      expect(await key.ask(remove, { id: ID.ada })).toMatchObject({ status: 409 });
    });
  });

  describe("that only creates", () => {
    let key: Caller;
    const create = (more: string, selection: string) =>
      `mutation { createEmployee(input: { employeeNumber: "C-1", firstName: "C", lastName: "R"${more} }) { ${selection} } }`;
    beforeAll(async () => {
      key = await keyWith(latchkey, [employee(["CREATE"], "employeeNumber", "firstName", "lastName", "department")]);
    });

    it("makes records of the fields it has, without seeing them", async () => {
      expect(await key.read(create(`, departmentId: "${ID.sales}"`, "__typename"))).toEqual({
        createEmployee: { __typename: "Employee" },
      });
      const { employees } = await owner.read<{ employees: { nodes: object[] } }>(
        '{ employees(filter: { employeeNumber: { eq: "C-1" } }) { nodes { lastName department { name } salary } } }',
      );
      expect(employees.nodes).toEqual([{ lastName: "R", department: { name: "Sales" }, salary: null }]);
    });

    it("sets no other field, and reads nothing back", async () => {
      await refusedBefore(key, create(", salary: 1", "__typename"), ["employee.salary:CREATE"]);
      await refusedBefore(key, create(", salary: null", "__typename"), ["employee.salary:CREATE"]);
      await refusedBefore(key, create("", "version"), ["employee:READ"]);
      await refusedBefore(key, create("", "__typename lastName"), ["employee.lastName:READ"]);
      await refusedBefore(key, update('{ lastName: "X" }', "__typename"), [
        ...Array(3).fill("employee:UPDATE"),
        "employee.lastName:UPDATE",
      ]);
    });
  });

  it("leaves a trail that names fields and never values, and says which key it was", async () => {
    const key = await keyWith(latchkey, [{ resource: "employee", actions: ["CREATE", "READ", "UPDATE", "DELETE"] }]);
    const { viewer } = await key.read<{ viewer: { apiKey: { id: string } } }>("{ viewer { apiKey { id } } }");
    const { createEmployee } = await key.read<{ createEmployee: { id: string } }>(
      `mutation { createEmployee(input: { employeeNumber: "T-1", firstName: "Zaphod", lastName: "Beeblebrox", salary: 42424.42,
        birthDate: "1942-04-02", managerId: "${ID.ada}" }) { id } }`,
    );
    const { id } = createEmployee;
    await key.read(
      `mutation { updateEmployee(id: "${id}", input: { lastName: "Trillian", salary: 77777, phone: null, managerId: null }) { id } }`,
    );
    await key.read(`mutation { deleteEmployee(id: "${id}") { id } }`);
    const trail = await latchkey.store.select<AuditRow>(
      "SELECT * FROM audit_event WHERE targetId = ? ORDER BY at, id",
      [id],
    );
    expect(trail.map(({ action }) => action)).toEqual(["employee.create", "employee.update", "employee.delete"]);
    for (const row of trail) expect(row).toMatchObject({ actorKind: "API_KEY", actorId: viewer.apiKey.id });
    expect(
      trail.map(({ after }) => (after === null ? null : (JSON.parse(after) as { fields: string[] }).fields.sort())),
    ).toEqual([
      ["birthDate", "employeeNumber", "firstName", "lastName", "manager", "salary"],
      ["lastName", "manager", "salary"],
      null,
    ]);
    expect(JSON.stringify(trail)).not.toMatch(/Zaphod|Beeblebrox|Trillian|42424|77777|1942|T-1/);
    expect(latchkey.logged()).not.toMatch(/Zaphod|Beeblebrox|42424/);
  });
});

interface Named {
  readonly name: string;
}

function namesOf(members: readonly Named[] | null | undefined): string[] {
  return (members ?? []).map(({ name }) => name).sort();
}
