import { idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, countTrail, ID, STAFF, stored } from "./staff";

const CREATE = "mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id version lastName } }";
const UPDATE =
  "mutation ($id: ID!, $input: UpdateEmployeeInput!) { updateEmployee(id: $id, input: $input) { id version lastName } }";
const DELETE = "mutation ($id: ID!, $version: Int) { deleteEmployee(id: $id, version: $version) { id } }";

interface Changed {
  readonly updateEmployee: { readonly version: number; readonly lastName: string };
}

describe("changes over HTTP", () => {
  let latchkey: TestLatchkey;
  /** A second instance on the same database, as behind a load balancer. */
  let second: TestLatchkey;
  let owner: Caller;
  let elsewhere: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    owner = callerOf(latchkey, latchkey.ownerToken);
    elsewhere = callerOf(second, latchkey.ownerToken);
  });
  afterAll(async () => {
    await second.stop();
    await latchkey.stop();
  });
  beforeEach(() => load(latchkey.store, STAFF));

  const count = async () =>
    (await owner.read<{ employees: { totalCount: number } }>("{ employees { totalCount } }")).employees.totalCount;

  describe("at the same time", () => {
    it("of the same version: exactly one of twenty goes through, the others are told CONFLICT", async () => {
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          (at % 2 ? owner : elsewhere).ask<Changed>(UPDATE, { id: ID.ed, input: { lastName: `L${at}`, version: 1 } }),
        ),
      );
      const [won, ...more] = replies.filter(({ status }) => status === 200);
      expect(more).toEqual([]);
      const refused = replies.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(19);
      for (const reply of refused) {
        expect(reply).toMatchObject({ status: 409, errors: [{ extensions: { code: "CONFLICT" } }] });
      }
      const { version, lastName } = won?.data?.updateEmployee ?? {};
      expect(version).toBe(2);
      expect(await stored(latchkey, "employee", ID.ed)).toMatchObject({ version, lastName });
    });

    it("without a version: all twenty apply one after the other, none lost", async () => {
      const fields = ["lastName", "firstName", "phone", "gender", "jobTitle"] as const;
      const before = await countTrail(latchkey);
      const replies = await Promise.all(
        Array.from({ length: 20 }, (_, at) =>
          (at % 2 ? owner : elsewhere).ask<Changed>(UPDATE, {
            id: ID.ed,
            input: { [fields[at % 5] as string]: `value ${at}` },
          }),
        ),
      );
      expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
      const versions = replies.map(({ data }) => (data as Changed).updateEmployee.version).sort((a, b) => a - b);
      expect(versions).toEqual(Array.from({ length: 20 }, (_, at) => at + 2));
      const row = (await stored(latchkey, "employee", ID.ed)) as Record<string, unknown>;
      expect(row).toMatchObject({ version: 21, salary: 4000 });
      for (const field of fields) expect(row[field]).toMatch(/^value \d+$/);
      expect(await countTrail(latchkey)).toBe(before + 20);
    });

    it("making the same employee number: exactly one is made", async () => {
      const input = { employeeNumber: "TWICE", firstName: "T", lastName: "W" };
      const replies = await Promise.all(
        Array.from({ length: 10 }, (_, at) => (at % 2 ? owner : elsewhere).ask(CREATE, { input })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
      expect(await count()).toBe(8);
    });

    it("deleting a manager and giving them somebody: one of the two is refused, and nobody's manager is missing", async () => {
      for (let round = 0; round < 5; round++) {
        await load(latchkey.store, STAFF);
        const [gone, given] = await Promise.all([
          owner.ask(DELETE, { id: ID.gus }),
          elsewhere.ask(UPDATE, { id: ID.fay, input: { managerId: ID.gus } }),
        ]);
        expect([gone.status, given.status].filter((status) => status === 200)).toHaveLength(1);
        expect([400, 409]).toContain(gone.status === 200 ? given.status : gone.status);
        const { managerId } = (await stored(latchkey, "employee", ID.fay)) as { managerId: string };
        expect(await stored(latchkey, "employee", managerId)).not.toBeNull();
      }
    });
  });

  it("of the chain of managers, sixty at once over two instances, all end in yes or no and never in a circle", async () => {
    const ids = STAFF.employees.map(({ id }) => id);
    const replies = await Promise.all(
      Array.from({ length: 60 }, (_, at) => {
        const [id, managerId] = [ids[(at * 3) % 7], ids[(at * 5 + 1) % 7]];
        return (at % 2 ? owner : elsewhere).ask(UPDATE, { id, input: { managerId } });
      }),
    );
    expect(replies.filter(({ status }) => status !== 200 && status !== 400).map(({ text }) => text)).toEqual([]);
    const rows = await latchkey.store.select<{ id: string; managerId: string | null }>(
      "SELECT id, managerId FROM employee",
      [],
    );
    const managerOf = new Map(rows.map(({ id, managerId }) => [id, managerId]));
    for (const id of ids) {
      let steps = 0;
      for (let at = managerOf.get(id) ?? null; at !== null; at = managerOf.get(at) ?? null) {
        expect(++steps).toBeLessThan(ids.length);
      }
    }
  });

  it("with a stale version change nothing and leave no trail, be it update or delete", async () => {
    await owner.read(UPDATE, { id: ID.gus, input: { lastName: "Second" } });
    const before = await countTrail(latchkey);
    for (const version of [1, 3, 0, -1]) {
      for (const reply of [
        await owner.ask(UPDATE, { id: ID.gus, input: { lastName: "Stale", version } }),
        await owner.ask(UPDATE, { id: ID.gus, input: { version } }),
        await owner.ask(DELETE, { id: ID.gus, version }),
      ]) {
        expect(reply).toMatchObject({ status: 409, errors: [{ extensions: { code: "CONFLICT" } }] });
      }
    }
    expect(await stored(latchkey, "employee", ID.gus)).toMatchObject({ version: 2, lastName: "Second" });
    expect(await countTrail(latchkey)).toBe(before);
    expect((await owner.ask(DELETE, { id: ID.gus, version: 2 })).status).toBe(200);
  });

  it("that change nothing move no version and leave no trail", async () => {
    const before = [await stored(latchkey, "employee", ID.di), await countTrail(latchkey)];
    for (const input of [
      {},
      { version: 1 },
      { lastName: "Dison" },
      { salary: 5000.5, departmentId: ID.sales, managerId: ID.bo, phone: null, birthDate: null, version: 1 },
    ]) {
      expect(await owner.read(UPDATE, { id: ID.di, input })).toMatchObject({ updateEmployee: { version: 1 } });
    }
    expect([await stored(latchkey, "employee", ID.di), await countTrail(latchkey)]).toEqual(before);
  });

  it("in one document run one after the other; one that fails takes back itself alone", async () => {
    const reply = await owner.ask<Record<string, { version: number } | null>>(
      `mutation { a: updateEmployee(id: "${ID.ed}", input: { lastName: "One", version: 1 }) { version }
        b: updateEmployee(id: "${ID.ed}", input: { lastName: "Two", version: 2 }) { version } }`,
    );
    expect(reply.data).toEqual({ a: { version: 2 }, b: { version: 3 } });
    const failing = await owner.ask(
      `mutation { a: updateEmployee(id: "${ID.ed}", input: { lastName: "Three" }) { version }
        b: updateEmployee(id: "${ID.ed}", input: { lastName: "Never", version: 1 }) { version } }`,
    );
    expect(failing.errors).toMatchObject([{ path: ["b"], extensions: { code: "CONFLICT" } }]);
    expect(await stored(latchkey, "employee", ID.ed)).toMatchObject({ version: 4, lastName: "Three" });
  });

  it.each([
    ["no last name", { lastName: null }, "lastName"],
    ["a blank first name", { firstName: " \t " }, "firstName"],
    ["121 characters", { lastName: "x".repeat(121) }, "lastName"],
    ["121 characters of two units each", { lastName: "😀".repeat(121) }, "lastName"],
    ["an employee number of 33", { employeeNumber: "9".repeat(33) }, "employeeNumber"],
    ["NUL", { jobTitle: "a\0b" }, "jobTitle"],
    ["a line break", { jobTitle: "a\nb" }, "jobTitle"],
    ["half a surrogate pair", { location: "x\uD83D" }, "location"],
    ["no address", { email: "nobody at example.com" }, "email"],
    ["an address of 321", { email: `${"x".repeat(310)}@example.com`.slice(0, 321).padEnd(321, "m") }, "email"],
    ["30 February", { birthDate: "2024-02-30" }, "birthDate"],
    ["29 February of no leap year", { hireDate: "1900-02-29" }, "hireDate"],
    ["a thirteenth month", { hireDate: "2024-13-01" }, "hireDate"],
    ["a date with a time", { hireDate: "2024-01-01T00:00:00Z" }, "hireDate"],
    ["a date as a number", { terminationDate: 20240101 }, "terminationDate"],
    ["year 0000", { birthDate: "0000-01-01" }, "birthDate"],
    ["negative pay", { salary: -0.01 }, "salary"],
    ["pay of three decimals", { salary: 10.001 }, "salary"],
    ["pay beyond the column", { salary: 1_000_000_000_000 }, "salary"],
    ["pay as text", { salary: "10" }, "salary"],
    ["a department that is none", { departmentId: idOf("d", 77) }, "departmentId"],
    ["a department's id that is an employee's", { departmentId: ID.ada }, "departmentId"],
    ["a manager that is none", { managerId: ID.nobody }, "managerId"],
    ["an id of another form", { managerId: "'; DROP TABLE employee; --" }, "managerId"],
    ["a field that does not exist", { wage: 1 }, "wage"],
  ])("with %s are refused by the field's name; nothing is made or changed", async (_what, wrong, field) => {
    const before = [await stored(latchkey, "employee", ID.ed), await count(), await countTrail(latchkey)];
    const refusal = { status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }] };
    const valid = { employeeNumber: "NEW", firstName: "N", lastName: "W" };
    expect(await owner.ask(CREATE, { input: { ...valid, ...wrong } })).toMatchObject(refusal);
    expect(await owner.ask(UPDATE, { id: ID.ed, input: { phone: "1", ...wrong } })).toMatchObject(refusal);
    expect([await stored(latchkey, "employee", ID.ed), await count(), await countTrail(latchkey)]).toEqual(before);
  });

  it("take the longest text, every character and the least and most of every number and date", async () => {
    const extremes = {
      lastName: "😀".repeat(120),
      jobTitle: "'\"\\%_;--`{}\u00a0\u202e日本",
      email: `${"x".repeat(64)}@${"y".repeat(255)}`,
      birthDate: "1000-01-01",
      terminationDate: "9999-12-31",
      salary: 999_999_999_999.99,
    };
    const query = `mutation ($id: ID!, $input: UpdateEmployeeInput!) {
      updateEmployee(id: $id, input: $input) { ${Object.keys(extremes).join(" ")} } }`;
    expect(await owner.read(query, { id: ID.ed, input: extremes })).toEqual({ updateEmployee: extremes });
    expect(await owner.read(query, { id: ID.ed, input: { salary: 0.01 } })).toMatchObject({
      updateEmployee: { salary: 0.01 },
    });
  });

  it("need every required field of a new record", async () => {
    for (const field of ["employeeNumber", "firstName", "lastName"]) {
      const { [field]: _, ...input } = { employeeNumber: "NEW", firstName: "N", lastName: "W" } as Record<
        string,
        string
      >;
      expect(await owner.ask(CREATE, { input })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }],
      });
    }
    expect(await count()).toBe(7);
  });

  it("name the field whose value another record has; case makes another value", async () => {
    const taken = { status: 409, errors: [{ extensions: { code: "CONFLICT", field: "input.employeeNumber" } }] };
    const input = { employeeNumber: "N-Ada", firstName: "N", lastName: "W" };
    const before = await countTrail(latchkey);
    expect(await owner.ask(CREATE, { input })).toMatchObject(taken);
    expect(await owner.ask(UPDATE, { id: ID.bo, input: { employeeNumber: "N-Ada", phone: "1" } })).toMatchObject(taken);
    expect(await stored(latchkey, "employee", ID.bo)).toMatchObject({ version: 1, phone: null });
    expect(await countTrail(latchkey)).toBe(before);
    for (const employeeNumber of ["n-ada", "N-ADA", "N-Adá"]) {
      expect((await owner.ask(CREATE, { input: { ...input, employeeNumber } })).status).toBe(200);
    }
  });

  it("close no circle of managers", async () => {
    for (const managerId of [ID.ada, ID.bo, ID.di, ID.gus]) {
      expect(await owner.ask(UPDATE, { id: ID.ada, input: { managerId } })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT", field: "input.managerId" } }],
      });
    }
    expect(await stored(latchkey, "employee", ID.ada)).toMatchObject({ version: 1, managerId: null });
  });

  it("of nobody are NOT_FOUND, whatever the id looks like", async () => {
    for (const id of [ID.nobody, "", "\0", "1 OR 1=1", ID.ada.toUpperCase().replace("E", "É"), ID.sales]) {
      for (const reply of [
        await owner.ask(UPDATE, { id, input: { lastName: "X" } }),
        await owner.ask(DELETE, { id }),
      ]) {
        expect(reply).toMatchObject({ status: 404, errors: [{ extensions: { code: "NOT_FOUND" } }] });
      }
    }
    expect(await count()).toBe(7);
  });
});
