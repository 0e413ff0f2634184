import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, STAFF, stored } from "./staff";

const EVERY_FIELD = "id version code name manager { id firstName department { code } }";

describe("departments over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const create = (input: object) =>
    owner.ask<{ createDepartment: { id: string } }>(
      `mutation ($input: CreateDepartmentInput!) { createDepartment(input: $input) { ${EVERY_FIELD} } }`,
      { input },
    );

  it("are made, read by id and in the list, changed and deleted, with every field", async () => {
    const made = (await create({ code: "R&D", name: "Research — “new”", managerId: ID.cy })).data?.createDepartment;
    const manager = { id: ID.cy, firstName: "Cy", department: { code: "ENG" } };
    const expected = { id: made?.id, version: 1, code: "R&D", name: "Research — “new”", manager };
    expect(made).toEqual(expected);
    const read = `query ($id: ID!) {
      department(id: $id) { ${EVERY_FIELD} }
      departments(filter: { id: { eq: $id } }) { totalCount nodes { ${EVERY_FIELD} } }
    }`;
    expect(await owner.read(read, { id: made?.id })).toEqual({
      department: expected,
      departments: { totalCount: 1, nodes: [expected] },
    });
    const update = `mutation ($id: ID!, $input: UpdateDepartmentInput!) {
      updateDepartment(id: $id, input: $input) { ${EVERY_FIELD} }
    }`;
    const input = { name: "Research", managerId: null, version: 1 };
    const changed = { ...expected, name: "Research", manager: null, version: 2 };
    expect(await owner.read(update, { id: made?.id, input })).toEqual({ updateDepartment: changed });
    const remove = `mutation ($id: ID!) { deleteDepartment(id: $id, version: 2) { ${EVERY_FIELD} } }`;
    expect(await owner.read(remove, { id: made?.id })).toEqual({ deleteDepartment: changed });
    expect(await stored(latchkey, "department", made?.id as string)).toBeNull();
  });

  it.each([
    [{ name: "x" }, "code"],
    [{ code: "X", name: null }, "name"],
  ])("need code and name: %j", async (input, field) => {
    const reply = await create(input);
    expect(reply).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }],
    });
  });

  it("share no code, which is told by name; case and accents make another code", async () => {
    expect(await create({ code: "ENG", name: "Again" })).toMatchObject({
      status: 409,
      errors: [{ extensions: { code: "CONFLICT", field: "input.code" } }],
    });
    for (const code of ["eng", "ÉNG", "ENG2"]) expect((await create({ code, name: "Other" })).status).toBe(200);
  });

  it("stay while somebody is in them, and while they are, their manager stays too", async () => {
    for (const [query, table, id] of [
      [`mutation { deleteDepartment(id: "${ID.sales}") { id } }`, "department", ID.sales],
      [`mutation { deleteEmployee(id: "${ID.ada}") { id } }`, "employee", ID.ada],
    ] as const) {
      expect(await owner.ask(query)).toMatchObject({ status: 409, errors: [{ extensions: { code: "CONFLICT" } }] });
      expect(await stored(latchkey, table, id)).toMatchObject({ version: 1 });
    }
    await owner.read(`mutation { deleteDepartment(id: "${ID.legal}") { id } }`);
  });

  it("take no manager who does not exist", async () => {
    expect(await create({ code: "X", name: "X", managerId: ID.nobody })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: "input.managerId" } }],
    });
  });
});
