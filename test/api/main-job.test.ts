import { OWNER, startLatchkey, type TestLatchkey } from "../support/latchkey";

interface KeyMade {
  readonly generateApiKey: {
    readonly token: string;
    readonly warnings: string[];
    readonly apiKey: { readonly id: string };
  };
}

describe("the main job: a company's records, a key for some of their fields, and its end", () => {
  let latchkey: TestLatchkey;
  /** A second instance on the same database, as behind a load balancer. */
  let second: TestLatchkey;
  let setId: string;
  let key: { id: string; token: string };

  const asOwner = <Data>(query: string, variables?: object) =>
    latchkey.data<Data>(query, { token: latchkey.ownerToken, variables });
  const asKey = (query: string, variables?: object, instance = latchkey) =>
    instance.query(query, { token: key.token, variables });

  beforeAll(async () => {
    latchkey = await startLatchkey();
    second = await startLatchkey({ database: latchkey.database, clock: latchkey.clock });
    await fillCompany(latchkey);
    const made = await asOwner<{ createApiSet: { id: string } }>(
      "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }",
      {
        input: {
          name: "Directory",
          grants: [
            { resource: "employee", actions: ["READ"], fields: ["firstName", "lastName", "email", "department"] },
            { resource: "department", actions: ["READ"], fields: ["name"] },
          ],
        },
      },
    );
    setId = made.createApiSet.id;
  });
  afterAll(async () => {
    await second.stop();
    await latchkey.stop();
  });
  beforeEach(async () => {
    const made = await asOwner<KeyMade>(
      "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token warnings apiKey { id } } }",
      { input: { name: `Calendar ${Math.random()}`, apiSetIds: [setId] } },
    );
    key = { id: made.generateApiKey.apiKey.id, token: made.generateApiKey.token };
  });

  it("gives a token of the documented form, once, and stores only its digest", async () => {
    expect(key.token).toMatch(/^lk_live_[0-9A-Za-z]{12}_[0-9A-Za-z]{49}$/);
    expect(key.token).toContain(key.id);
    const secrets = await latchkey.store.select<Record<string, unknown>>("SELECT * FROM api_key_secret", []);
    const keys = await latchkey.store.select<Record<string, unknown>>("SELECT * FROM api_key", []);
    const trail = await latchkey.store.select<Record<string, unknown>>("SELECT * FROM audit_event", []);
    const stored = JSON.stringify([secrets, keys, trail]);
    expect(stored).not.toContain(key.token.slice(-49, -6));
    expect(stored).not.toContain(OWNER.password);
    expect(latchkey.logged()).not.toContain(key.token.slice(-49, -6));
  });

  it("answers what the key may read, relations included", async () => {
    const reply = await asKey(
      '{ employees(sort: [{ lastName: ASC }], filter: { lastName: { startsWith: "F" } }) { totalCount nodes { firstName lastName email department { name } } } }',
    );
    expect(reply.errors).toBeUndefined();
    expect(reply.data).toEqual({
      employees: {
        totalCount: 1,
        nodes: [
          {
            firstName: "Georgi",
            lastName: "Facello",
            email: "georgi@example.com",
            department: { name: "Development" },
          },
        ],
      },
    });
  });

  it.each([
    ["a field", "{ employees { nodes { firstName salary } } }", ["Employee.salary"]],
    [
      "every field that is missing",
      "{ employees { nodes { salary birthDate } } }",
      ["Employee.birthDate", "Employee.salary"],
    ],
    ["a field behind an alias", "{ employees { nodes { firstName: salary } } }", ["Employee.salary"]],
    [
      "a field in a fragment",
      "{ employees { nodes { ...F } } } fragment F on Employee { salary }",
      ["Employee.salary"],
    ],
    ["a filter", "{ employees(filter: { salary: { gt: 1 } }) { totalCount } }", ["EmployeeFilter.salary"]],
    [
      "a filter in and/or/not",
      "{ employees(filter: { or: [{ not: { salary: { gt: 1 } } }] }) { totalCount } }",
      ["EmployeeFilter.salary"],
    ],
    ["a sort", "{ employees(sort: [{ salary: ASC }]) { nodes { id } } }", ["EmployeeSort.salary"]],
    ["a field of a related record", "{ employees { nodes { department { code } } } }", ["Department.code"]],
    ["a relation", "{ employees { nodes { manager { firstName } } } }", ["Employee.manager"]],
    ["a mutation", 'mutation { deleteEmployee(id: "x") { id } }', ["Mutation.deleteEmployee"]],
    ["what a literal @skip hides", "{ employees { nodes { salary @skip(if: true) } } }", ["Employee.salary"]],
  ])("refuses %s the key may not use: the whole operation, by name", async (_what, query, coordinates) => {
    const reply = await asKey(query);
    expect(reply.status).toBe(403);
    expect(reply.data).toBeUndefined();
    const refused = reply.errors?.map(({ extensions }) => extensions.coordinate as string).sort();
    expect(refused).toEqual(expect.arrayContaining(coordinates));
    for (const { extensions } of reply.errors ?? []) {
      expect(extensions).toMatchObject({ code: "FORBIDDEN_FIELD", missing: expect.any(String), deniedBy: "KEY" });
    }
  });

  it("refuses a filter that arrives in a variable", async () => {
    const query = "query ($filter: EmployeeFilter) { employees(filter: $filter) { totalCount } }";
    expect(await asKey(query, { filter: { and: [{ salary: { gt: 100_000 } }] } })).toMatchObject({
      status: 403,
      errors: [
        {
          extensions: { code: "FORBIDDEN_FIELD", coordinate: "EmployeeFilter.salary", missing: "employee.salary:READ" },
        },
      ],
    });
    expect(await asKey(query, { filter: { lastName: { eq: "Facello" } } })).toMatchObject({
      data: { employees: { totalCount: 1 } },
    });
  });

  it("reads no row for a refused operation", async () => {
    const statements: string[] = [];
    const query = latchkey.store.reader.query.bind(latchkey.store.reader);
    const spied = jest.spyOn(latchkey.store.reader, "query").mockImplementation((async (
      sql: string,
      parameters?: unknown[],
    ) => {
      statements.push(sql);
      return query(sql, parameters);
    }) as never);
    await asKey("{ employees { nodes { salary } } }");
    spied.mockRestore();
    expect(statements.filter((sql) => /employee|department/i.test(sql))).toEqual([]);
  });

  it("carries no authority of its owner", async () => {
    for (const query of [
      "{ users { totalCount } }",
      'mutation { createApiSet(input: { name: "Mine", grants: [{ resource: "employee", actions: [READ] }] }) { id } }',
      'mutation { generateApiKey(input: { name: "Child" }) { token } }',
      'mutation { revokeApiKey(id: "x") { id } }',
    ]) {
      const reply = await asKey(query);
      expect(reply.status).toBe(403);
      expect(reply.errors?.[0]?.extensions.code).toBe("FORBIDDEN");
    }
  });

  it("sees in introspection only what it may use, and gets no other name suggested", async () => {
    const { data } = await asKey(
      '{ __type(name: "Employee") { fields { name } } __schema { queryType { fields { name } } mutationType { name } } }',
    );
    const { __type, __schema } = data as {
      __type: { fields: { name: string }[] };
      __schema: { queryType: { fields: { name: string }[] }; mutationType: { name: string } | null };
    };
    expect(__type.fields.map(({ name }) => name).sort()).toEqual([
      "department",
      "email",
      "firstName",
      "id",
      "lastName",
      "version",
    ]);
    expect(__schema.queryType.fields.map(({ name }) => name)).not.toContain("users");
    for (const query of [
      "{ employees { nodes { salry } } }",
      "{ employees(filter: { salry: { gt: 1 } }) { totalCount } }",
      "{ usrs { totalCount } }",
    ]) {
      const reply = await asKey(query);
      expect(reply.status).toBe(400);
      expect(reply.text).not.toMatch(/salary|users/);
    }
    const variable = await asKey("query ($f: EmployeeFilter) { employees(filter: $f) { totalCount } }", {
      f: { salry: { gt: 1 } },
    });
    expect(variable.status).toBe(400);
    expect(variable.text).not.toMatch(/salary/);
  });

  it("ends with the key: the very next request is refused, on every instance, and the trail says who did it", async () => {
    const query = "{ employees { totalCount } }";
    expect((await asKey(query)).status).toBe(200);
    expect((await asKey(query, undefined, second)).status).toBe(200);
    await asOwner("mutation ($id: ID!) { revokeApiKey(id: $id) { status } }", { id: key.id });
    for (const instance of [latchkey, second]) {
      const reply = await asKey(query, undefined, instance);
      expect(reply).toMatchObject({ status: 401, errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
      expect(reply.data).toBeUndefined();
    }
    const [event] = await latchkey.store.select<{ actorName: string; targetId: string }>(
      "SELECT * FROM audit_event WHERE action = 'apiKey.revoke' AND targetId = ?",
      [key.id],
    );
    expect(event).toMatchObject({ actorName: OWNER.email, targetId: key.id });
  });

  it("narrows with the API set: the very next request is refused what was taken out", async () => {
    const query = "{ employees { nodes { email } } }";
    expect((await asKey(query, undefined, second)).status).toBe(200);
    const grants = [{ resource: "employee", actions: ["READ"], fields: ["firstName"] }];
    const update = "mutation ($id: ID!, $input: ApiSetInput!) { updateApiSet(id: $id, input: $input) { id } }";
    await asOwner(update, { id: setId, input: { name: "Directory", grants } });
    expect(await asKey(query, undefined, second)).toMatchObject({
      status: 403,
      errors: [{ extensions: { missing: "employee.email:READ" } }],
    });
    const full = [
      { resource: "employee", actions: ["READ"], fields: ["firstName", "lastName", "email", "department"] },
      { resource: "department", actions: ["READ"], fields: ["name"] },
    ];
    await asOwner(update, { id: setId, input: { name: "Directory", grants: full } });
    expect((await asKey(query, undefined, second)).status).toBe(200);
  });
});

async function fillCompany(latchkey: TestLatchkey): Promise<void> {
  const options = { token: latchkey.ownerToken };
  const { createDepartment } = await latchkey.data<{ createDepartment: { id: string } }>(
    'mutation { createDepartment(input: { code: "d005", name: "Development" }) { id } }',
    options,
  );
  for (const [employeeNumber, firstName, lastName] of [
    ["10001", "Georgi", "Facello"],
    ["10002", "Bezalel", "Simmel"],
    ["10003", "Parto", "Bamford"],
  ]) {
    await latchkey.data("mutation ($input: CreateEmployeeInput!) { createEmployee(input: $input) { id } }", {
      ...options,
      variables: {
        input: {
          employeeNumber,
          firstName,
          lastName,
          email: `${firstName?.toLowerCase()}@example.com`,
          salary: 88_958,
          birthDate: "1953-09-02",
          departmentId: createDepartment.id,
        },
      },
    });
  }
}
