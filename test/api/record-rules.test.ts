import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, countTrail, ID, keyWith, STAFF, stored } from "./staff";

const CREATE = "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }";
const UPDATE = `mutation ($id: ID!, $input: UpdateEmployeeInput!) {
  updateEmployee(id: $id, input: $input) { version hireDate terminationDate } }`;
const REFUSAL = {
  status: 400,
  errors: [
    {
      message: "input.terminationDate must not be before hireDate",
      extensions: { code: "BAD_USER_INPUT", field: "input.terminationDate" },
    },
  ],
};

describe("an employee's last day, over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const ed = () => stored(latchkey, "employee", ID.ed);

  it("is not before the first in a new record; nothing is made", async () => {
    const input = { employeeNumber: "NEW", firstName: "N", lastName: "W", hireDate: "2024-02-29" };
    const before = await countTrail(latchkey);
    expect(await owner.ask(CREATE, { input: { ...input, terminationDate: "2024-02-28" } })).toMatchObject(REFUSAL);
    expect(await latchkey.store.select("SELECT id FROM employee WHERE employeeNumber = 'NEW'", [])).toEqual([]);
    expect(await countTrail(latchkey)).toBe(before);
    expect((await owner.ask(CREATE, { input: { ...input, terminationDate: "2024-02-29" } })).status).toBe(200);
  });

  it("is not before the first after an update, whichever of the two it moves; nothing is changed", async () => {
    const set = (input: object) => owner.ask(UPDATE, { id: ID.ed, input });
    expect((await set({ hireDate: "2020-05-01", terminationDate: "2024-05-01" })).status).toBe(200);
    const before = [await ed(), await countTrail(latchkey)];
    for (const input of [
      { terminationDate: "2020-04-30" },
      { hireDate: "2024-05-02" },
      { hireDate: "2024-05-02", terminationDate: "2024-05-01", phone: "1" },
    ]) {
      expect(await set(input)).toMatchObject(REFUSAL);
    }
    expect([await ed(), await countTrail(latchkey)]).toEqual(before);
    for (const input of [
      { hireDate: "2024-05-01" },
      { hireDate: "2025-01-01", terminationDate: "2025-01-01" },
      { hireDate: null, terminationDate: "1990-01-01" },
      { terminationDate: null, hireDate: "2030-01-01" },
    ]) {
      expect((await set(input)).status).toBe(200);
    }
  });

  it("is judged by the record, not by what the key may read", async () => {
    await owner.read(UPDATE, { id: ID.ed, input: { hireDate: "2020-05-01" } });
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["UPDATE"], fields: ["terminationDate"] },
      { resource: "employee", actions: ["READ"], fields: ["firstName"] },
    ]);
    const update =
      "mutation ($id: ID!, $input: UpdateEmployeeInput!) { updateEmployee(id: $id, input: $input) { id } }";
    expect(await key.ask(update, { id: ID.ed, input: { terminationDate: "2020-04-30" } })).toMatchObject(REFUSAL);
    expect((await key.ask(update, { id: ID.ed, input: { terminationDate: "2020-05-01" } })).status).toBe(200);
  });

  it("holds against two changes at once: one of them is refused", async () => {
    for (let round = 0; round < 5; round++) {
      await load(latchkey.store, STAFF);
      const replies = await Promise.all([
        owner.ask(UPDATE, { id: ID.ed, input: { hireDate: "2024-05-02" } }),
        owner.ask(UPDATE, { id: ID.ed, input: { terminationDate: "2024-05-01" } }),
      ]);
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 400]);
    }
  });

  it("keeps no record that was wrong before from being edited elsewhere", async () => {
    await latchkey.store.transaction((tx) =>
      tx.query("UPDATE employee SET hireDate = '2024-01-02', terminationDate = '2024-01-01' WHERE id = ?", [ID.ed]),
    );
    const input = { phone: "1", hireDate: "2024-01-02" };
    expect((await owner.ask(UPDATE, { id: ID.ed, input })).status).toBe(200);
    expect(await owner.ask(UPDATE, { id: ID.ed, input: { hireDate: "2024-01-03" } })).toMatchObject(REFUSAL);
  });
});

describe("a blank required text", () => {
  it("is not told to be left out", async () => {
    const latchkey = await startLatchkey();
    try {
      const owner = callerOf(latchkey, latchkey.ownerToken);
      const input = { employeeNumber: "1", firstName: " ", lastName: "W" };
      expect((await owner.ask(CREATE, { input })).errors).toMatchObject([
        { message: "input.firstName must not be blank" },
      ]);
      expect((await owner.ask(CREATE, { input: { ...input, firstName: "F", phone: " " } })).errors).toMatchObject([
        { message: "input.phone must not be blank: leave it out or give null" },
      ]);
    } finally {
      await latchkey.stop();
    }
  });
});
