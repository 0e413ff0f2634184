import { buildClientSchema, type GraphQLSchema, getIntrospectionQuery, type IntrospectionQuery } from "graphql";
import { type Administration, administer, type TestPerson } from "../support/administration";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";

let latchkey: TestLatchkey;
let admin: Administration;
let developer: TestPerson;
let keyToken: string;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  developer = await admin.person({ roles: ["Developer"] });
  const key = await admin.key(developer.token, {
    grants: [
      { resource: "employee", actions: ["READ"], fields: ["firstName", "department"] },
      { resource: "department", actions: ["READ"], fields: ["name"] },
    ],
  });
  keyToken = key.token;
});
afterAll(() => latchkey?.stop());

/** The schema as `token` (nobody without one) sees it, whole and consistent. */
async function schemaOf(token?: string): Promise<GraphQLSchema> {
  const data = await latchkey.data<IntrospectionQuery>(getIntrospectionQuery({ inputValueDeprecation: true }), {
    token,
  });
  return buildClientSchema(data);
}
const fieldsOf = (schema: GraphQLSchema, type: string): string[] => {
  const found = schema.getType(type);
  return found && "getFields" in found ? Object.keys(found.getFields()).sort() : [];
};
const typesOf = (schema: GraphQLSchema) => Object.keys(schema.getTypeMap()).filter((name) => !name.startsWith("__"));

describe("introspection by an API key", () => {
  it("shows the queries, fields, filters and sorts that the key may use, and nothing that only sessions use", async () => {
    const schema = await schemaOf(keyToken);
    expect(fieldsOf(schema, "Query")).toEqual(
      expect.arrayContaining(["department", "departments", "employee", "employees", "viewer"]),
    );
    for (const hidden of ["users", "user", "roles", "apiKeys", "apiSets", "auditEvents"]) {
      expect(fieldsOf(schema, "Query")).not.toContain(hidden);
    }
    expect(fieldsOf(schema, "Employee")).toEqual(["department", "firstName", "id", "version"]);
    expect(fieldsOf(schema, "Department")).toEqual(["id", "name", "version"]);
    for (const input of ["EmployeeFilter", "EmployeeSort"]) {
      expect(fieldsOf(schema, input)).toContain("firstName");
      expect(fieldsOf(schema, input)).not.toContain("salary");
    }
    // `User` is there as a part of the reply to signIn, which is open to everybody.
    for (const hidden of [
      "UserConnection",
      "CreateUserInput",
      "RoleInput",
      "ApiSetInput",
      "GenerateApiKeyInput",
      "AuditEvent",
      "CreateEmployeeInput",
    ]) {
      expect(typesOf(schema)).not.toContain(hidden);
    }
  });

  it("answers __type as if what it may not use did not exist", async () => {
    for (const name of ["UserConnection", "RoleInput", "UpdateEmployeeInput", "NoSuchType"]) {
      const reply = await latchkey.query(`{ __type(name: "${name}") { name fields { name } } }`, { token: keyToken });
      expect(reply).toMatchObject({ status: 200, data: { __type: null } });
    }
    const reply = await latchkey.query(
      '{ a: __type(name: "Employee") { fields { name } } __schema { types { name fields { name } inputFields { name } } } }',
      { token: keyToken },
    );
    expect(reply.text).not.toMatch(/salary|birthDate|passwordHash|revokeAll|ApiSetInput/);
  });

  it("does not answer beside it what would be refused without it", async () => {
    const reply = await latchkey.query("{ __schema { queryType { name } } employees { nodes { salary } } }", {
      token: keyToken,
    });
    expect(reply).toMatchObject({ status: 403, errors: [{ extensions: { missing: "employee.salary:READ" } }] });
    expect(reply.data).toBeUndefined();
  });

  it("answers records beside it in the same operation", async () => {
    const reply = await latchkey.query("{ __schema { queryType { name } } employees { totalCount } }", {
      token: keyToken,
    });
    expect(reply.data).toEqual({ __schema: { queryType: { name: "Query" } }, employees: { totalCount: 0 } });
    const { createDepartment } = await latchkey.data<{ createDepartment: { id: string } }>(
      'mutation { createDepartment(input: { code: "INT", name: "Introspected" }) { id } }',
      { token: latchkey.ownerToken },
    );
    const records = `departments { nodes { ...Named ...on Department { __typename } } } department(id: "${createDepartment.id}") { ...Named }`;
    const fragment = "fragment Named on Department { id name }";
    const alone = await latchkey.data(`{ ${records} } ${fragment}`, { token: keyToken });
    const beside = await latchkey.data(
      `{ ${records} __schema { types { name ...Kind } } } ${fragment} fragment Kind on __Type { kind }`,
      {
        token: keyToken,
      },
    );
    expect(beside).toEqual({
      ...alone,
      __schema: { types: expect.arrayContaining([{ name: "Department", kind: "OBJECT" }]) },
    });
    expect(alone).toMatchObject({ department: { id: createDepartment.id, name: "Introspected" } });
  });

  it("changes with the key's grants, on the next request", async () => {
    const set = await admin.apiSet([{ resource: "employee", actions: ["READ"], fields: ["lastName"] }]);
    const { token } = await admin.key(developer.token, { apiSetIds: [set] });
    expect(fieldsOf(await schemaOf(token), "Employee")).toContain("lastName");
    await admin.asOwner(
      'mutation ($id: ID!) { updateApiSet(id: $id, input: { name: "Phones", grants: [{ resource: "employee", actions: [READ], fields: ["phone"] }] }) { id } }',
      { id: set },
    );
    expect(fieldsOf(await schemaOf(token), "Employee")).toEqual(["id", "phone", "version"]);
  });
});

