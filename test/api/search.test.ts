import * as fc from "fast-check";
import { companies, idOf, load, TEXTS } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, STAFF, selectsOf } from "./staff";

const FIND = `query ($search: EmployeeSearch, $filter: EmployeeFilter, $first: Int, $after: String) {
  employees(search: $search, filter: $filter, first: $first, after: $after) {
    totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`;

interface Found {
  readonly employees: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly id: string }[];
    readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
  };
}

describe("free-text search over HTTP", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
  });
  afterAll(() => latchkey.stop());

  const named = (...names: string[]) =>
    load(latchkey.store, {
      departments: [],
      employees: names.map((lastName, at) => ({
        ...(STAFF.employees[0] as (typeof STAFF.employees)[number]),
        id: idOf("e", at),
        employeeNumber: `E${at}`,
        lastName,
        departmentId: null,
      })),
    });
  const found = async (text: string, ...fields: string[]) => {
    const search = { text, fields: Object.fromEntries(fields.map((field) => [field, true])) };
    const { employees } = await owner.read<Found>(FIND, { search });
    expect(employees.totalCount).toBe(employees.nodes.length);
    return employees.nodes.map(({ id }) => Number(id.slice(-3)));
  };

  it.each([
    ["ANN", ["Ann", "hannah", "Joanna", "An n", "Añn"], [0, 1, 2]],
    ["élodie", ["Élodie", "E\u0301lodie", "Elodie"], [0, 1]],
    ["e\u0301LODIE", ["Élodie", "e\u0301lodie", "Elodie"], [0, 1]],
    ["ΟΔΥΣΣΕΥΣ", ["Οδυσσευς", "οδυσσευσ", "Οδυσσεας"], [0, 1]],
    ["ЖУКОВ", ["жуков", "Жуков", "Жyков"], [0, 1]],
    ["ilker", ["İlker", "ILKER", "ılker", "Elker"], [0, 1, 2]],
    ["STRASSE", ["Strasse", "Straße"], [0]],
    ["straẞe", ["Strasse", "Straße"], [1]],
    ["kelvin", ["\u212Aelvin"], [0]],
    ["%", ["100%", "100"], [0]],
    ["_", ["a_b", "ab"], [0]],
    ["*", ["a*b", "ab"], [0]],
    ["?", ["a?b", "ab"], [0]],
    ["[ab]", ["x[AB]y", "a", "b"], [0]],
    ["]^-", ["]^-", "]"], [0]],
    [".", ["a.b", "ab"], [0]],
    ["\\", ["a\\b", "ab"], [0]],
    ["\\x{61}", ["a", "\\X{61}"], [1]],
    ["(", ["(a)", "a"], [0]],
    ["'", ["O'Neil", "ONeil"], [0]],
    ["😀", ["ab😀", "😁"], [0]],
    ["𐐨", ["𐐀", "𐐨", "𐐁"], [0, 1]],
  ])(
    "finds %j whatever its case, on both databases alike, with no character meaning anything else",
    async (text, names, expected) => {
      await named(...names);
      expect(await found(text, "lastName")).toEqual(expected);
    },
  );

  it("looks for every word by itself, in any of the fields that are named and no others", async () => {
    await load(latchkey.store, STAFF);
    expect(await found("  boSON\t bo ", "firstName", "lastName")).toEqual([1]);
    expect(await found("fay bergen", "firstName", "location")).toEqual([5]);
    expect(await found("bergen", "firstName", "lastName")).toEqual([]);
    expect(await found("n-d example.com", "employeeNumber", "email")).toEqual([3]);
    expect(await found("gus", "email")).toEqual([]);
    expect(await found(" ", "email")).toHaveLength(7);
  });

  it("finds what the texts hold, whatever they are", async () => {
    const texts = fc.constantFrom(...TEXTS, "AB", "Á", "Z", "😀 a", "b a");
    const fields = fc.subarray(["firstName", "lastName", "email", "jobTitle"] as const, { minLength: 1 });
    await fc.assert(
      fc.asyncProperty(companies, fc.array(fc.tuple(texts, fields), { minLength: 5 }), async (company, asked) => {
        await load(latchkey.store, company);
        for (const [text, names] of asked) {
          const words = text.split(/\s+/).filter((word) => word !== "");
          const expected = company.employees.filter((row) =>
            words.every((word) => {
              const pattern = new RegExp(word.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"), "iu");
              return names.some((name) => pattern.test(row[name] ?? ""));
            }),
          );
          const search = { text, fields: Object.fromEntries(names.map((name) => [name, true])) };
          const { employees } = await owner.read<Found>(FIND, { search, first: 500 });
          expect(employees.nodes.map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
        }
      }),
      { numRuns: 6 },
    );
  });

  it("is paged by cursors, combined with a filter, and works in lists within records", async () => {
    await load(latchkey.store, STAFF);
    const search = { text: "son", fields: { lastName: true } };
    const filter = { location: { eq: "Bergen" } };
    const ids: string[] = [];
    for (let after: string | null = null, more = true; more; ) {
      const { employees }: Found = await owner.read<Found>(FIND, { search, filter, first: 1, after });
      expect(employees.totalCount).toBe(3);
      ids.push(...employees.nodes.map(({ id }) => id));
      [after, more] = [employees.pageInfo.endCursor, employees.pageInfo.hasNextPage];
    }
    expect(ids).toEqual([ID.bo, ID.di, ID.fay]);
    const nested = `{ departments(search: { text: "E", fields: { code: true } }) { nodes { code
      employees(search: { text: "FAY", fields: { firstName: true } }) { totalCount nodes { firstName } } } } }`;
    expect(await owner.read(nested)).toEqual({
      departments: {
        nodes: [
          { code: "ENG", employees: { totalCount: 1, nodes: [{ firstName: "Fay" }] } },
          { code: "LEG", employees: { totalCount: 0, nodes: [] } },
        ],
      },
    });
  });

  it("needs READ on every field that it names, true or not, by literal and by variable", async () => {
    await load(latchkey.store, STAFF);
    const key = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"], fields: ["firstName", "email"] }]);
    for (const fields of [{ firstName: true, phone: true }, { phone: true }, { firstName: true, phone: false }]) {
      const literal = `{ ${Object.entries(fields)
        .map(([name, value]) => `${name}: ${value}`)
        .join(", ")} }`;
      const statements = await selectsOf(latchkey, async () => {
        for (const reply of [
          await key.ask(FIND, { search: { text: "a", fields } }),
          await key.ask(`{ employees(search: { text: "a", fields: ${literal} }) { totalCount } }`),
        ]) {
          expect(reply).toMatchObject({
            status: 403,
            errors: [{ extensions: { code: "FORBIDDEN_FIELD", missing: "employee.phone:READ" } }],
          });
        }
      });
      expect(statements).toEqual([]);
    }
    const { employees } = await key.read<Found>(FIND, { search: { text: "ADA", fields: { email: true } } });
    expect(employees.nodes).toEqual([{ id: ID.ada }]);
  });

  it("matches only through what may be read of each record", async () => {
    await load(latchkey.store, STAFF);
    const key = await keyWith(latchkey, [
      { resource: "employee", actions: ["READ"], fields: ["firstName"] },
      { resource: "employee", actions: ["READ"], fields: ["email"], rows: { departmentIds: [ID.sales] } },
    ]);
    const count = async (...fields: string[]) => {
      const search = { text: "fay", fields: Object.fromEntries(fields.map((field) => [field, true])) };
      return (await key.read<Found>(FIND, { search })).employees.totalCount;
    };
    expect(await count("firstName")).toBe(1);
    expect(await count("email")).toBe(0);
    expect(await count("firstName", "email")).toBe(0);
  });

  it("tells what is wrong with it, and is counted: a word in a field is a condition", async () => {
    const refused = async (search: unknown, field: string, code = "BAD_USER_INPUT") => {
      const statements = await selectsOf(latchkey, async () => {
        const reply = await owner.ask(FIND, { search });
        expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code, field } }] });
      });
      expect(statements.filter((sql) => sql.includes("GLOB") || sql.includes("REGEXP"))).toEqual([]);
    };
    const fields = { firstName: true };
    await refused({ text: "a", fields: {} }, "search.fields");
    await refused({ text: "a", fields: { firstName: false } }, "search.fields");
    await refused({ text: "a".repeat(201), fields }, "search.text");
    await refused({ text: "a\0", fields }, "search.text");
    await refused({ text: Array.from({ length: 51 }, (_, at) => at).join(" "), fields }, "search", "QUERY_TOO_COSTLY");
    await refused({ text: "a" }, "search.fields");
    const two = Array.from({ length: 26 }, (_, at) => at).join(" ");
    const twice = await owner.ask(
      "query ($search: EmployeeSearch) { a: employees(search: $search) { totalCount } b: employees(search: $search) { totalCount } }",
      { search: { text: two, fields } },
    );
    expect(twice.errors?.[0]).toMatchObject({ extensions: { code: "QUERY_TOO_COSTLY" } });
    expect((await owner.ask(FIND, { search: { text: two, fields } })).status).toBe(200);
  });

  it("shows in introspection only where there is a text that may be read, with no other field", async () => {
    const names = async (key: Caller) => {
      const { __schema } = await key.read<{ __schema: { types: { name: string; inputFields: { name: string }[] }[] } }>(
        "{ __schema { types { name inputFields { name } } } }",
      );
      return __schema.types.find(({ name }) => name === "EmployeeSearchFields")?.inputFields.map(({ name }) => name);
    };
    const some = await keyWith(latchkey, [
      { resource: "employee", actions: ["READ"], fields: ["firstName", "salary"] },
    ]);
    expect(await names(some)).toEqual(["firstName"]);
    const none = await keyWith(latchkey, [{ resource: "employee", actions: ["READ"], fields: ["salary"] }]);
    expect(await names(none)).toBeUndefined();
    const { __type } = await none.read<{ __type: { fields: { name: string; args: { name: string }[] }[] } }>(
      '{ __type(name: "Query") { fields { name args { name } } } }',
    );
    const args = __type.fields.find(({ name }) => name === "employees")?.args.map(({ name }) => name);
    expect(args?.sort()).toEqual(["after", "filter", "first", "sort"]);
  });
});
