import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, type GrantGiven, ID, keyWith, personWith, STAFF } from "./staff";

const CREATE =
  "mutation ($input: CreateTimeOffInput!) { createTimeOff(input: $input) { id version employeeName status type startDate endDate note } }";
const UPDATE =
  "mutation ($id: ID!, $input: UpdateTimeOffInput!) { updateTimeOff(id: $id, input: $input) { version startDate endDate } }";
const step = (verb: string) =>
  `mutation ($id: ID!, $version: Int) { ${verb}TimeOff(id: $id, version: $version) { version status note } }`;
const conflict = (message: RegExp) => ({
  status: 409,
  errors: [{ message: expect.stringMatching(message), extensions: { code: "CONFLICT" } }],
});

describe("time off over HTTP", () => {
  let latchkey: TestLatchkey;
  /** A second instance on the same database. */
  let second: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(async () => {
    await second.stop();
    await latchkey.stop();
  });
  beforeEach(() => load(latchkey.store, STAFF));

  const values = (employeeId: string, startDate: string, endDate: string) => ({
    employeeId,
    type: "VACATION",
    startDate,
    endDate,
  });
  /** Asks for days off; gives its id. */
  const request = async (employeeId: string, startDate: string, endDate: string): Promise<string> =>
    (await owner.read<{ createTimeOff: { id: string } }>(CREATE, { input: values(employeeId, startDate, endDate) }))
      .createTimeOff.id;
  const rows = () => latchkey.store.select<Record<string, unknown>>("SELECT * FROM time_off ORDER BY id", []);
  const trail = () =>
    latchkey.store.select("SELECT action FROM audit_event WHERE targetKind = 'timeOff' ORDER BY sequence", []);

  describe("as the calendar example of D2 reads it", () => {
    const calendar: GrantGiven[] = [
      { resource: "timeOff", actions: ["READ"], fields: ["employeeName", "startDate", "endDate"] },
    ];

    it("tells name and days without any grant on employees, page by page, and nothing else", async () => {
      await request(ID.bo, "2024-07-01", "2024-07-12");
      await request(ID.ada, "2024-06-03", "2024-06-03");
      const key = await keyWith(latchkey, calendar);
      expect(
        await key.read(
          "{ timeOffs(sort: [{ startDate: ASC }]) { totalCount nodes { employeeName startDate endDate } } }",
        ),
      ).toEqual({
        timeOffs: {
          totalCount: 2,
          nodes: [
            { employeeName: "Ada Adason", startDate: "2024-06-03", endDate: "2024-06-03" },
            { employeeName: "Bo Boson", startDate: "2024-07-01", endDate: "2024-07-12" },
          ],
        },
      });
    });

    it.each([
      ["{ timeOffs { nodes { status } } }", "TimeOff.status"],
      ["{ timeOffs { nodes { note } } }", "TimeOff.note"],
      ["{ timeOffs { nodes { employee { id } } } }", "TimeOff.employee"],
      ['{ timeOffs(filter: { type: { eq: "SICK" } }) { totalCount } }', "TimeOffFilter.type"],
      ["{ timeOffs(sort: [{ status: ASC }]) { totalCount } }", "TimeOffSort.status"],
      ['mutation { cancelTimeOff(id: "x") { id } }', "Mutation.cancelTimeOff"],
      ["{ employees { totalCount } }", "Query.employees"],
    ])("refuses %s", async (query, coordinate) => {
      const key = await keyWith(latchkey, calendar);
      const reply = await key.ask(query);
      expect(reply.status).toBe(403);
      expect(reply.data ?? null).toBeNull();
      expect(reply.errors?.map(({ extensions }) => extensions["coordinate"])).toContain(coordinate);
    });

    it("shows its key a schema of these fields alone", async () => {
      const key = await keyWith(latchkey, calendar);
      const { __type } = await key.read<{ __type: { fields: { name: string }[] } }>(
        '{ __type(name: "TimeOff") { fields { name } } }',
      );
      expect(__type.fields.map(({ name }) => name).sort()).toEqual([
        "employeeName",
        "endDate",
        "id",
        "startDate",
        "version",
      ]);
    });
  });

  describe("in its life", () => {
    it("begins as REQUESTED, and no input sets the status", async () => {
      const { createTimeOff } = await owner.read<{ createTimeOff: object }>(CREATE, {
        input: { ...values(ID.bo, "2024-07-01", "2024-07-12"), note: "Two weeks\nat sea" },
      });
      expect(createTimeOff).toMatchObject({
        employeeName: "Bo Boson",
        status: "REQUESTED",
        version: 1,
        note: "Two weeks\nat sea",
      });
      for (const type of ["CreateTimeOffInput", "UpdateTimeOffInput", "TimeOffFilter", "TimeOffSort"]) {
        const { __type } = await owner.read<{ __type: { inputFields: { name: string }[] } }>(
          `{ __type(name: "${type}") { inputFields { name } } }`,
        );
        const names = __type.inputFields.map(({ name }) => name);
        for (const name of ["employeeName", "status"]) {
          expect(names.includes(name)).toBe(/Filter|Sort/.test(type));
        }
      }
    });

    it.each([
      ["approve", "REQUESTED", "APPROVED"],
      ["reject", "REQUESTED", "REJECTED"],
      ["cancel", "REQUESTED", "CANCELLED"],
      ["cancel", "APPROVED", "CANCELLED"],
    ])("is moved on by %s from %s to %s, with a trail", async (verb, from, to) => {
      const id = await request(ID.bo, "2024-07-01", "2024-07-12");
      if (from === "APPROVED") await owner.read(step("approve"), { id });
      const version = from === "APPROVED" ? 3 : 2;
      expect(await owner.read(step(verb), { id })).toEqual({ [`${verb}TimeOff`]: { version, status: to, note: null } });
      expect((await trail()).at(-1)).toEqual({ action: `timeOff.${verb}` });
    });

    it.each([
      ["approve", ["APPROVED", "REJECTED", "CANCELLED"]],
      ["reject", ["APPROVED", "REJECTED", "CANCELLED"]],
      ["cancel", ["REJECTED", "CANCELLED"]],
    ])(
      "is not moved by %s from %j: CONFLICT that does not tell the state, and nothing changes",
      async (verb, states) => {
        for (const state of states) {
          await load(latchkey.store, STAFF);
          const id = await request(ID.bo, "2024-07-01", "2024-07-12");
          const way = { APPROVED: "approve", REJECTED: "reject", CANCELLED: "cancel" }[state];
          await owner.read(step(String(way)), { id });
          const before = [await rows(), await trail()];
          expect(await owner.ask(step(verb), { id })).toMatchObject(
            conflict(/^Only a timeOff that is REQUESTED( or APPROVED)? can be \w+\.$/),
          );
          expect([await rows(), await trail()]).toEqual(before);
        }
      },
    );

    it("takes a note with a rejection, which is a permission of its own", async () => {
      const id = await request(ID.bo, "2024-07-01", "2024-07-12");
      const reject = 'mutation ($id: ID!) { rejectTimeOff(id: $id, note: "Year end") { __typename } }';
      const decider = await keyWith(latchkey, [{ resource: "timeOff", actions: ["UPDATE"], fields: ["status"] }]);
      const refused = await decider.ask(reject, { id });
      expect(refused).toMatchObject({ status: 403, errors: [{ extensions: { missing: "timeOff.note:UPDATE" } }] });
      expect(await owner.ask(reject.replace("Year end", " "), { id })).toMatchObject({
        status: 400,
        errors: [{ extensions: { code: "BAD_USER_INPUT", field: "note" } }],
      });
      const both = await keyWith(latchkey, [
        { resource: "timeOff", actions: ["UPDATE"], fields: ["status", "note"], rows: { departmentIds: [ID.sales] } },
      ]);
      await both.read(reject, { id });
      expect(await rows()).toMatchObject([{ status: "REJECTED", note: "Year end", version: 2 }]);
    });

    it("is decided by UPDATE of the status alone, within the rows of it", async () => {
      const [bo, cy] = [
        await request(ID.bo, "2024-07-01", "2024-07-12"),
        await request(ID.cy, "2024-07-01", "2024-07-02"),
      ];
      const editor = await keyWith(latchkey, [
        { resource: "timeOff", actions: ["UPDATE"], fields: ["startDate", "endDate", "type", "note", "employee"] },
      ]);
      const only = (verb: string) => `mutation ($id: ID!) { ${verb}TimeOff(id: $id) { __typename } }`;
      for (const verb of ["approve", "reject", "cancel"])
        expect((await editor.ask(only(verb), { id: bo })).status).toBe(403);
      const boss = await personWith(
        latchkey,
        [{ resource: "timeOff", actions: ["UPDATE"], fields: ["status"], rows: { reports: true } }],
        ID.ada,
      );
      const head = await personWith(
        latchkey,
        [{ resource: "timeOff", actions: ["UPDATE"], fields: ["status"], rows: { locations: ["Oslo"] } }],
        ID.ed,
      );
      expect(await head.ask(only("approve"), { id: bo })).toMatchObject({ status: 404 });
      await boss.read(only("approve"), { id: bo });
      await head.read(only("approve"), { id: cy });
    });

    it("of ten decisions at once over two instances takes one; a stale version takes none", async () => {
      const id = await request(ID.bo, "2024-07-01", "2024-07-12");
      const elsewhere = callerOf(second, latchkey.ownerToken);
      const replies = await Promise.all(
        Array.from({ length: 10 }, (_, at) =>
          (at % 2 ? owner : elsewhere).ask(step(at % 3 ? "approve" : "reject"), { id }),
        ),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(409)]);
      expect(await rows()).toMatchObject([{ version: 2 }]);
      expect(await owner.ask(step("cancel"), { id, version: 1 })).toMatchObject(conflict(/has changed since/));
    });
  });

  describe("in its days", () => {
    it("does not end before it begins, when made or when changed", async () => {
      const wrong = { status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT", field: "input.endDate" } }] };
      expect(await owner.ask(CREATE, { input: values(ID.bo, "2024-07-02", "2024-07-01") })).toMatchObject(wrong);
      expect(await rows()).toEqual([]);
      const id = await request(ID.bo, "2024-07-01", "2024-07-01");
      expect(await owner.ask(UPDATE, { id, input: { startDate: "2024-07-02" } })).toMatchObject(wrong);
      expect(await owner.ask(UPDATE, { id, input: { endDate: "2024-06-30" } })).toMatchObject(wrong);
      await owner.read(UPDATE, { id, input: { startDate: "2024-07-02", endDate: "2024-07-02" } });
    });

    it("does not share one with other time off of the person that is requested or approved", async () => {
      await request(ID.bo, "2024-07-05", "2024-07-10");
      for (const [from, to] of [
        ["2024-07-01", "2024-07-05"],
        ["2024-07-10", "2024-07-20"],
        ["2024-07-06", "2024-07-07"],
        ["2024-07-01", "2024-07-31"],
        ["2024-07-05", "2024-07-10"],
      ] as const) {
        expect(await owner.ask(CREATE, { input: values(ID.bo, from, to) })).toMatchObject(
          conflict(/^It would overlap other time off of the same employee, from 2024-07-05 to 2024-07-10\.$/),
        );
      }
      expect(await rows()).toHaveLength(1);
      await request(ID.bo, "2024-07-04", "2024-07-04");
      const after = await request(ID.bo, "2024-07-11", "2024-07-11");
      const cy = await request(ID.cy, "2024-07-05", "2024-07-10");
      expect(await owner.ask(UPDATE, { id: after, input: { startDate: "2024-07-10" } })).toMatchObject(
        conflict(/overlap/),
      );
      expect(await owner.ask(UPDATE, { id: cy, input: { employeeId: ID.bo } })).toMatchObject(conflict(/overlap/));
      await owner.read(UPDATE, { id: after, input: { startDate: "2024-07-11", endDate: "2024-07-12" } });
    });

    it("may share them with what was rejected or cancelled", async () => {
      const first = await request(ID.bo, "2024-07-05", "2024-07-10");
      await owner.read(step("reject"), { id: first });
      const again = await request(ID.bo, "2024-07-05", "2024-07-10");
      await owner.read(step("approve"), { id: again });
      await owner.read(step("cancel"), { id: again });
      await request(ID.bo, "2024-07-05", "2024-07-10");
      await owner.read(UPDATE, { id: first, input: { endDate: "2024-07-09" } });
    });

    it("is kept apart also when requests come at the same moment, on two instances", async () => {
      const elsewhere = callerOf(second, latchkey.ownerToken);
      const input = values(ID.bo, "2024-07-05", "2024-07-10");
      const replies = await Promise.all(
        Array.from({ length: 12 }, (_, at) => (at % 2 ? owner : elsewhere).ask(CREATE, { input })),
      );
      expect(replies.map(({ status }) => status).sort()).toEqual([200, ...Array(11).fill(409)]);
      const [early, late] = [
        await request(ID.cy, "2024-01-01", "2024-01-02"),
        await request(ID.cy, "2024-12-01", "2024-12-02"),
      ];
      for (let round = 0; round < 5; round++) {
        const moves = await Promise.all([
          owner.ask(UPDATE, { id: early, input: { startDate: "2024-05-01", endDate: "2024-05-10" } }),
          elsewhere.ask(UPDATE, { id: late, input: { startDate: "2024-05-10", endDate: "2024-05-20" } }),
        ]);
        expect(moves.map(({ status }) => status).sort()).toEqual([200, 409]);
        await owner.read(UPDATE, { id: early, input: { startDate: "2024-01-01", endDate: "2024-01-02" } });
        await owner.read(UPDATE, { id: late, input: { startDate: "2024-12-01", endDate: "2024-12-02" } });
      }
    });

    it("tells no days of people beyond one's rows", async () => {
      await request(ID.ada, "2024-07-05", "2024-07-10");
      const bo = await personWith(
        latchkey,
        [{ resource: "timeOff", actions: ["CREATE"], rows: { self: true } }],
        ID.bo,
      );
      const reply = await bo.ask(CREATE.replace(/\{ id version.*\} \}/, "{ __typename } }"), {
        input: values(ID.ada, "2024-07-05", "2024-07-10"),
      });
      expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { code: "OUT_OF_SCOPE" } }] });
      expect(reply.text).not.toContain("2024");
    });
  });

  describe("in its days, for those who may not read them", () => {
    it.each<[string, GrantGiven[]]>([
      ["no READ at all", []],
      ["READ of one of the two days", [{ resource: "timeOff", actions: ["READ"], fields: ["startDate", "type"] }]],
      ["READ on other rows", [{ resource: "timeOff", actions: ["READ"], rows: { employeeIds: [ID.cy] } }]],
    ])("is refused without a word of them: %s", async (_, grants) => {
      const id = await request(ID.bo, "2024-07-05", "2024-07-10");
      const later = await request(ID.bo, "2025-07-05", "2025-07-10");
      const key = await keyWith(latchkey, [{ resource: "timeOff", actions: ["CREATE", "UPDATE"] }, ...grants]);
      const made = await key.ask("mutation ($input: CreateTimeOffInput!) { createTimeOff(input: $input) { id } }", {
        input: values(ID.bo, "2000-01-01", "2024-12-31"),
      });
      const moved = await key.ask(
        "mutation ($id: ID!, $input: UpdateTimeOffInput!) { updateTimeOff(id: $id, input: $input) { id } }",
        { id: later, input: { startDate: "2000-01-01" } },
      );
      for (const reply of [made, moved]) {
        expect(reply).toMatchObject(conflict(/^It would overlap other time off of the same employee\.$/));
        expect(reply.text).not.toMatch(/2024-07|2025-07/);
      }
      expect(await rows()).toHaveLength(2);
      expect(id).not.toBe(later);
    });
  });

  describe("that is approved", () => {
    it("changes its days only for who may decide, and its note for whoever may edit it", async () => {
      const id = await request(ID.bo, "2024-07-05", "2024-07-10");
      const editor = await keyWith(latchkey, [
        { resource: "timeOff", actions: ["READ"] },
        { resource: "timeOff", actions: ["UPDATE"], fields: ["startDate", "endDate", "type", "note", "employee"] },
        { resource: "timeOff", actions: ["UPDATE"], fields: ["status"], rows: { employeeIds: [ID.cy] } },
      ]);
      await editor.read(UPDATE, { id, input: { endDate: "2024-07-11" } });
      await owner.read("mutation ($id: ID!) { approveTimeOff(id: $id) { id } }", { id });
      for (const input of [{ endDate: "2024-12-31" }, { startDate: "2024-07-01" }, { type: "SICK_LEAVE" }]) {
        const before = await rows();
        expect(await editor.ask(UPDATE, { id, input })).toMatchObject(
          conflict(/^input\.(endDate|startDate|type) is settled once a timeOff is no longer REQUESTED: only who may/),
        );
        expect(await rows()).toEqual(before);
      }
      await editor.read(UPDATE, { id, input: { endDate: "2024-07-11", note: "As approved" } });
      await owner.read(UPDATE, { id, input: { endDate: "2024-07-12" } });
      expect(await rows()).toMatchObject([{ endDate: expect.stringContaining("2024-07-12"), note: "As approved" }]);
    });
  });

  describe("for an employee by the built-in role", () => {
    it("is read and asked for by themselves alone, and decided by others", async () => {
      const other = await request(ID.ada, "2024-07-05", "2024-07-10");
      const { roles } = await owner.read<{ roles: { nodes: { id: string; name: string }[] } }>(
        "{ roles { nodes { id name } } }",
      );
      const roleIds = roles.nodes.filter(({ name }) => name === "Employee").map(({ id }) => id);
      const account = { email: "bo.employee@example.com", password: "a long enough password for Bo" };
      await owner.read("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", {
        input: { kind: "EMPLOYEE", firstName: "Bo", lastName: "Boson", roleIds, employeeId: ID.bo, ...account },
      });
      const bo = callerOf(latchkey, await latchkey.signIn(account.email, account.password));
      const { createTimeOff } = await bo.read<{ createTimeOff: { id: string } }>(CREATE, {
        input: values(ID.bo, "2024-07-05", "2024-07-10"),
      });
      expect(createTimeOff).toMatchObject({ status: "REQUESTED" });
      expect(await bo.read("{ timeOffs { totalCount nodes { id employeeName } } }")).toEqual({
        timeOffs: { totalCount: 1, nodes: [{ id: createTimeOff.id, employeeName: "Bo Boson" }] },
      });
      expect(await bo.read("query ($id: ID!) { timeOff(id: $id) { id } }", { id: other })).toEqual({ timeOff: null });
      expect((await bo.ask(CREATE, { input: values(ID.ada, "2024-01-05", "2024-01-10") })).status).toBe(403);
      for (const verb of ["approve", "reject", "cancel"]) {
        expect((await bo.ask(step(verb), { id: createTimeOff.id })).status).toBe(403);
      }
    });
  });
});
