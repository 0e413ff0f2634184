import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  printType,
} from "graphql";
import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, type GrantGiven, ID, keyWith, STAFF, stored } from "./staff";

const REQUIRED = ["employeeNumber", "firstName", "lastName"] as const;

async function schemaOf(key: Caller): Promise<GraphQLSchema> {
  return buildClientSchema(await key.read<IntrospectionQuery & Record<string, unknown>>(getIntrospectionQuery()));
}

const mutationsIn = (schema: GraphQLSchema): string[] =>
  Object.keys(schema.getMutationType()?.getFields() ?? {}).filter((name) => /^(create|update|delete)/.test(name));

describe("a key that may create employees, but not set all that a new one needs, over HTTP", () => {
  let latchkey: TestLatchkey;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    await load(latchkey.store, STAFF);
  });
  afterAll(() => latchkey.stop());

  it.each(REQUIRED)(
    "has no createEmployee in its schema without %s, and is told of none by a bad document",
    async (lacking) => {
      const fields = [...REQUIRED.filter((name) => name !== lacking), "email"];
      const key = await keyWith(latchkey, [
        { resource: "employee", actions: ["READ"] },
        { resource: "employee", actions: ["CREATE"], fields },
      ]);
      const schema = await schemaOf(key);
      expect(mutationsIn(schema)).toEqual([]);
      expect(schema.getType("CreateEmployeeInput")).toBeUndefined();
      for (const document of [
        'mutation { createEmployee(input: { email: "a@b" }) { id } }',
        "mutation { createEmploye { id } }",
        'mutation { createEmployee(input: { emal: "a@b" }) { id } }',
        "mutation ($input: CreateEmployeInput!) { createEmployee(input: $input) { id } }",
      ]) {
        const reply = await key.ask(document);
        expect(reply.status).toBe(400);
        expect(new Set(reply.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(["BAD_USER_INPUT"]));
        expect(reply.text).not.toMatch(/Did you mean|is required|not provided/);
        expect(reply.text).not.toContain(lacking);
      }
      const whole = await key.ask(
        'mutation { createEmployee(input: { employeeNumber: "1", firstName: "A", lastName: "B" }) { id } }',
      );
      expect(whole).toMatchObject({
        status: 403,
        errors: [
          { extensions: { coordinate: `CreateEmployeeInput.${lacking}`, missing: `employee.${lacking}:CREATE` } },
        ],
      });
    },
  );

  it("has it with all of them", async () => {
    const key = await keyWith(latchkey, [{ resource: "employee", actions: ["CREATE"], fields: REQUIRED }]);
    const schema = await schemaOf(key);
    expect(mutationsIn(schema)).toEqual(["createEmployee"]);
    const input = schema.getType("CreateEmployeeInput") as { getFields(): object };
    expect(Object.keys(input.getFields()).sort()).toEqual([...REQUIRED]);
  });
});

