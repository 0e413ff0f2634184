import { declareActions, declaredAction } from "../../src/audit/audit-actions";
import { AuditEventResolver } from "../../src/audit/audit-event.resolver";
import { AuditSeverity } from "../../src/audit/audit-event.type";
import { record } from "../../src/audit/record";
import { SortDirection } from "../../src/connection/sort-direction";
import { type Keyring, openKeyring } from "../api-keys/keyring";

let ring: Keyring;
let start: number;
const resolver = new AuditEventResolver();

beforeAll(async () => {
  ring = await openKeyring();
  start = ring.operator.clock.now();
  declareActions("test", ["one", "two", "three"]);
  declareActions("other", ["four"]);
  for (const [area, verb] of [
    ["test", "one"],
    ["test", "two"],
    ["test", "three"],
    ["other", "four"],
  ] as const) {
    ring.advance(1_000);
    const severity = verb === "two" ? "HIGH" : "INFO";
    const action = declaredAction(area, verb);
    await ring.store.transaction((tx) =>
      record(tx, ring.operator, { action, severity, target: { kind: "test", id: action } }),
    );
  }
});
afterAll(() => ring?.stop());

const list = async (args: Parameters<AuditEventResolver["auditEvents"]>[1]) => {
  const page = await resolver.auditEvents(ring.operator, args);
  return (await Promise.all(page.nodes)).map((event) => event.action);
};

describe("the audit trail", () => {
  it("is newest first, page by page", async () => {
    const first = await resolver.auditEvents(ring.operator, { first: 2 });
    expect((await Promise.all(first.nodes)).map((event) => event.action)).toEqual(["other.four", "test.three"]);
    expect(await list({ first: 2, after: first.pageInfo().endCursor })).toEqual(["test.two", "test.one"]);
  });

  it("can be read from its beginning", async () => {
    const filter = { action: "test." };
    const sort = [{ at: SortDirection.ASC }];
    expect(await list({ filter, sort })).toEqual(["test.one", "test.two", "test.three"]);
    const first = await resolver.auditEvents(ring.operator, { filter, sort, first: 1 });
    const rest = await list({ filter, sort, after: first.pageInfo().endCursor });
    expect(rest).toEqual(["test.two", "test.three"]);
  });

  it.each([
    ["an action", { action: "test.one" }, ["test.one"]],
    ["an area", { action: "test." }, ["test.three", "test.two", "test.one"]],
    ["a severity", { severity: AuditSeverity.HIGH }, ["test.two"]],
    ["a target", { targetId: "test.three" }, ["test.three"]],
    ["an actor", { action: "test.", actorId: "nobody" }, []],
  ])("is narrowed to %s", async (_, filter, expected) => {
    expect(await list({ filter })).toEqual(expected);
  });

  it("is narrowed to a time, its beginning included and its end not", async () => {
    const filter = { action: "test.", from: new Date(start + 1_000), to: new Date(start + 3_000) };
    expect(await list({ filter })).toEqual(["test.two", "test.one"]);
  });
});
