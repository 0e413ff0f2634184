import { request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { isLarge } from "../../src/kernel/json-in-turns";
import { type EmployeeRow, idOf, load } from "../resources/company";
import { startLatchkey, type TestLatchkey } from "../support/latchkey";
import { type Caller, callerOf, ID, keyWith, STAFF, selectsOf } from "./staff";

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

interface Page {
  readonly nodes: readonly { readonly id: string }[];
  readonly pageInfo: { readonly endCursor: string; readonly hasNextPage: boolean };
}
/** Asks for one page of a list. */
type List = (caller: Caller, first: number, after: string | null, order: string) => Promise<Page>;

const everybody: List = async (caller, first, after, order) => {
  const query = `query ($after: String) { employees(first: ${first}, after: $after${order}) { ${WIDE} pageInfo { endCursor hasNextPage } } }`;
  return (await caller.read<{ employees: Page }>(query, { after })).employees;
};
const engineers: List = async (caller, first, after, order) => {
  const query = `query ($after: String) { department(id: "${ID.engineering}") { employees(first: ${first}, after: $after${order}) { ${WIDE} pageInfo { endCursor hasNextPage } } } }`;
  return (await caller.read<{ department: { employees: Page } }>(query, { after })).department.employees;
};

async function walk(list: List, caller: Caller, order: string, first: number): Promise<Page["nodes"]> {
  const found: Page["nodes"][number][] = [];
  for (let after: string | null = null; ; ) {
    const { nodes, pageInfo }: Page = await list(caller, first, after, order);
    found.push(...nodes);
    if (!pageInfo.hasNextPage) return found;
    after = pageInfo.endCursor;
  }
}

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
      firstName: `Name ${(at * 7) % 50} ł`,
      // A third have none, so that pages cross from those with a value to those without.
      email: at % 3 === 0 ? null : `w${(at * 37) % PEOPLE}@example.com`,
      salary: ((at * 31) % 40) + 0.25,
      departmentId: at % 5 === 0 ? null : ([ID.sales, ID.engineering][Math.sign(at % 7)] as string),
      managerId: at === 0 ? null : idOf("e", 1_000 + Math.floor(at / 4)),
    }));
    await load(fast.store, { departments: STAFF.departments, employees: [...STAFF.employees, ...people] });
  });
  afterAll(async () => {
    await ordinary.stop();
    await fast.stop();
  });
  const owner = (latchkey: TestLatchkey): Caller => callerOf(latchkey, latchkey.ownerToken);

  describe.each([
    ["a resource", everybody, PEOPLE],
    ["a record", engineers, (PEOPLE * 4) / 5 / 2],
  ])("of the list of %s", (_whose, list, least) => {
    it.each(Object.entries(ORDERS))("is what small pages are together, on either way: %s", async (_name, order) => {
      const small = await walk(list, owner(ordinary), order, 60);
      expect(small.length).toBeGreaterThan(least);
      expect(new Set(small.map(({ id }) => id)).size).toBe(small.length);
      for (const latchkey of [fast, ordinary]) {
        for (const first of [500, 500, 420, 200])
          expect(await walk(list, owner(latchkey), order, first)).toEqual(small);
      }
    });
  });

  it("is right for several records at once, each of which has such a list", async () => {
    const query = (first: number): string =>
      `{ departments(first: 3) { nodes { id employees(first: ${first}) { ${WIDE} pageInfo { hasNextPage } } } } }`;
    const answers: object[] = [];
    for (const latchkey of [fast, fast, ordinary]) {
      const { departments } = await owner(latchkey).read<{ departments: { nodes: { id: string; employees: Page }[] } }>(
        query(500),
      );
      answers.push(departments);
      const found = departments.nodes.find(({ id }) => id === ID.engineering)?.employees.nodes;
      expect(found).toEqual(await walk(engineers, owner(latchkey), "", 60));
    }
    expect(answers[1]).toEqual(answers[0]);
    expect(answers[2]).toEqual(answers[0]);
  });

  it("is read by as many statements as it takes, and one that is smaller by one", async () => {
    const caller = owner(fast);
    const statementsOf = async (query: string): Promise<number> =>
      (await selectsOf(fast, () => caller.read(query))).length;
    const ofAll = (first: number, selection = WIDE): Promise<number> =>
      statementsOf(`{ employees(first: ${first}) { ${selection} } }`);
    expect(await ofAll(200)).toBe(1);
    expect(await ofAll(201)).toBe(2);
    expect(await ofAll(500)).toBe(3);
    expect(await ofAll(500, "nodes { id firstName }")).toBe(1);
    // One of them reads the department.
    const ofOne = (first: number): Promise<number> =>
      statementsOf(`{ department(id: "${ID.engineering}") { employees(first: ${first}) { ${WIDE} } } }`);
    expect(await ofOne(200)).toBe(1 + 1);
    expect(await ofOne(250)).toBe(1 + 2);
  });

  it.each([
    ["a resource", `{ employees(first: 500) { ${WIDE} } }`],
    ["a record", `{ department(id: "${ID.engineering}") { employees(first: 250) { ${WIDE} } } }`],
  ])("lets others be answered between its statements: the list of %s", async (_whose, query) => {
    const caller = owner(fast);
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
    await caller.read(query);
    running = false;
    spied.mockRestore();
    expect(at).toHaveLength(3);
    expect((at[1] as number) - (at[0] as number)).toBeGreaterThan(0);
    expect((at[2] as number) - (at[1] as number)).toBeGreaterThan(0);
  });

  it("may have lists below its records, which are one list of the operation and one statement, whichever way", async () => {
    const relations = `department { id parent { id } } manager { id ${"manager { id department { id } ".repeat(4)} ${"} ".repeat(4)} }`;
    const below = ["reports", "timeOffs"].map((list) => `${list}(first: 1) { nodes { id } }`).join(" ");
    // Eleven relations, so that the records come in pieces of 83.
    const query = `{ employees(first: 430) { nodes { id ${relations} ${below} } } }`;
    const texts: string[] = [];
    for (const latchkey of [ordinary, fast, fast]) {
      let text = "";
      const statements = await selectsOf(latchkey, async () => {
        const reply = await owner(latchkey).ask(query);
        expect(reply.errors).toBeUndefined();
        text = reply.text;
      });
      // 430 records by 83 at once, and each of the lists.
      expect(statements).toHaveLength(6 + 1 + 1);
      texts.push(text);
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
  });

  it("is not sent to a client that accepts no JSON", async () => {
    for (const latchkey of [ordinary, fast]) {
      const options = { token: latchkey.ownerToken, headers: { accept: "text/html" } };
      const { status, data, errors, text } = await latchkey.query(`{ employees(first: 500) { ${WIDE} } }`, options);
      expect(status).toBe(406);
      expect(data).toBeUndefined();
      expect(errors).toHaveLength(1);
      expect(text).not.toContain("employees");
    }
  });

  it("is sent as it is, whichever way, with its length", async () => {
    const query = `{ employees(first: 500) { ${WIDE} } }`;
    const texts: string[] = [];
    for (const latchkey of [ordinary, fast, fast]) {
      const { status, headers, text } = await latchkey.query(query, { token: latchkey.ownerToken });
      expect(status).toBe(200);
      expect(headers.get("content-type")).toBe("application/json; charset=utf-8");
      expect(headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
      expect(headers.get("cache-control")).toBe("no-store");
      expect(isLarge(JSON.parse(text) as object)).toBe(true);
      expect(text).toMatch(/^\{"data":\{"employees":\{"nodes":\[\{.*\}\]\}\}\}\n$/);
      texts.push(text);
    }
    expect(texts[1]).toBe(texts[0]);
    expect(texts[2]).toBe(texts[0]);
  });

  it("is sent with its errors and extensions", async () => {
    const grants = [
      { resource: "employee", actions: ["READ"], fields: ["firstName", "lastName", "manager", "department"] },
      { resource: "department", actions: ["READ"] },
    ] as const;
    const masked = await keyWith(fast, grants, owner(fast), { onDenied: "NULL" });
    const { text, headers } = await fast.query(`{ employees(first: 500) { ${WIDE} } }`, {
      token: masked.token,
      headers: { "x-latchkey-cost": "1" },
    });
    expect(headers.get("content-length")).toBe(String(Buffer.byteLength(text)));
    expect(text).toMatch(/^\{"errors":\[\{.*\],"data":\{"employees":.*,"extensions":\{"cost":\{.*\}\}\n$/);
    expect(text.match(/"email":null/g)).toHaveLength(PEOPLE + STAFF.employees.length);
  });

  it("may be left by its client", async () => {
    const list = (at: number): string => `l${at}: employees(first: 500) { ${WIDE} }`;
    const query = `{ ${list(0)} ${list(1)} ${list(2)} }`;
    const whole = await owner(fast).ask(query);
    const leave = (): Promise<number> =>
      new Promise((resolve, reject) => {
        const headers = { "content-type": "application/json", authorization: `Bearer ${fast.ownerToken}` };
        const sent = request(`${fast.url}/graphql`, { method: "POST", headers });
        sent.on("error", reject).on("response", (response) => {
          response.once("data", (piece: Buffer) => {
            sent.destroy();
            resolve(piece.length);
          });
        });
        sent.end(JSON.stringify({ query }));
      });
    for (let time = 0; time < 5; time++) expect(await leave()).toBeLessThan(whole.text.length);
    expect((await owner(fast).ask(query)).text).toBe(whole.text);
    expect(fast.logged()).not.toMatch(/"level":[56]0/);
  });

  it("may be left by its client before it is there, which is no defect, whichever way", async () => {
    for (const latchkey of [fast, ordinary]) {
      const query = `{ employees(first: 500) { ${WIDE} } }`;
      const whole = await owner(latchkey).ask(query);
      const headers = { "content-type": "application/json", authorization: `Bearer ${latchkey.ownerToken}` };
      const sent = request(`${latchkey.url}/graphql`, { method: "POST", headers });
      const left = new Promise((resolve) => sent.on("error", resolve));
      const { select } = latchkey.store;
      const spied = jest.spyOn(latchkey.store, "select").mockImplementation(async (sql, ...others) => {
        if (sql.includes("LEFT JOIN")) {
          sent.destroy();
          await delay(30);
        }
        return select(sql, ...others) as never;
      });
      sent.end(JSON.stringify({ query }));
      await left;
      await delay(500);
      const { length } = spied.mock.calls;
      spied.mockRestore();
      // It was read to its end all the same.
      expect(length).toBeGreaterThanOrEqual(3);
      expect((await owner(latchkey).ask(query)).text).toBe(whole.text);
      expect(latchkey.logged()).not.toMatch(/"level":[56]0/);
    }
  });
});
