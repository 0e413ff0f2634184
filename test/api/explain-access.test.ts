import { startLatchkey, type TestLatchkey } from "../support/latchkey";

interface Explained {
  readonly explainAccess: {
    readonly allowed: boolean;
    readonly coordinates: readonly {
      readonly coordinate: string;
      readonly permission: string;
      readonly granted: boolean;
      readonly deniedBy: "KEY" | "OWNER" | null;
      readonly apiSets?: readonly { readonly name: string }[];
    }[];
  };
}

const EXPLAIN = `query ($apiKeyId: ID!, $query: String!, $variables: JSONObject) {
  explainAccess(apiKeyId: $apiKeyId, query: $query, variables: $variables) {
    allowed coordinates { coordinate permission granted deniedBy apiSets { name } }
  }
}`;
const EXPLAIN_AS_KEY = EXPLAIN.replace("apiSets { name }", "");

describe("B4: explainAccess", () => {
  let latchkey: TestLatchkey;
  let key: { id: string; token: string };
  const asOwner = <Data>(query: string, variables?: object) =>
    latchkey.data<Data>(query, { token: latchkey.ownerToken, variables });

  beforeAll(async () => {
    latchkey = await startLatchkey();
    const set = async (name: string, fields: string[]): Promise<string> => {
      const grants = [{ resource: "employee", actions: ["READ"], fields }];
      const made = await asOwner<{ createApiSet: { id: string } }>(
        "mutation ($input: ApiSetInput!) { createApiSet(input: $input) { id } }",
        { input: { name, grants } },
      );
      return made.createApiSet.id;
    };
    const directory = await set("Directory", ["firstName", "lastName"]);
    await set("Payroll", ["salary"]);
    await set("Everything", ["firstName", "lastName", "salary", "birthDate"]);
    const made = await asOwner<{ generateApiKey: { token: string; apiKey: { id: string } } }>(
      "mutation ($input: GenerateApiKeyInput!) { generateApiKey(input: $input) { token apiKey { id } } }",
      { input: { name: "Phone book", apiSetIds: [directory] } },
    );
    key = { id: made.generateApiKey.apiKey.id, token: made.generateApiKey.token };
  });
  afterAll(() => latchkey.stop());

  const explain = (query: string, variables?: object) =>
    asOwner<Explained>(EXPLAIN, { apiKeyId: key.id, query, variables }).then((data) => data.explainAccess);

  it("says of every place whether it is granted, who lacks it, and which API sets would add it", async () => {
    expect(await explain("{ employees { nodes { firstName salary } } }")).toEqual({
      allowed: false,
      coordinates: expect.arrayContaining([
        {
          coordinate: "Employee.firstName",
          permission: "employee.firstName:READ",
          granted: true,
          deniedBy: null,
          apiSets: [],
        },
        {
          coordinate: "Employee.salary",
          permission: "employee.salary:READ",
          granted: false,
          deniedBy: "KEY",
          apiSets: [{ name: "Everything" }, { name: "Payroll" }],
        },
      ]),
    });
  });

  it("counts what the variables name", async () => {
    const query = "query ($filter: EmployeeFilter) { employees(filter: $filter) { totalCount } }";
    expect((await explain(query, { filter: { lastName: { eq: "Facello" } } })).allowed).toBe(true);
    const { allowed, coordinates } = await explain(query, { filter: { salary: { gt: 1 } } });
    expect(allowed).toBe(false);
    expect(coordinates.filter(({ granted }) => !granted)).toMatchObject([{ coordinate: "EmployeeFilter.salary" }]);
  });

  it("blames the owner where nothing given to the key would help", async () => {
    const { coordinates } = await explain("{ users { totalCount } }");
    expect(coordinates.find(({ coordinate }) => coordinate === "Query.users")).toMatchObject({
      granted: false,
      deniedBy: "KEY",
    });
    await asOwner("mutation ($input: CreateUserInput!) { createUser(input: $input) { id } }", {
      input: {
        kind: "EMPLOYEE",
        firstName: "Dev",
        lastName: "Eloper",
        email: "dev@example.com",
        password: "six random words in a row",
        roleIds: [await roleId("Developer")],
      },
    });
    const token = await latchkey.signIn("dev@example.com", "six random words in a row");
    const made = await latchkey.data<{ generateApiKey: { apiKey: { id: string } } }>(
      `mutation { generateApiKey(input: { name: "Mine", grants: [{ resource: "employee", actions: [READ], fields: ["firstName"] }] }) { apiKey { id } } }`,
      { token },
    );
    const data = await latchkey.data<Explained>(EXPLAIN, {
      token,
      variables: {
        apiKeyId: made.generateApiKey.apiKey.id,
        query: 'mutation { deleteEmployee(id: "x") { lastName } }',
      },
    });
    const missing = data.explainAccess.coordinates.filter(({ granted }) => !granted);
    expect(missing.map(({ coordinate, deniedBy }) => ({ coordinate, deniedBy }))).toEqual(
      expect.arrayContaining([
        { coordinate: "Mutation.deleteEmployee", deniedBy: "OWNER" },
        { coordinate: "Employee.lastName", deniedBy: "KEY" },
      ]),
    );
    expect(missing.find(({ deniedBy }) => deniedBy === "OWNER")?.apiSets).toEqual([]);
    // `Everything` gives the last name too, but no key of a developer can be bound to it.
    const lastName = missing.find(({ coordinate }) => coordinate === "Employee.lastName");
    expect(lastName?.apiSets).toEqual([{ name: "Directory" }]);
    const bind = (apiSetId: string) =>
      latchkey.query(
        "mutation ($id: ID!, $sets: [ID!]) { updateApiKey(id: $id, input: { apiSetIds: $sets }) { id } }",
        {
          token,
          variables: { id: made.generateApiKey.apiKey.id, sets: [apiSetId] },
        },
      );
    const { apiSets } = await asOwner<{ apiSets: { nodes: { id: string; name: string }[] } }>(
      "{ apiSets { nodes { id name } } }",
    );
    const idOf = (name: string) => apiSets.nodes.find((set) => set.name === name)?.id ?? "";
    expect((await bind(idOf("Everything"))).errors?.[0]?.extensions?.code).toBe("OUT_OF_SCOPE");
    expect((await bind(idOf("Directory"))).status).toBe(200);
  });

  it("agrees with what happens when the operation is sent", async () => {
    for (const query of [
      "{ employees { nodes { firstName } } }",
      "{ employees(sort: [{ salary: ASC }]) { nodes { id } } }",
      'mutation { deleteEmployee(id: "x") { id } }',
      "{ viewer { kind } __typename }",
    ]) {
      const { allowed } = await explain(query);
      expect((await latchkey.query(query, { token: key.token })).status === 200).toBe(allowed);
    }
  });

  it("runs nothing and writes nothing", async () => {
    const count = async () =>
      (await latchkey.store.select<{ n: number }>("SELECT COUNT(*) AS n FROM department", []))[0]?.n;
    const before = await count();
    await explain('mutation { createDepartment(input: { code: "X", name: "X" }) { id } }');
    expect(await count()).toBe(before);
  });

  it("answers a key that asks about itself, and no other", async () => {
    const variables = { apiKeyId: key.id, query: "{ employees { nodes { salary } } }" };
    const data = await latchkey.data<Explained>(EXPLAIN_AS_KEY, { token: key.token, variables });
    expect(data.explainAccess.allowed).toBe(false);
    const other = await latchkey.query(EXPLAIN_AS_KEY, {
      token: key.token,
      variables: { ...variables, apiKeyId: "000000000000" },
    });
    expect(other).toMatchObject({ status: 404, errors: [{ extensions: { code: "NOT_FOUND" } }] });
    expect((await latchkey.query(EXPLAIN, { token: key.token, variables })).status).toBe(403);
  });

  it.each([
    ["{", /query is not GraphQL/, "BAD_USER_INPUT"],
    ["{ employees { nodes { salry } } }", /query is invalid: Cannot query field "salry"/, "BAD_USER_INPUT"],
    ["query A { viewer { kind } } query B { viewer { kind } }", /operationName must name/, "BAD_USER_INPUT"],
    [`{ ${Array.from({ length: 200 }, (_, at) => `a${at}: __typename`).join(" ")} }`, /more than/, "QUERY_TOO_COSTLY"],
  ])("names what is wrong with %.40s", async (query, message, code) => {
    const reply = await latchkey.query(EXPLAIN, { token: latchkey.ownerToken, variables: { apiKeyId: key.id, query } });
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code } }] });
    expect(reply.errors?.[0]?.message).toMatch(message);
  });

  it("suggests to a key no name outside its scope", async () => {
    const variables = { apiKeyId: key.id, query: "{ employees { nodes { salry } } }" };
    const reply = await latchkey.query(EXPLAIN_AS_KEY, { token: key.token, variables });
    expect(reply.text).not.toContain("salary");
  });

  async function roleId(name: string): Promise<string> {
    const { roles } = await asOwner<{ roles: { nodes: { id: string; name: string }[] } }>(
      "{ roles { nodes { id name } } }",
    );
    return roles.nodes.find((role) => role.name === name)?.id ?? "";
  }
});
