import { buildClientSchema, getIntrospectionQuery, type IntrospectionQuery, isObjectType } from "graphql";
import { load } from "../resources/company";
import { type Administration, administer, type GrantJson } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { ID, STAFF } from "./staff";

let latchkey: TestLatchkey;
let admin: Administration;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  await load(latchkey.store, STAFF);
});
afterAll(() => latchkey?.stop());

const as = (token: string, query: string, variables: object = {}) => latchkey.query(query, { token, variables });
const keyOf = async (...grants: GrantJson[]) => (await admin.key(latchkey.ownerToken, { grants })).token;

/** What is made, changed and read of each resource; `create` is another record every time. */
interface Sample {
  readonly resource: string;
  readonly list: string;
  readonly create: () => Record<string, unknown>;
  readonly update: Record<string, unknown>;
  readonly field: string;
}
let made = 0;
const dayOf = (number: number) => new Date(Date.UTC(2030, 0, 1 + number)).toISOString().slice(0, 10);
const SAMPLES: readonly Sample[] = [
  {
    resource: "department",
    list: "departments",
    create: () => ({ code: `d${++made}`, name: "New" }),
    update: { name: "Renamed" },
    field: "name",
  },
  {
    resource: "employee",
    list: "employees",
    create: () => ({ employeeNumber: `n${++made}`, firstName: "New", lastName: "Person", hireDate: "2026-01-01" }),
    update: { lastName: "Renamed" },
    field: "lastName",
  },
  {
    resource: "timeOff",
    list: "timeOffs",
    create: () => ({ employeeId: ID.ada, type: "VACATION", startDate: dayOf(++made), endDate: dayOf(made) }),
    update: { note: "Renamed" },
    field: "note",
  },
  {
    resource: "compensation",
    list: "compensations",
    create: () => ({
      employeeId: ID.ada,
      amount: 1,
      currency: "EUR",
      effectiveFrom: dayOf(made),
      effectiveTo: dayOf(++made),
    }),
    update: { currency: "USD" },
    field: "currency",
  },
];
const ACTIONS = ["CREATE", "READ", "UPDATE", "DELETE"] as const;
const capital = (name: string) => name[0]?.toUpperCase() + name.slice(1);

/** Makes a record as the owner and returns its id. */
async function recordOf({ resource, create }: Sample): Promise<string> {
  const name = `create${capital(resource)}`;
  const data = await admin.asOwner<Record<string, { id: string }>>(
    `mutation ($input: Create${capital(resource)}Input!) { ${name}(input: $input) { id } }`,
    { input: create() },
  );
  return (data[name] as { id: string }).id;
}

/** Does one action on a record of `sample`, in a way that needs nothing but that action. */
async function act(token: string, action: (typeof ACTIONS)[number], sample: Sample, id: string) {
  const type = capital(sample.resource);
  switch (action) {
    case "CREATE":
      return as(token, `mutation ($input: Create${type}Input!) { create${type}(input: $input) { __typename } }`, {
        input: sample.create(),
      });
    case "READ":
      return as(
        token,
        `query ($id: ID!) { ${sample.resource}(id: $id) { id ${sample.field} } ${sample.list} { totalCount } }`,
        {
          id,
        },
      );
    case "UPDATE":
      return as(
        token,
        `mutation ($id: ID!, $input: Update${type}Input!) { update${type}(id: $id, input: $input) { __typename } }`,
        {
          id,
          input: sample.update,
        },
      );
    case "DELETE":
      return as(token, `mutation ($id: ID!) { delete${type}(id: $id) { __typename } }`, { id });
  }
}

