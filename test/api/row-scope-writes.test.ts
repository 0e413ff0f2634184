import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { download, fileOf, uploaded } from "./files";
import { type Caller, countTrail, type GrantGiven, ID, keyWith, personWith, STAFF, stored } from "./staff";

describe("row scopes of what may be changed, over HTTP,", () => {
  let latchkey: TestLatchkey;
  beforeAll(async () => {
    latchkey = await startLatchkey();
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const update = (id: string, input: string) =>
    `mutation { updateEmployee(id: "${id}", input: ${input}) { __typename } }`;
  const remove = (id: string) => `mutation { deleteEmployee(id: "${id}") { __typename } }`;
  const create = (more: string) =>
    `mutation { createEmployee(input: { employeeNumber: "X-1", firstName: "X", lastName: "Y"${more} }) { __typename } }`;
  /** Proves that an operation is refused with this code and that no record changed and no trail was left. */
  const refused = async (key: Caller, query: string, status: number, code: string) => {
    const everything = async () => [
      await latchkey.store.select("SELECT * FROM employee ORDER BY id", []),
      await latchkey.store.select("SELECT * FROM department ORDER BY id", []),
      await countTrail(latchkey),
    ];
    const before = await everything();
    const reply = await key.ask(query);
    expect({ query, status: reply.status, code: reply.errors?.[0]?.extensions.code }).toEqual({
      query,
      status,
      code,
    });
    expect(await everything()).toEqual(before);
  };

  it("make records beyond them NOT_FOUND, read or not, like those that do not exist", async () => {
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["READ"] },
      { resource: "employee", actions: ["UPDATE", "DELETE"], rows: { departmentIds: [ID.sales] } },
    ]);
    for (const id of [ID.cy, ID.fay, ID.nobody]) {
      await refused(key, update(id, '{ lastName: "X" }'), 404, "NOT_FOUND");
      await refused(key, update(id, '{ lastName: "X", version: 9 }'), 404, "NOT_FOUND");
      await refused(key, update(id, "{}"), 404, "NOT_FOUND");
      await refused(key, update(id, '{ employeeNumber: "N-Ada" }'), 404, "NOT_FOUND");
      await refused(key, remove(id), 404, "NOT_FOUND");
    }
    await key.read(update(ID.ed, '{ lastName: "X" }'));
    await key.read(remove(ID.ed));
    expect(await stored(latchkey, "employee", ID.ed)).toBeNull();
  });

  it("let no record be moved out of them, nor made outside of them", async () => {
    const key = await keyWith(latchkey, [
      {
        resource: "employee",
        actions: ["CREATE", "READ", "UPDATE"],
        rows: { departmentIds: [ID.sales], locations: ["Oslo"] },
      },
    ]);
    await refused(key, update(ID.bo, `{ departmentId: "${ID.engineering}" }`), 403, "OUT_OF_SCOPE");
    await refused(key, update(ID.bo, "{ departmentId: null }"), 403, "OUT_OF_SCOPE");
    await refused(key, update(ID.cy, '{ location: "oslo" }'), 403, "OUT_OF_SCOPE");
    await refused(key, create(""), 403, "OUT_OF_SCOPE");
    await refused(key, create(`, departmentId: "${ID.engineering}", location: "Bergen"`), 403, "OUT_OF_SCOPE");
    await key.read(update(ID.ed, '{ location: "Bergen" }'));
    await key.read(update(ID.cy, `{ departmentId: "${ID.sales}", location: null }`));
    await key.read(create(', location: "Oslo"'));
  });

  it("are not widened by bringing people to where a limited permission of one's own begins to reach them", async () => {
    const mover = (rows: object): GrantGiven[] => [
      { resource: "employee", actions: ["UPDATE"], fields: ["location", "department", "manager", "phone"] },
      { resource: "employee", actions: ["READ"], fields: ["salary"], rows },
    ];
    const moves: [object, string, string][] = [
      [{ locations: ["Bergen"] }, ID.cy, '{ location: "Bergen" }'],
      [{ departmentIds: [ID.sales] }, ID.cy, `{ departmentId: "${ID.sales}" }`],
      [{ reports: true }, ID.cy, `{ managerId: "${ID.di}" }`],
      // Cy is reached before, and Fay below Cy is not.
      [{ locations: ["Oslo"], reports: true }, ID.cy, `{ managerId: "${ID.bo}" }`],
    ];
    for (const [rows, id, input] of moves) {
      const person = await personWith(latchkey, mover(rows), ID.bo);
      const phone = { resource: "employee", actions: ["UPDATE"], fields: mover({})[0]?.fields } as GrantGiven;
      const key = await keyWith(latchkey, [phone], person);
      for (const caller of [person, key]) {
        await refused(caller, update(id, input), 403, "OUT_OF_SCOPE");
        await refused(caller, update(id, input.replace("{", '{ phone: "1",')), 403, "OUT_OF_SCOPE");
      }
    }
    // Out of one's sight, within it, and where nothing is limited, people move as UPDATE says.
    const person = await personWith(latchkey, mover({ locations: ["Bergen", "Rome"], reports: true }), ID.bo);
    await person.read(update(ID.cy, `{ location: "Paris", departmentId: "${ID.sales}", managerId: null }`));
    await person.read(update(ID.fay, '{ location: "Rome" }'));
    await person.read(update(ID.fay, '{ location: "Oslo" }'));
    await refused(person, update(ID.fay, '{ location: "Rome" }'), 403, "OUT_OF_SCOPE");
    await person.read(update(ID.gus, `{ managerId: "${ID.ed}" }`));
  });

  it("are not widened by making somebody's record another's", async () => {
    const document = await uploaded(latchkey, latchkey.ownerToken, fileOf(ID.ada, "secret"));
    const person = await personWith(
      latchkey,
      [
        { resource: "document", actions: ["READ", "UPDATE"] },
        { resource: "document", actions: ["DOWNLOAD"], rows: { self: true } },
      ],
      ID.bo,
    );
    const move = (to: string) =>
      `mutation { updateDocument(id: "${document}", input: { employeeId: "${to}" }) { id } }`;
    await refused(person, move(ID.bo), 403, "OUT_OF_SCOPE");
    expect((await download(latchkey, person.token, document)).status).toBe(404);
    await person.read(move(ID.cy));
    await personWith(latchkey, [{ resource: "document", actions: ["READ", "UPDATE", "DOWNLOAD"] }], ID.bo).then(
      (other) => other.read(move(ID.bo)),
    );
    expect((await download(latchkey, person.token, document)).status).toBe(200);
    await person.read(move(ID.ada));
  });

  it("may differ by field, and both must reach the record when both are set", async () => {
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["UPDATE"], fields: ["phone"] },
      { resource: "employee", actions: ["UPDATE"], fields: ["salary"], rows: { departmentIds: [ID.sales] } },
    ]);
    await key.read(update(ID.fay, '{ phone: "1" }'));
    await key.read(update(ID.ed, '{ phone: "1", salary: 1 }'));
    await refused(key, update(ID.fay, '{ phone: "2", salary: 2 }'), 404, "NOT_FOUND");
    await refused(key, update(ID.fay, "{ salary: 3000 }"), 404, "NOT_FOUND");
  });

  it("are those of the action and not those of READ; an answer beyond READ takes the change back", async () => {
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["UPDATE", "DELETE", "CREATE"] },
      { resource: "employee", actions: ["READ"], fields: ["firstName"], rows: { departmentIds: [ID.sales] } },
    ]);
    const asking = (query: string) => query.replace("__typename", "id firstName");
    await refused(key, asking(update(ID.fay, '{ lastName: "X" }')), 403, "OUT_OF_SCOPE");
    await refused(key, asking(remove(ID.gus)), 403, "OUT_OF_SCOPE");
    await refused(key, asking(create("")), 403, "OUT_OF_SCOPE");
    await refused(key, asking(update(ID.ed, "{ departmentId: null }")), 403, "OUT_OF_SCOPE");
    await key.read(update(ID.fay, '{ lastName: "X" }'));
    await key.read(asking(update(ID.ed, '{ lastName: "X" }')));
    await key.read(asking(create(`, departmentId: "${ID.sales}"`)));
  });

  it("hold for SELF and REPORTS: the own phone, the pay of those below", async () => {
    const grants: GrantGiven[] = [
      { resource: "employee", actions: ["UPDATE"], fields: ["phone"], rows: { self: true } },
      { resource: "employee", actions: ["UPDATE"], fields: ["salary", "manager"], rows: { reports: true } },
    ];
    const boss = await personWith(latchkey, grants, ID.bo);
    await boss.read(update(ID.bo, '{ phone: "1" }'));
    await boss.read(update(ID.gus, "{ salary: 1 }"));
    await refused(boss, update(ID.bo, "{ salary: 1 }"), 404, "NOT_FOUND");
    await refused(boss, update(ID.gus, '{ phone: "1" }'), 404, "NOT_FOUND");
    await refused(boss, update(ID.fay, "{ salary: 1 }"), 404, "NOT_FOUND");
    await refused(boss, update(ID.gus, `{ managerId: "${ID.cy}" }`), 403, "OUT_OF_SCOPE");
    await boss.read(update(ID.gus, `{ managerId: "${ID.ed}" }`));
  });

  it("hold for departments as well", async () => {
    const key = await keyWith(latchkey, [
      { resource: "department", actions: ["READ", "UPDATE", "DELETE"], rows: { departmentIds: [ID.legal] } },
    ]);
    await refused(
      key,
      `mutation { updateDepartment(id: "${ID.sales}", input: { name: "X" }) { id } }`,
      404,
      "NOT_FOUND",
    );
    await refused(key, `mutation { deleteDepartment(id: "${ID.sales}") { id } }`, 404, "NOT_FOUND");
    await key.read(`mutation { updateDepartment(id: "${ID.legal}", input: { name: "X" }) { id name } }`);
    await key.read(`mutation { deleteDepartment(id: "${ID.legal}") { id name } }`);
  });
});