describe("a key that may change employees and read nothing of them, over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());
  beforeEach(() => load(latchkey.store, STAFF));

  const grant = (...actions: GrantGiven["actions"]): GrantGiven[] => [
    { resource: "employee", actions, fields: [...REQUIRED, "phone"] },
  ];
  const created = (payload: string) =>
    `mutation { createEmployee(input: { employeeNumber: "N", firstName: "N", lastName: "W" }) ${payload} }`;
  const updated = (payload: string) => `mutation { updateEmployee(id: "${ID.bo}", input: { phone: "1" }) ${payload} }`;
  const deleted = (payload: string) => `mutation { deleteEmployee(id: "${ID.gus}") ${payload} }`;

  it.each([
    [["CREATE"] as const, ["createEmployee"]],
    [["UPDATE"] as const, ["updateEmployee"]],
    [["CREATE", "UPDATE", "DELETE"] as const, ["createEmployee", "deleteEmployee", "updateEmployee"]],
  ])("sees its mutations (%j), whose answer is an id, and no way to read", async (actions, mutations) => {
    const schema = await schemaOf(await keyWith(latchkey, grant(...actions)));
    expect(mutationsIn(schema)).toEqual(mutations);
    expect(printType(schema.getType("Employee") as never)).toMatch(/^[^{]*type Employee \{[^{}]*id: ID!\s*\}$/);
    expect(Object.keys(schema.getQueryType()?.getFields() ?? {})).not.toContain("employees");
    for (const hidden of ["EmployeeConnection", "EmployeeFilter", "Department"]) {
      expect(schema.getType(hidden)).toBeUndefined();
    }
  });

  it("gets the id back of what it made, changed and deleted, by every spelling of the answer", async () => {
    const key = await keyWith(latchkey, grant("CREATE", "UPDATE", "DELETE"));
    const { createEmployee } = await key.read<{ createEmployee: { id: string } }>(
      created("{ __typename ...F } } fragment F on Employee { id"),
    );
    expect(await stored(latchkey, "employee", createEmployee.id)).toMatchObject({ employeeNumber: "N" });
    expect(await key.read(updated("{ id }"))).toEqual({ updateEmployee: { id: ID.bo } });
    expect(await key.read(deleted("{ who: id }"))).toEqual({ deleteEmployee: { who: ID.gus } });
  });

  it("gets nothing else back, and then nothing is changed", async () => {
    const key = await keyWith(latchkey, grant("CREATE", "UPDATE", "DELETE"));
    const before = await latchkey.store.select("SELECT * FROM employee ORDER BY id", []);
    for (const payload of [
      "{ id version }",
      "{ id firstName }",
      "{ id manager { id } }",
      "{ id reports { nodes { id } } }",
      "{ id reports { totalCount } }",
    ]) {
      for (const mutation of [created(payload), updated(payload), deleted(payload)]) {
        expect(await key.ask(mutation)).toMatchObject({
          status: 403,
          errors: expect.arrayContaining([
            expect.objectContaining({ extensions: expect.objectContaining({ action: "READ", deniedBy: "KEY" }) }),
          ]),
        });
      }
    }
    expect(await latchkey.store.select("SELECT * FROM employee ORDER BY id", [])).toEqual(before);
    for (const query of [`{ employee(id: "${ID.bo}") { id } }`, "{ employees { nodes { id } } }"]) {
      expect((await key.ask(query)).status).toBe(403);
    }
  });

  it("is led to no employee by the relations of what it may read", async () => {
    const key = await keyWith(latchkey, [
      ...grant("UPDATE"),
      { resource: "department", actions: ["READ"], fields: ["code", "manager", "employees"] },
    ]);
    const schema = await schemaOf(key);
    expect(mutationsIn(schema)).toEqual(["updateEmployee"]);
    expect(Object.keys((schema.getType("Department") as unknown as { getFields(): object }).getFields())).toEqual(
      expect.not.arrayContaining(["manager", "employees"]),
    );
    for (const selection of ["manager { id }", "employees { nodes { id } }"]) {
      const reply = await key.ask(`{ departments { nodes { ${selection} } } }`);
      expect(reply).toMatchObject({ status: 403 });
    }
  });

  it("that reads some rows has its changes beyond these answered by id alone", async () => {
    const key = await keyWith(latchkey, [
      ...grant("UPDATE"),
      { resource: "employee", actions: ["READ"], fields: ["phone", "reports"], rows: { departmentIds: [ID.legal] } },
    ]);
    expect(await key.read(updated("{ id }"))).toEqual({ updateEmployee: { id: ID.bo } });
    for (const payload of ["{ id phone }", "{ id version }", "{ id reports { totalCount } }"]) {
      expect((await key.ask(updated(payload).replace('"1"', '"2"'))).status).toBe(403);
    }
    expect(await owner.read(`{ employee(id: "${ID.bo}") { phone } }`)).toEqual({ employee: { phone: "1" } });
  });
});
