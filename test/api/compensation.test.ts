import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, personWith, STAFF } from "./staff";

const CREATE =
  "mutation ($input: CreateCompensationInput!) { createCompensation(input: $input) { id version amount currency effectiveFrom effectiveTo } }";
const UPDATE =
  "mutation ($id: ID!, $input: UpdateCompensationInput!) { updateCompensation(id: $id, input: $input) { version amount } }";

describe("compensation over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const pay = (employeeId: string, effectiveFrom: string, effectiveTo: string | null, more: object = {}) => ({
    employeeId,
    amount: 60_117.5,
    currency: "EUR",
    effectiveFrom,
    effectiveTo,
    ...more,
  });
  const make = async (...given: Parameters<typeof pay>): Promise<string> =>
    (await owner.read<{ createCompensation: { id: string } }>(CREATE, { input: pay(...given) })).createCompensation.id;

  it("is made, read, listed, changed and deleted", async () => {
    const id = await make(ID.bo, "2020-01-01", "2021-01-01");
    await make(ID.bo, "2021-01-01", null, { amount: 70_000, currency: "NOK" });
    expect(
      await owner.read(
        `query ($id: ID!) {
          compensation(id: $id) { amount currency effectiveFrom effectiveTo employee { firstName } }
          compensations(filter: { currency: { eq: "NOK" } }, sort: [{ amount: DESC }]) { totalCount nodes { amount effectiveTo } }
        }`,
        { id },
      ),
    ).toEqual({
      compensation: {
        amount: 60117.5,
        currency: "EUR",
        effectiveFrom: "2020-01-01",
        effectiveTo: "2021-01-01",
        employee: { firstName: "Bo" },
      },
      compensations: { totalCount: 1, nodes: [{ amount: 70_000, effectiveTo: null }] },
    });
    expect(await owner.read(UPDATE, { id, input: { amount: 1 } })).toEqual({
      updateCompensation: { version: 2, amount: 1 },
    });
    await owner.read("mutation ($id: ID!) { deleteCompensation(id: $id, version: 2) { id } }", { id });
    expect(await owner.read("{ compensations { totalCount } }")).toEqual({ compensations: { totalCount: 1 } });
  });

  it.each([
    ["currency", { currency: "eur" }],
    ["currency", { currency: "EURO" }],
    ["amount", { amount: -1 }],
    ["amount", { amount: 0.001 }],
    ["effectiveTo", { effectiveTo: "2019-12-31" }],
    ["employeeId", { employeeId: ID.nobody }],
  ])("of a bad %s is refused: %j", async (field, wrong) => {
    expect(await owner.ask(CREATE, { input: pay(ID.bo, "2020-01-01", null, wrong) })).toMatchObject({
      status: 400,
      errors: [{ extensions: { code: "BAD_USER_INPUT", field: `input.${field}` } }],
    });
    expect(await latchkey.store.select("SELECT id FROM compensation", [])).toEqual([]);
  });

  it("of one person does not overlap, but may touch, and may have its single day", async () => {
    await make(ID.bo, "2020-01-01", "2021-01-01");
    const open = await make(ID.bo, "2021-01-01", null);
    await make(ID.bo, "2019-12-31", "2020-01-01");
    await make(ID.bo, "2019-12-30", "2019-12-30");
    for (const [from, to] of [
      ["2020-12-31", "2021-06-01"],
      ["2022-01-01", "2022-02-01"],
      ["2020-01-01", "2020-01-01"],
      ["2010-01-01", null],
    ] as const) {
      expect(await owner.ask(CREATE, { input: pay(ID.bo, from, to) })).toMatchObject({
        status: 409,
        errors: [{ message: expect.stringMatching(/^It would overlap other compensation .* from \d{4}-.*\.$/) }],
      });
    }
    const closed = await owner.ask(CREATE, { input: pay(ID.bo, "2022-01-01", null) });
    expect(closed.errors?.[0]?.message).toBe(
      "It would overlap other compensation of the same employee, from 2021-01-01 on.",
    );
    await owner.read(UPDATE, { id: open, input: { effectiveTo: "2022-01-01" } });
    await make(ID.bo, "2022-01-01", null);
    await make(ID.cy, "2020-06-01", null);
  });

  it("keeps a person from being deleted while it is there", async () => {
    await make(ID.gus, "2020-01-01", null);
    const reply = await owner.ask("mutation ($id: ID!) { deleteEmployee(id: $id) { id } }", { id: ID.gus });
    expect(reply).toMatchObject({ status: 409, errors: [{ extensions: { code: "CONFLICT" } }] });
  });

  describe("by rows", () => {
    const all = { [ID.ada]: "Ada", [ID.bo]: "Bo", [ID.cy]: "Cy", [ID.di]: "Di", [ID.ed]: "Ed", [ID.gus]: "Gus" };
    const namesSeen = async (caller: Caller): Promise<string[]> => {
      const { compensations } = await caller.read<{
        compensations: { totalCount: number; nodes: { id: string; employee: { id: string } }[] };
      }>("{ compensations { totalCount nodes { id employee { id } } } }");
      expect(compensations.totalCount).toBe(compensations.nodes.length);
      return compensations.nodes.map(({ employee }) => all[employee.id] ?? "?");
    };
    beforeEach(async () => {
      for (const id of Object.keys(all)) await make(id, "2020-01-01", null);
    });

    it.each([
      [{ departmentIds: [ID.sales] }, ["Bo", "Di", "Ed"]],
      [{ locations: ["Oslo"] }, ["Ada", "Cy", "Ed"]],
      [{ employeeIds: [ID.gus] }, ["Gus"]],
    ])("of %j shows that of these people alone", async (rows, names) => {
      const key = await keyWith(latchkey, [
        { resource: "compensation", actions: ["READ"], rows },
        { resource: "employee", actions: ["READ"], fields: ["firstName"] },
      ]);
      expect(await namesSeen(key)).toEqual(names);
    });

    it.each([
      [{ self: true }, ["Bo"]],
      [{ reports: true }, ["Di", "Ed", "Gus"]],
    ])("of %j shows one's own or that of the whole chain below", async (rows, names) => {
      const bo = await personWith(
        latchkey,
        [
          { resource: "compensation", actions: ["READ"], rows },
          { resource: "employee", actions: ["READ"], fields: ["firstName"] },
        ],
        ID.bo,
      );
      expect(await namesSeen(bo)).toEqual(names);
    });

    it("is neither changed nor moved nor made beyond them", async () => {
      const { compensations } = await owner.read<{
        compensations: { nodes: { id: string; employee: { id: string } }[] };
      }>("{ compensations { nodes { id employee { id } } } }");
      const of = (id: string) => compensations.nodes.find(({ employee }) => employee.id === id)?.id;
      const key = await keyWith(latchkey, [
        {
          resource: "compensation",
          actions: ["CREATE", "READ", "UPDATE", "DELETE"],
          rows: { departmentIds: [ID.sales] },
        },
      ]);
      expect((await key.ask(UPDATE, { id: of(ID.ada), input: { amount: 1 } })).status).toBe(404);
      const moved = await key.ask(UPDATE, {
        id: of(ID.bo),
        input: { employeeId: ID.ada, effectiveFrom: "2001-01-01" },
      });
      expect(moved).toMatchObject({ status: 403, errors: [{ extensions: { code: "OUT_OF_SCOPE" } }] });
      expect(moved.text).not.toContain("2020");
      expect((await key.ask(CREATE, { input: pay(ID.ada, "2001-01-01", "2002-01-01") })).status).toBe(403);
      await key.read(UPDATE, { id: of(ID.bo), input: { amount: 1 } });
    });
  });
});
