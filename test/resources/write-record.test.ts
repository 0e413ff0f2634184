import { AuditEvent } from "../../src/audit/audit-event.entity";
import type { RequestContext } from "../../src/context";
import { type Answer, contextFor, dataOf, openDatabase, run, sessionOf, type TestDatabase } from "./harness";

const CREATE =
  "mutation($input: CreateEmployeeInput!) { createEmployee(input: $input) { id version lastName manager { id } } }";
const UPDATE = `mutation($id: ID!, $input: UpdateEmployeeInput!) {
  updateEmployee(id: $id, input: $input) { id version lastName email salary hireDate department { id } manager { id } }
}`;
const DELETE =
  "mutation($id: ID!, $version: Int) { deleteEmployee(id: $id, version: $version) { id lastName manager { id } } }";
const NOWHERE = "00000000-0000-7000-8000-000000000000";

describe("writing", () => {
  let database: TestDatabase;
  let ctx: RequestContext;
  let made = 0;
  beforeAll(async () => {
    database = await openDatabase();
    ctx = contextFor(database.store);
  });
  afterAll(() => database.close());

  const person = (more: object = {}) => ({ employeeNumber: `N${++made}`, firstName: "F", lastName: "L", ...more });
  const create = async (more: object = {}): Promise<Answer> =>
    (await dataOf(ctx, CREATE, { input: person(more) })).createEmployee;
  const createDepartment = async (): Promise<string> =>
    (await dataOf(ctx, `mutation { createDepartment(input: { code: "D${++made}", name: "D" }) { id } }`))[
      "createDepartment"
    ]!.id;
  const versionOf = async (id: string) =>
    (await dataOf(ctx, "query($id: ID!) { employee(id: $id) { version } }", { id })).employee.version;
  const trail = () => database.store.reader.getRepository(AuditEvent).find({ order: { at: "ASC", id: "ASC" } });
  const count = async () => (await dataOf(ctx, "{ employees { totalCount } }")).employees.totalCount;

  it("moves the version by one, keeps what is left out and takes away what is null", async () => {
    const departmentId = await createDepartment();
    const { id } = await create({ email: "a@b", salary: 10.5, hireDate: "2020-02-29", departmentId });
    const { updateEmployee } = await dataOf(ctx, UPDATE, { id, input: { email: null, lastName: "M", version: 1 } });
    expect(updateEmployee).toEqual({
      id,
      version: 2,
      lastName: "M",
      email: null,
      salary: 10.5,
      hireDate: "2020-02-29",
      department: { id: departmentId },
      manager: null,
    });
  });

  it("refuses a stale version and changes nothing", async () => {
    const { id } = await create();
    await dataOf(ctx, UPDATE, { id, input: { lastName: "M" } });
    for (const [source, variables] of [
      [UPDATE, { id, input: { lastName: "X", version: 1 } }],
      [DELETE, { id, version: 1 }],
    ] as const) {
      expect((await run(ctx, source, variables)).errors).toMatchObject([{ code: "CONFLICT" }]);
    }
    expect(await versionOf(id)).toBe(2);
    expect((await dataOf(ctx, DELETE, { id, version: 2 })).deleteEmployee).toEqual({
      id,
      lastName: "M",
      manager: null,
    });
    expect((await run(ctx, DELETE, { id })).errors).toMatchObject([{ code: "NOT_FOUND" }]);
  });

  it("lets one of two changes of the same version through", async () => {
    const { id } = await create();
    const both = await Promise.all(
      ["X", "Y"].map((lastName) => run(ctx, UPDATE, { id, input: { lastName, version: 1 } })),
    );
    expect(both.flatMap(({ errors }) => errors.map(({ code }) => code))).toEqual(["CONFLICT"]);
    expect(await versionOf(id)).toBe(2);
  });

  it("writes neither version nor trail when everything is as asked already", async () => {
    const departmentId = await createDepartment();
    const values = { email: "a@b", salary: 10.1, hireDate: "2020-02-29", departmentId };
    const { id } = await create(values);
    const before = (await trail()).length;
    await dataOf(ctx, UPDATE, { id, input: { ...values, phone: null } });
    await dataOf(ctx, UPDATE, { id, input: {} });
    expect(await versionOf(id)).toBe(1);
    expect(await trail()).toHaveLength(before);
  });

  it("leaves a trail of the fields, never of their values", async () => {
    const before = (await trail()).length;
    const { id } = await create({ email: "secret@b" });
    await dataOf(ctx, UPDATE, { id, input: { lastName: "L", salary: 77_123 } });
    await dataOf(ctx, DELETE, { id });
    const events = (await trail()).slice(before);
    expect(events.map(({ action, targetKind, targetId, after }) => ({ action, targetKind, targetId, after }))).toEqual([
      {
        action: "employee.create",
        targetKind: "employee",
        targetId: id,
        after: { fields: ["employeeNumber", "firstName", "lastName", "email"] },
      },
      { action: "employee.update", targetKind: "employee", targetId: id, after: { fields: ["salary"] } },
      { action: "employee.delete", targetKind: "employee", targetId: id, after: null },
    ]);
    expect(JSON.stringify(events)).not.toMatch(/secret|77123/);
  });

  it.each([
    [{ lastName: " " }, "input.lastName"],
    [{ lastName: "x".repeat(121) }, "input.lastName"],
    [{ lastName: "a\0" }, "input.lastName"],
    [{ lastName: "a\nb" }, "input.lastName"],
    [{ lastName: "\uD800" }, "input.lastName"],
    [{ email: "nobody" }, "input.email"],
    [{ email: "" }, "input.email"],
    [{ salary: -1 }, "input.salary"],
    [{ salary: 1.001 }, "input.salary"],
    [{ salary: 1e12 }, "input.salary"],
    [{ departmentId: "7" }, "input.departmentId"],
    [{ departmentId: NOWHERE }, "input.departmentId"],
    [{ managerId: NOWHERE }, "input.managerId"],
  ])("refuses %j, naming the field", async (wrong, field) => {
    const { id } = await create();
    const before = await count();
    const events = (await trail()).length;
    const created = await run(ctx, CREATE, { input: person(wrong) });
    expect(created.errors).toMatchObject([{ code: "BAD_USER_INPUT", field }]);
    const updated = await run(ctx, UPDATE, { id, input: wrong });
    expect(updated.errors).toMatchObject([{ code: "BAD_USER_INPUT", field }]);
    expect(await count()).toBe(before);
    expect(await trail()).toHaveLength(events);
  });

  it("does not take a required value away, nor a date that is none", async () => {
    const { id } = await create();
    const taken = await run(ctx, UPDATE, { id, input: { lastName: null } });
    expect(taken.errors).toMatchObject([{ code: "BAD_USER_INPUT", field: "input.lastName" }]);
    const { errors } = await run(ctx, UPDATE, { id, input: { birthDate: "2023-02-29" } });
    expect(errors[0]!.message).toContain("2023-02 has 28 days");
  });

  it("names the field whose value is taken", async () => {
    const input = person();
    await dataOf(ctx, CREATE, { input });
    const again = await run(ctx, CREATE, { input: person({ employeeNumber: input.employeeNumber }) });
    expect(again.errors).toMatchObject([{ code: "CONFLICT", field: "input.employeeNumber" }]);
    const { id } = await create();
    const changed = await run(ctx, UPDATE, { id, input: { employeeNumber: input.employeeNumber } });
    expect(changed.errors).toMatchObject([{ code: "CONFLICT", field: "input.employeeNumber" }]);
    await create({ employeeNumber: input.employeeNumber.toLowerCase() });
  });

  it("refuses to be one's own manager, at any distance", async () => {
    const top = await create();
    const middle = await create({ managerId: top.id });
    const low = await create({ managerId: middle.id });
    for (const managerId of [top.id, middle.id, low.id]) {
      const { errors } = await run(ctx, UPDATE, { id: top.id, input: { managerId } });
      expect(errors).toMatchObject([{ code: "BAD_USER_INPUT", field: "input.managerId" }]);
    }
    const both = await Promise.all([
      run(ctx, UPDATE, { id: middle.id, input: { managerId: null } }),
      run(ctx, UPDATE, { id: top.id, input: { managerId: low.id } }),
    ]);
    expect(both[0]!.errors).toEqual([]);
  });

  it("closes no circle by two changes at once", async () => {
    for (let round = 0; round < 5; round++) {
      const [left, right] = [await create(), await create()];
      const both = await Promise.all([
        run(ctx, UPDATE, { id: left.id, input: { managerId: right.id } }),
        run(ctx, UPDATE, { id: right.id, input: { managerId: left.id } }),
      ]);
      expect(both.flatMap(({ errors }) => errors.map(({ code }) => code))).toEqual(["BAD_USER_INPUT"]);
    }
  });

  it("does not delete what others refer to", async () => {
    const top = await create();
    await create({ managerId: top.id });
    const { errors } = await run(ctx, DELETE, { id: top.id });
    expect(errors).toMatchObject([{ code: "CONFLICT", message: expect.stringContaining("Other records refer") }]);
    expect(await versionOf(top.id)).toBe(1);
  });

  it("finds nothing under ids of any form", async () => {
    for (const id of ["", "1", NOWHERE, "\0", "x".repeat(5000)]) {
      expect((await run(ctx, UPDATE, { id, input: { lastName: "X" } })).errors).toMatchObject([{ code: "NOT_FOUND" }]);
      expect((await run(ctx, DELETE, { id })).errors).toMatchObject([{ code: "NOT_FOUND" }]);
    }
  });

  describe("within rows", () => {
    const oslo = [{ locations: ["Oslo"] }];
    const limited = (action: string) => contextFor(database.store, { [`employee:${action}`]: oslo });

    it("finds no record beyond those of the action", async () => {
      const { id } = await create({ location: "Bergen" });
      const events = (await trail()).length;
      const updated = await run(limited("UPDATE"), UPDATE, { id, input: { location: "Oslo" } });
      expect(updated.errors).toMatchObject([{ code: "NOT_FOUND" }]);
      expect((await run(limited("DELETE"), DELETE, { id })).errors).toMatchObject([{ code: "NOT_FOUND" }]);
      expect(await versionOf(id)).toBe(1);
      expect(await trail()).toHaveLength(events);
    });

    it("neither makes a record outside nor moves one out", async () => {
      const { id } = await create({ location: "Oslo" });
      const before = await count();
      const created = await run(limited("CREATE"), CREATE, { input: person({ location: "Bergen" }) });
      expect(created.errors).toMatchObject([{ code: "OUT_OF_SCOPE" }]);
      const moved = await run(limited("UPDATE"), UPDATE, { id, input: { location: null } });
      expect(moved.errors).toMatchObject([{ code: "OUT_OF_SCOPE" }]);
      expect(await count()).toBe(before);
      expect(await versionOf(id)).toBe(1);
      await dataOf(limited("CREATE"), CREATE, { input: person({ location: "Oslo" }) });
    });

    it("takes back a change whose answer may not be read, unless it asks for nothing", async () => {
      const { id } = await create({ location: "Bergen" });
      const before = await count();
      for (const [source, variables] of [
        [UPDATE, { id, input: { lastName: "X" } }],
        [DELETE, { id }],
        [CREATE, { input: person() }],
      ] as const) {
        expect((await run(limited("READ"), source, variables)).errors).toMatchObject([{ code: "OUT_OF_SCOPE" }]);
      }
      expect(await count()).toBe(before);
      expect(await versionOf(id)).toBe(1);
      const blind = "mutation($input: CreateEmployeeInput!) { createEmployee(input: $input) { __typename } }";
      expect(await dataOf(limited("READ"), blind, { input: person() })).toEqual({
        createEmployee: { __typename: "Employee" },
      });
    });

    it("creates below oneself under REPORTS, and hides relations of the answer that may not be read", async () => {
      const top = await create({ location: "Bergen" });
      const reports = [{ reports: true }];
      const own = contextFor(
        database.store,
        { "employee:CREATE": reports, "employee:READ": [{ reports: true }] },
        sessionOf(top.id),
      );
      const { createEmployee } = await dataOf(own, CREATE, { input: person({ managerId: top.id }) });
      expect(createEmployee).toMatchObject({ manager: null });
      expect((await run(own, CREATE, { input: person() })).errors).toMatchObject([{ code: "OUT_OF_SCOPE" }]);
    });
  });
});
