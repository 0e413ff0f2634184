import { type EmployeeRow, idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, STAFF, selectsOf } from "./staff";

const PEOPLE = 430;
/** Four relations: a statement is asked for 200 such rows. */
const WIDE =
  "nodes { id firstName email department { id manager { firstName } } manager { lastName department { name } } }";
const ORDERS = {
  "of creation": "",
  "by what some have not, those last": ", sort: [{ email: DESC }]",
  "by what some have not, those first": ", sort: [{ email: ASC }, { firstName: DESC }]",
  "by money": ", sort: [{ salary: DESC }]",
};

describe("a page that one statement is not asked for", () => {
  let fast: TestLatchkey;
  let ordinary: TestLatchkey;
  beforeAll(async () => {
    fast = await startLatchkey({ fastPath: { compileAfter: 0 } });
    ordinary = await startLatchkey({ database: fast.database, clock: fast.clock, fastPath: false });
    const [pattern] = STAFF.employees;
    const people = Array.from({ length: PEOPLE }, (_, at) => ({
      ...(pattern as EmployeeRow),
      id: idOf("e", 1_000 + at),
      employeeNumber: `W${at}`,
      firstName: `Name ${(at * 7) % 50}`,
      // A third have none, so that pages cross from those with a value to those without.
      email: at % 3 === 0 ? null : `w${(at * 37) % PEOPLE}@example.com`,
      salary: ((at * 31) % 40) + 0.25,
      departmentId: at % 5 === 0 ? null : (STAFF.departments[at % 3]?.id as string),
      managerId: at === 0 ? null : idOf("e", 1_000 + Math.floor(at / 4)),
    }));
    await load(fast.store, { departments: STAFF.departments, employees: [...STAFF.employees, ...people] });
  });
  afterAll(async () => {
    await ordinary.stop();
    await fast.stop();
  });

  interface Page {
    readonly employees: {
      readonly nodes: readonly object[];
      readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
    };
  }

  const page = (caller: Caller, order: string, first: number, after: string | null) =>
    caller.read<Page>(
      `query ($after: String) { employees(first: ${first}, after: $after${order}) { ${WIDE} pageInfo { endCursor hasNextPage } } }`,
      { after },
    );
  const walk = async (caller: Caller, order: string, first: number): Promise<object[]> => {
    const found: object[] = [];
    let after: string | null = null;
    for (;;) {
      const { employees }: Page = await page(caller, order, first, after);
      found.push(...employees.nodes);
      if (!employees.pageInfo.hasNextPage) return found;
      after = employees.pageInfo.endCursor;
    }
  };

  it.each(Object.entries(ORDERS))("is what small pages are together, on either way: %s", async (_name, order) => {
    const small = await walk(callerOf(ordinary, ordinary.ownerToken), order, 60);
    expect(small).toHaveLength(PEOPLE + STAFF.employees.length);
    for (const latchkey of [fast, ordinary]) {
      const owner = callerOf(latchkey, latchkey.ownerToken);
      for (const first of [500, 500, 420, 200]) expect(await walk(owner, order, first)).toEqual(small);
    }
  });

  it("is read by as many statements as it takes, and one that is smaller by one", async () => {
    const owner = callerOf(fast, fast.ownerToken);
    const statementsOf = async (first: number, selection = WIDE): Promise<number> =>
      (await selectsOf(fast, () => owner.read(`{ employees(first: ${first}) { ${selection} } }`))).length;
    expect(await statementsOf(200)).toBe(1);
    expect(await statementsOf(201)).toBe(2);
    expect(await statementsOf(500)).toBe(3);
    expect(await statementsOf(500, "nodes { id firstName }")).toBe(1);
  });

  it("lets others be answered between its statements", async () => {
    const owner = callerOf(fast, fast.ownerToken);
    let turns = 0;
    let running = true;
    const count = (): void => {
      turns += 1;
      if (running) setImmediate(count);
    };
    const at: number[] = [];
    const { select } = fast.store;
    const spied = jest.spyOn(fast.store, "select").mockImplementation((...args) => {
      at.push(turns);
      return select(...args);
    });
    setImmediate(count);
    await owner.read(`{ employees(first: 500) { ${WIDE} } }`);
    running = false;
    spied.mockRestore();
    expect(at).toHaveLength(3);
    expect((at[1] as number) - (at[0] as number)).toBeGreaterThan(0);
    expect((at[2] as number) - (at[1] as number)).toBeGreaterThan(0);
  });
});