describe.each(SAMPLES)("D1: the resource $resource", (sample) => {
  it.each(ACTIONS)("D1: takes %s by a key of that action alone, and by no key of the others", async (action) => {
    const id = await recordOf(sample);
    const others = await keyOf({ resource: sample.resource, actions: ACTIONS.filter((other) => other !== action) });
    await admin.refused(() => act(others, action, sample, id), "FORBIDDEN_FIELD", { deniedBy: "KEY" });

    const alone = await keyOf({ resource: sample.resource, actions: [action] });
    const { data, errors } = await act(alone, action, sample, id);
    expect(errors).toBeUndefined();
    expect(data).not.toBeNull();
    const { data: after } = await as(
      latchkey.ownerToken,
      `query ($id: ID!) { ${sample.resource}(id: $id) { ${sample.field} } }`,
      { id },
    );
    const expected = { CREATE: undefined, READ: undefined, UPDATE: Object.values(sample.update)[0], DELETE: null }[
      action
    ];
    if (action === "DELETE") expect(after?.[sample.resource]).toBeNull();
    else if (expected !== undefined) expect(after?.[sample.resource]).toEqual({ [sample.field]: expected });
  });
});

describe("D2: the calendar", () => {
  it("D2: reads name, start and end of time off with its key, and nothing else of anybody", async () => {
    await recordOf(SAMPLES[2] as Sample);
    const calendar = await keyOf({
      resource: "timeOff",
      actions: ["READ"],
      fields: ["employeeName", "startDate", "endDate"],
    });
    const reply = await as(calendar, "{ timeOffs { nodes { employeeName startDate endDate } } }");
    expect(reply.errors).toBeUndefined();
    expect((reply.data as { timeOffs: { nodes: object[] } }).timeOffs.nodes).toContainEqual(
      expect.objectContaining({ employeeName: "Ada Adason" }),
    );
    for (const beyond of [
      "{ timeOffs { nodes { type } } }",
      "{ timeOffs { nodes { note } } }",
      "{ timeOffs { nodes { status } } }",
      "{ timeOffs { nodes { employee { id } } } }",
      '{ timeOffs(filter: { note: { contains: "a" } }) { totalCount } }',
      "{ employees { nodes { id } } }",
      `mutation { deleteTimeOff(id: "${ID.ada}") { __typename } }`,
    ]) {
      await admin.refused(() => as(calendar, beyond), "FORBIDDEN_FIELD", { deniedBy: "KEY" });
    }
  });
});

describe("D3: a section of the HR file", () => {
  it("D3: restricted to certain data is all that the holders of its tokens see, whoever they are", async () => {
    const section: GrantJson[] = [
      {
        resource: "employee",
        actions: ["READ"],
        fields: ["firstName", "jobTitle"],
        rows: { departmentIds: [ID.engineering] },
      },
    ];
    const apiSetIds = [await admin.apiSet(section)];
    const holders = [
      (await admin.key(latchkey.ownerToken, { apiSetIds })).token,
      (await admin.key(latchkey.ownerToken, { grants: section })).token,
    ];
    const everybody = await admin.asOwner<{
      employees: { nodes: { id: string; department: { id: string } | null }[] };
    }>("{ employees(first: 500) { nodes { id department { id } } } }");
    const inSection = everybody.employees.nodes
      .filter(({ department }) => department?.id === ID.engineering)
      .map(({ id }) => id);
    expect(inSection.length).toBeGreaterThan(0);
    expect(inSection.length).toBeLessThan(everybody.employees.nodes.length);
    for (const holder of holders) {
      const { data } = await as(holder, "{ employees(first: 500) { totalCount nodes { id firstName jobTitle } } }");
      const { employees } = data as { employees: { totalCount: number; nodes: { id: string }[] } };
      expect(employees.nodes.map(({ id }) => id).sort()).toEqual([...inSection].sort());
      expect(employees.totalCount).toBe(inSection.length);
      await admin.refused(() => as(holder, "{ employees { nodes { salary } } }"), "FORBIDDEN_FIELD");
    }
  });
});

