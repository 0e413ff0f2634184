import { load } from "../resources/company";
import { type Reply, startLatchkey, type TestLatchkey } from "../support/latchkey";
import {
  type Caller,
  callerOf,
  countTrail,
  type GrantGiven,
  ID,
  type Key,
  keyWith,
  STAFF,
  selectsOf,
  stored,
} from "./staff";

const reads = (resource: GrantGiven["resource"], fields?: readonly string[], rows?: object): GrantGiven => ({
  resource,
  actions: ["READ"],
  ...(fields && { fields }),
  ...(rows && { rows }),
});

/** What is told of denied places, in the order of the answer. */
const denied = (reply: Reply) => (reply.errors ?? []).map(({ extensions }) => extensions["coordinate"]);

describe("a query of a key with onDenied: NULL of which a part is denied", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  let issue: (grants: readonly GrantGiven[]) => Promise<Key>;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
    issue = (grants) => keyWith(latchkey, grants, owner, { onDenied: "NULL" });
    await load(latchkey.store, STAFF);
  });
  afterAll(() => latchkey.stop());

  const statementsOf = async (key: Caller, query: string, variables?: object) => {
    let reply: Reply = { status: 0, headers: new Headers(), text: "" };
    const statements = await selectsOf(latchkey, async () => {
      reply = await key.ask(query, variables);
    });
    return { reply, statements };
  };

  it("answers 200 with null in each denied field and one error for each place, not for each record", async () => {
    const key = await issue([reads("employee", ["firstName", "lastName"])]);
    const { reply, statements } = await statementsOf(
      key,
      "{ employees(first: 2) { nodes { salary firstName pay: salary birthDate lastName } } }",
    );
    expect(reply).toMatchObject({ status: 200 });
    expect(reply.text).toContain(
      '"nodes":[{"salary":null,"firstName":"Ada","pay":null,"birthDate":null,"lastName":"Adason"},' +
        '{"salary":null,"firstName":"Bo","pay":null,"birthDate":null,"lastName":"Boson"}]',
    );
    expect(reply.errors).toEqual([
      {
        message: "This API key lacks employee.salary:READ, which Employee.salary needs.",
        extensions: {
          code: "FORBIDDEN_FIELD",
          coordinate: "Employee.salary",
          action: "READ",
          missing: "employee.salary:READ",
          deniedBy: "KEY",
        },
      },
      expect.objectContaining({ extensions: expect.objectContaining({ coordinate: "Employee.birthDate" }) }),
    ]);
    expect(statements).toHaveLength(1);
    expect(statements.join()).not.toMatch(/salary|birthDate/);
  });

  it("fetches no relation that is denied, at any depth, nor one that leads to nothing but what is denied", async () => {
    const key = await issue([
      reads("employee", ["firstName", "manager", "department", "timeOffs"]),
      reads("compensation"),
    ]);
    const { reply, statements } = await statementsOf(
      key,
      `{ employee(id: "${ID.di}") {
        firstName
        manager { firstName salary department { id name } boss: manager { lastName compensations { nodes { amount } } } }
        department { __typename name }
        timeOffs { totalCount nodes { type } }
        reports { nodes { firstName } }
      } }`,
    );
    expect(reply.status).toBe(200);
    expect(reply.data).toEqual({
      employee: {
        firstName: "Di",
        manager: { firstName: "Bo", salary: null, department: null, boss: { lastName: null, compensations: null } },
        department: null,
        timeOffs: null,
        reports: null,
      },
    });
    expect(denied(reply)).toEqual([
      "Employee.salary",
      "Department.id",
      "Department.name",
      "Employee.lastName",
      "Employee.compensations",
      "TimeOffConnection.totalCount",
      "TimeOffConnection.nodes",
      "TimeOff.type",
      "Employee.reports",
    ]);
    expect(statements).toHaveLength(1);
    expect(statements.join()).not.toMatch(/salary|department|time_off|compensation|lastName/);
  });

  it("runs nothing of a denied root field, and the others all the same", async () => {
    const key = await issue([reads("department", ["name"])]);
    const { reply, statements } = await statementsOf(
      key,
      `query ($f: EmployeeFilter) {
        employees(first: 3, filter: $f, sort: [{ salary: ASC }]) { totalCount nodes { id } }
        one: employee(id: "${ID.ada}") { firstName }
        users { nodes { email } }
        departments { nodes { name code } }
      }`,
      { f: { salary: { gt: 1 } } },
    );
    expect(reply.status).toBe(200);
    expect(reply.data).toEqual({
      employees: null,
      one: null,
      users: null,
      departments: { nodes: STAFF.departments.map(({ name }) => ({ name, code: null })) },
    });
    expect(reply.errors?.map(({ extensions }) => extensions.code)).toEqual(
      expect.arrayContaining(["FORBIDDEN", "FORBIDDEN_FIELD"]),
    );
    expect(statements).toHaveLength(1);
    expect(statements[0]).not.toMatch(/employee|code/);
  });

  it("answers data of nulls where everything is denied, and reads nothing", async () => {
    const key = await issue([reads("department", ["name"])]);
    const { reply, statements } = await statementsOf(key, "{ a: employees { nodes { id } } timeOffs { totalCount } }");
    expect(reply).toMatchObject({ status: 200, data: { a: null, timeOffs: null } });
    expect(statements).toEqual([]);
    const shown = await statementsOf(key, "{ departments { nodes { code } } }");
    expect(shown.reply.data).toEqual({ departments: { nodes: [{ code: null }, { code: null }, { code: null }] } });
    expect(shown.statements.join()).not.toContain("code");
  });

  it("gives every alias and fragment its null, and leaves what is allowed beside it alone", async () => {
    const key = await issue([reads("employee", ["firstName", "manager"]), reads("department")]);
    const { reply } = await statementsOf(
      key,
      `{ departments(first: 2) { nodes { ...D manager { ...E ... on Employee { x: email } } } } }
      fragment D on Department { name boss: manager { ...E salary } }
      fragment E on Employee { __typename first: firstName pay: salary }`,
    );
    const pay = { pay: null, __typename: "Employee" };
    expect(reply.data).toEqual({
      departments: {
        nodes: [
          {
            name: "Engineering",
            boss: { first: "Ada", salary: null, ...pay },
            manager: { first: "Ada", x: null, ...pay },
          },
          { name: "Sales", boss: { first: "Bo", salary: null, ...pay }, manager: { first: "Bo", x: null, ...pay } },
        ],
      },
    });
    expect(denied(reply).sort()).toEqual(["Employee.email", "Employee.salary"]);
  });

  it("obeys @skip and @include, request after request of the same document", async () => {
    const key = await issue([reads("employee", ["firstName"])]);
    const query = `query ($pay: Boolean!) { employee(id: "${ID.bo}") { firstName salary @include(if: $pay) email @skip(if: true) } }`;
    const plain = `query ($pay: Boolean!) { employee(id: "${ID.bo}") { firstName salary @include(if: $pay) } }`;
    for (let round = 0; round < 2; round++) {
      const without = await key.ask(plain, { pay: false });
      expect([without.data, without.errors]).toEqual([{ employee: { firstName: "Bo" } }, undefined]);
      const withPay = await key.ask(plain, { pay: true });
      expect([withPay.data, denied(withPay)]).toEqual([
        { employee: { firstName: "Bo", salary: null } },
        ["Employee.salary"],
      ]);
    }
    // What a literal hides counts as selected, as it does everywhere.
    const literal = await key.ask(query, { pay: false });
    expect([literal.data, denied(literal)]).toEqual([{ employee: { firstName: "Bo" } }, ["Employee.email"]]);
  });

  it("reaches the rows on which everything it does read is granted: what is null limits none", async () => {
    const key = await issue([
      reads("employee", ["firstName"]),
      reads("employee", ["email"], { locations: ["Oslo"] }),
      reads("employee", ["hireDate"], { employeeIds: [ID.ed, ID.bo] }),
    ]);
    const names = async (fields: string) => {
      const { data } = await key.ask<{ employees: { nodes: { firstName?: string; email?: string }[] } }>(
        `{ employees { totalCount nodes { ${fields} } } }`,
      );
      return data?.employees.nodes.map(({ firstName, email }) => firstName ?? email);
    };
    expect(await names("firstName salary")).toHaveLength(7);
    expect(await names("firstName email salary")).toEqual(["Ada", "Cy", "Ed"]);
    expect(await names("firstName email hireDate salary")).toEqual(["Ed"]);
    expect(await names("salary")).toHaveLength(7);
  });

  it.each([
    ["a filter", "{ employees(filter: { salary: { gt: 1 } }) { nodes { firstName email } } }"],
    ["a sort", "{ employees(sort: [{ salary: ASC }]) { nodes { firstName email } } }"],
    ["a field that is never null", "{ employees { nodes { email } } viewer { apiKey { owner { email } } } }"],
    ["introspection beside it", "{ employees { nodes { firstName email } } __schema { queryType { name } } }"],
  ])("is refused as a whole for %s", async (_what, query) => {
    const key = await issue([reads("employee", ["firstName"])]);
    const { reply, statements } = await statementsOf(key, query);
    expect(reply.status).toBe(403);
    expect(reply.data).toBeUndefined();
    expect(denied(reply)).toContain("Employee.email");
    expect(statements).toEqual([]);
  });

  it("is refused as a whole for a variable that filters by it, and for one that cannot be used", async () => {
    const key = await issue([reads("employee", ["firstName"])]);
    const query = "query ($f: EmployeeFilter) { employees(filter: $f) { nodes { firstName email } } }";
    expect(await key.ask(query, { f: { salary: { gt: 1 } } })).toMatchObject({ status: 403 });
    expect(await key.ask(query, { f: { firstName: { eq: 1 } } })).toMatchObject({ status: 400 });
    expect(await key.ask(query, { f: { firstName: { eq: "Bo" } } })).toMatchObject({
      status: 200,
      data: { employees: { nodes: [{ firstName: "Bo", email: null }] } },
    });
  });

  it("is still refused when it is a mutation, before anything is written", async () => {
    const key = await issue([reads("employee", ["firstName"]), { resource: "employee", actions: ["UPDATE"] }]);
    const [before, trail] = [await stored(latchkey, "employee", ID.bo), await countTrail(latchkey)];
    const reply = await key.ask(
      `mutation { updateEmployee(id: "${ID.bo}", input: { phone: "1" }) { firstName salary } }`,
    );
    expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { coordinate: "Employee.salary" } }] });
    expect(reply.data).toBeUndefined();
    expect([await stored(latchkey, "employee", ID.bo), await countTrail(latchkey)]).toEqual([before, trail]);
  });

  it("still fails with what fails while it runs, after the denials and with the status of the failure", async () => {
    const key = await issue([reads("employee", ["firstName"])]);
    const reply = await key.ask("{ employees(first: 501) { nodes { firstName email } } }");
    expect(reply).toMatchObject({ status: 400, data: null });
    expect(reply.errors?.map(({ extensions }) => extensions.code)).toEqual(["FORBIDDEN_FIELD", "BAD_USER_INPUT"]);
  });

  it("is the places that explainAccess names, in its order, and counts as denied in the key's use", async () => {
    const key = await issue([reads("employee", ["firstName"])]);
    const query = "query Partly { employees { nodes { salary firstName manager { email } } } }";
    const reply = await key.ask(query);
    const { explainAccess } = await owner.read<{
      explainAccess: { coordinates: { coordinate: string; granted: boolean }[] };
    }>(
      "query ($id: ID!, $q: String!) { explainAccess(apiKeyId: $id, query: $q) { coordinates { coordinate granted } } }",
      {
        id: key.apiKeyId,
        q: query,
      },
    );
    expect(denied(reply)).toEqual(
      explainAccess.coordinates.filter(({ granted }) => !granted).map(({ coordinate }) => coordinate),
    );
    const used = async () =>
      owner.read<{ apiKey: { usage: object[] } }>(
        "query ($id: ID!) { apiKey(id: $id) { usage { operationName calls denials errors } } }",
        { id: key.apiKeyId },
      );
    for (let wait = 0; wait < 40 && (await used()).apiKey.usage.length === 0; wait++) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect((await used()).apiKey.usage).toEqual([{ operationName: "Partly", calls: 1, denials: 1, errors: 0 }]);
  });

  it("is what the key may do now: from the first request after a grant is added or taken, or the option is changed", async () => {
    const key = await issue([reads("employee", ["firstName"])]);
    const query = `{ employee(id: "${ID.bo}") { firstName email } }`;
    const update = (input: object) =>
      owner.read("mutation ($id: ID!, $input: UpdateApiKeyInput!) { updateApiKey(id: $id, input: $input) { id } }", {
        id: key.apiKeyId,
        input,
      });
    expect((await key.ask(query)).data).toEqual({ employee: { firstName: "Bo", email: null } });
    await update({ grants: [reads("employee", ["firstName", "email"])] });
    expect(await key.ask(query)).toMatchObject({ data: { employee: { firstName: "Bo", email: "bo@example.com" } } });
    await update({ grants: [reads("employee", ["email"])] });
    expect((await key.ask(query)).data).toEqual({ employee: { firstName: null, email: "bo@example.com" } });
    await update({ onDenied: "ERROR" });
    expect(await key.ask(query)).toMatchObject({ status: 403 });
  });

  it("still introspects only what the key may see", async () => {
    const key = await issue([reads("employee", ["firstName"])]);
    const { __type } = await key.read<{ __type: { fields: { name: string }[] } }>(
      '{ __type(name: "Employee") { fields { name } } }',
    );
    expect(__type.fields.map(({ name }) => name)).toEqual(["firstName", "id", "version"]);
  });
});