describe("introspection by a developer's session", () => {
  it("shows what a developer manages, and neither users nor other people's pay in writing", async () => {
    const schema = await schemaOf(developer.token);
    expect(fieldsOf(schema, "Mutation")).toEqual(
      expect.arrayContaining(["createApiSet", "generateApiKey", "revokeApiKey", "changePassword", "signOut"]),
    );
    for (const hidden of [
      "createUser",
      "setUserRoles",
      "createRole",
      "revokeAllApiKeys",
      "createEmployee",
      "updateEmployee",
    ]) {
      expect(fieldsOf(schema, "Mutation")).not.toContain(hidden);
    }
    expect(fieldsOf(schema, "Query")).toEqual(expect.arrayContaining(["apiSets", "apiKeys", "roles"]));
    expect(fieldsOf(schema, "Query")).not.toContain("users");
    expect(fieldsOf(schema, "ApiSetInput")).toContain("grants");
    for (const hidden of ["CreateUserInput", "RoleInput", "CreateEmployeeInput"]) {
      expect(typesOf(schema)).not.toContain(hidden);
    }
  });
});

describe("introspection by an account owner's session", () => {
  it("shows everything", async () => {
    const schema = await schemaOf(latchkey.ownerToken);
    for (const name of ["createUser", "createRole", "revokeAllApiKeys", "createEmployee"]) {
      expect(fieldsOf(schema, "Mutation")).toContain(name);
    }
    expect(fieldsOf(schema, "Employee")).toContain("salary");
  });
});

describe("introspection by nobody", () => {
  it("shows the ways to sign in and to report a leak, and no resource, no field and no management", async () => {
    const schema = await schemaOf();
    expect(fieldsOf(schema, "Mutation")).toEqual(["reportLeakedApiKey", "resetPassword", "signIn"]);
    expect(fieldsOf(schema, "Query")).toEqual(["serviceName"]);
    for (const hidden of ["Employee", "Department", "ApiKey", "ApiSet", "AuditEvent", "CreateUserInput"]) {
      expect(typesOf(schema)).not.toContain(hidden);
    }
  });

  it("is told no name by a misspelling either", async () => {
    for (const query of [
      "{ employes { totalCount } }",
      "{ viewr { kind } }",
      "mutation { createUsr { id } }",
      "{ x { ...F } } fragment F on Employe { id }",
    ]) {
      const reply = await latchkey.query(query);
      expect([400, 401]).toContain(reply.status);
      expect(reply.text).not.toMatch(/employees|viewer|createUser|"Employee"|Did you mean/);
    }
  });
});