describe("B1: permissions of fields, action by action", () => {
  it("B1: what may be read may not be written, and what may be written may not be read, in any part of an operation", async () => {
    const token = await keyOf(
      { resource: "employee", actions: ["READ"], fields: ["email"] },
      { resource: "employee", actions: ["UPDATE"], fields: ["phone"] },
    );
    const change = "mutation ($id: ID!, $input: UpdateEmployeeInput!) { updateEmployee(id: $id, input: $input) { ";
    const id = ID.ada;
    const allowed = await as(token, `${change} id email } }`, { id, input: { phone: "+49 30 1" } });
    expect(allowed.errors).toBeUndefined();

    const refused: [string, object?][] = [
      [`${change} email } }`, { id, input: { email: "new@example.com" } }],
      // The payload is read too, and is refused before anything is written.
      [`${change} phone } }`, { id, input: { phone: "+49 30 2" } }],
      ["{ employees { nodes { phone } } }"],
      ['{ employees(filter: { phone: { startsWith: "+49" } }) { nodes { email } } }'],
      ["{ employees(filter: { not: { or: [{ phone: { isNull: true } }] } }) { totalCount } }"],
      ["{ employees(sort: [{ phone: ASC }]) { pageInfo { endCursor } } }"],
      ["query ($f: EmployeeFilter) { employees(filter: $f) { totalCount } }", { f: { and: [{ phone: { eq: "1" } }] } }],
    ];
    for (const [query, variables] of refused) {
      const reply = await admin.refused(() => as(token, query, variables), "FORBIDDEN_FIELD", { deniedBy: "KEY" });
      expect(reply.data ?? null).toBeNull();
    }
  });
});

describe("B2: a key of some records", () => {
  it.each<[string, object, string[]]>([
    ["a department", { departmentIds: [ID.sales] }, ["department"]],
    ["a location", { locations: ["Berlin"] }, ["location"]],
    ["named employees", { employeeIds: [ID.ada] }, ["id"]],
  ])("B2: of %s lists, counts, reads, changes and deletes no other", async (_name, rows) => {
    const token = await keyOf({ resource: "employee", actions: ["READ", "UPDATE", "DELETE"], rows });
    const { data } = await as(token, "{ employees(first: 500) { totalCount nodes { id } } }");
    const { employees } = data as { employees: { totalCount: number; nodes: { id: string }[] } };
    const seen = new Set(employees.nodes.map(({ id }) => id));
    expect(employees.totalCount).toBe(seen.size);
    const unseen = STAFF.employees.map(({ id }) => id).filter((id) => !seen.has(id));
    expect(unseen.length).toBeGreaterThan(0);
    for (const id of unseen) {
      expect((await as(token, "query ($id: ID!) { employee(id: $id) { id } }", { id })).data).toEqual({
        employee: null,
      });
      const change = 'mutation ($id: ID!) { updateEmployee(id: $id, input: { phone: "+49 30 3" }) { id } }';
      await admin.refused(() => as(token, change, { id }), "NOT_FOUND");
      await admin.refused(
        () => as(token, "mutation ($id: ID!) { deleteEmployee(id: $id) { __typename } }", { id }),
        "NOT_FOUND",
      );
    }
  });
});

describe("B5: the schema that a key is shown", () => {
  it("B5: is what it can use: each field it shows is answered, and every other is refused", async () => {
    const token = await keyOf(
      { resource: "employee", actions: ["READ"], fields: ["firstName", "email", "manager"] },
      { resource: "timeOff", actions: ["READ"], fields: ["startDate"] },
    );
    const shown = buildClientSchema(await latchkey.data<IntrospectionQuery>(getIntrospectionQuery(), { token }));
    const leaves = (name: string) => {
      const type = shown.getType(name);
      return isObjectType(type) ? Object.keys(type.getFields()) : [];
    };
    expect(leaves("Employee").sort()).toEqual(["email", "firstName", "id", "manager", "version"]);
    expect(leaves("TimeOff").sort()).toEqual(["id", "startDate", "version"]);
    expect(shown.getType("Compensation")).toBeUndefined();
    expect(shown.getQueryType()?.getFields()).not.toHaveProperty("compensations");

    const everything = latchkey.schema.executable.getType("Employee");
    for (const [field, { type }] of Object.entries(isObjectType(everything) ? everything.getFields() : {})) {
      const below = isObjectType(type) ? "{ __typename }" : "";
      const { status } = await as(token, `{ employees { nodes { ${field} ${below} } } }`);
      expect([field, status]).toEqual([field, leaves("Employee").includes(field) ? 200 : 403]);
    }
  });
});
