import { load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, STAFF } from "./staff";

describe("the errors of an operation, over HTTP,", () => {
  let latchkey: TestLatchkey;
  let owner: Caller;
  beforeAll(async () => {
    latchkey = await startLatchkey();
    owner = callerOf(latchkey, latchkey.ownerToken);
    await load(latchkey.store, STAFF);
  });
  afterAll(() => latchkey.stop());

  it.each([
    ['{ employees(first: "x") { totalCount } }', "first"],
    ['{ employees(filter: { salary: { gt: "x" } }) { totalCount } }', "filter.salary.gt"],
    ["{ employees(filter: { lastName: { in: [1] } }) { totalCount } }", "filter.lastName.in[0]"],
    ['{ employees(filter: { or: [{}, { id: { in: ["a", {}] } }] }) { totalCount } }', "filter.or[1].id.in[1]"],
    ["{ employees(sort: [{ lastName: UP }]) { totalCount } }", "sort[0].lastName"],
    ["{ departments { nodes { employees(first: 1.5) { totalCount } } } }", "first"],
  ])("name the place of a literal of the wrong type: %s", async (query, field) => {
    const reply = await owner.ask(query);
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT", field } }] });
  });

  it.each([
    ['mutation { createEmployee(input: { firstName: "A", lastName: "B" }) { id } }', "input.employeeNumber"],
    ['{ employees(search: { text: "x" }) { totalCount } }', "search.fields"],
    ["{ employee { id } }", "id"],
  ])("name the place of what is missing: %s", async (query, field) => {
    const reply = await owner.ask(query);
    expect(reply).toMatchObject({ status: 400, errors: [{ extensions: { code: "BAD_USER_INPUT", field } }] });
  });

  it("name no place where none is at fault", async () => {
    const reply = await owner.ask("{ employees { nodes { nothing } } }");
    expect(reply.errors?.[0]?.extensions).toEqual({ code: "BAD_USER_INPUT" });
  });

  it("tell once what is wrong with lists within records, however many records there are", async () => {
    const reply = await owner.ask(
      "{ employees { nodes { a: reports(first: 501) { totalCount } b: reports(first: 0) { totalCount } } } }",
    );
    expect(reply.errors?.map(({ path }) => path?.filter((key) => typeof key === "string"))).toEqual([
      ["employees", "nodes", "a"],
      ["employees", "nodes", "b"],
    ]);
  });
});
