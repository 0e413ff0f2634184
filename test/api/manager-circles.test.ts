import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, countTrail, ID, personWith, STAFF, stored } from "./staff";

const UPDATE = `mutation ($id: ID!, $input: UpdateEmployeeInput!) {
  updateEmployee(id: $id, input: $input) { version phone manager { id } } }`;

/** Imports bring in managers who lead each other, since real data have them; the API makes no new ones. */
describe("managers who lead each other in a circle, over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(async () => {
    await load(latchkey.store, STAFF);
    // Ada → Bo → Di → Ada; everybody else reports to nobody.
    await latchkey.store.transaction(async (tx) => {
      await tx.query("UPDATE employee SET managerId = NULL");
      for (const [id, manager] of [
        [ID.ada, ID.bo],
        [ID.bo, ID.di],
        [ID.di, ID.ada],
      ]) {
        await tx.query("UPDATE employee SET managerId = ? WHERE id = ?", [manager, id]);
      }
    });
  });

  const managerOf = async (id: string) =>
    ((await stored(latchkey, "employee", id)) as { managerId: unknown }).managerId;

  it("can be edited otherwise, also by a client that sends the manager back as it is", async () => {
    const input = { phone: "1" };
    expect(await owner.read(UPDATE, { id: ID.ada, input })).toEqual({
      updateEmployee: { version: 2, phone: "1", manager: { id: ID.bo } },
    });
    expect(await owner.read(UPDATE, { id: ID.bo, input: { ...input, managerId: ID.di } })).toEqual({
      updateEmployee: { version: 2, phone: "1", manager: { id: ID.di } },
    });
  });

  it("can be led out of it, and only out of it", async () => {
    const before = await countTrail(latchkey);
    expect(await owner.ask(UPDATE, { id: ID.ada, input: { managerId: ID.di } })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: "input.managerId" } }],
    });
    expect([await managerOf(ID.ada), await countTrail(latchkey)]).toEqual([ID.bo, before]);
    expect((await owner.ask(UPDATE, { id: ID.ada, input: { managerId: ID.ed } })).status).toBe(200);
    expect((await owner.ask(UPDATE, { id: ID.di, input: { managerId: null } })).status).toBe(200);
  });

  it("can be given somebody new, whose chain of managers then has no end", async () => {
    expect((await owner.ask(UPDATE, { id: ID.ed, input: { managerId: ID.ada } })).status).toBe(200);
    expect((await owner.ask(UPDATE, { id: ID.fay, input: { managerId: ID.ed } })).status).toBe(200);
    expect(await owner.ask(UPDATE, { id: ID.ed, input: { managerId: ID.fay } })).toMatchObject({ status: 400 });
    const input = { employeeNumber: "NEW", firstName: "N", lastName: "W", managerId: ID.fay };
    const create = "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }";
    expect((await owner.ask(create, { input })).status).toBe(200);
  });

  it("are read as they are, level by level", async () => {
    const query = `{ employee(id: "${ID.ada}") { manager { manager { manager { id } } } } }`;
    expect(await owner.read(query)).toEqual({ employee: { manager: { manager: { manager: { id: ID.ada } } } } });
  });

  it("report to each other, so that a grant for the own reports reaches all of them once, to read and to edit", async () => {
    const person = await personWith(
      latchkey,
      [{ resource: "employee", actions: ["READ", "UPDATE"], rows: { reports: true } }],
      ID.ada,
    );
    const { employees } = await person.read<{ employees: { totalCount: number; nodes: { id: string }[] } }>(
      "{ employees { totalCount nodes { id } } }",
    );
    expect(employees.totalCount).toBe(3);
    expect(employees.nodes.map(({ id }) => id).sort()).toEqual([ID.ada, ID.bo, ID.di].sort());
    expect((await person.ask(UPDATE, { id: ID.di, input: { phone: "2" } })).status).toBe(200);
    expect((await person.ask(UPDATE, { id: ID.ed, input: { phone: "2" } })).status).toBe(404);
  });
});
