import { type ExecutionResult, execute, Kind, type OperationDefinitionNode, parse } from "graphql";
import { decide } from "../../src/access/decide";
import { maskOf, masksPerScope } from "../../src/access/mask";
import { isMasked } from "../../src/access/mask-schema";
import { type BoundPlan, bindPlan } from "../../src/access/plan";
import { keyScope, type Scope } from "../../src/access/scope";
import { members } from "../../src/kernel/bitset";
import { reads, staffCompiler } from "./staff-plan";
import { staffIndex as index, staffSchema } from "./staff-schema";

const bob = { __typename: "Contractor", id: "c1", name: "Bob", rate: 4.5, boss: null };
const ann = {
  __typename: "Employee",
  id: "e1",
  name: "Ann",
  salary: 100,
  boss: bob,
  reports: [bob, { __typename: "Employee", id: "e2", name: "Eve", salary: 50, boss: null }],
  department: { __typename: "Department", id: "d1", code: "X", budget: 9, manager: null },
  papers: [{ __typename: "Paper", id: "p1", title: "T" }],
};

/** Runs a query as http/enforce does for a masked scope; null where it refuses. */
function run(text: string, scope: Scope, variables: Record<string, unknown> = {}) {
  const document = parse(text);
  const compiled = staffCompiler.compile(document);
  if (compiled.kind !== "ready") throw new Error(JSON.stringify(compiled));
  const operation = document.definitions.find((node) => node.kind === Kind.OPERATION_DEFINITION);
  const mask = maskOf(staffSchema, index, scope);
  const bound = bindPlan(compiled.planFor(operation as OperationDefinitionNode, mask), variables);
  if (!decide(bound, scope, scope).allowed) return null;
  const resolved: string[] = [];
  const result = execute({
    schema: mask.schema,
    document,
    variableValues: variables,
    rootValue: { employees: [ann], node: ann, owners: [ann, ann.department], viewer: { name: "V", me: ann } },
    fieldResolver: (source, _args, _context, info) => {
      resolved.push(`${info.parentType.name}.${info.fieldName}`);
      return (source as Record<string, unknown>)[info.fieldName];
    },
  }) as ExecutionResult;
  expect(result.errors).toBeUndefined();
  return { data: JSON.parse(JSON.stringify(result.data)) as unknown, resolved, needs: namesOf(bound) };
}

const namesOf = ({ needed }: BoundPlan): string[] =>
  members(needed)
    .map((bit) => index.permissionOf(bit))
    .sort();

describe("a masked operation", () => {
  const names = keyScope(index, [reads("employee", ["name", "boss", "reports"]), reads("contractor", ["name"])]);

  it("has null for what is denied, and resolves nothing of it", () => {
    expect(run("{ employees { name pay: salary department { budget } } }", names)).toEqual({
      data: { employees: [{ name: "Ann", pay: null, department: null }] },
      resolved: ["Query.employees", "Employee.name"],
      needs: ["employee.name:READ", "employee:READ"],
    });
  });

  it("masks by the record's own type what is asked through an interface", () => {
    const answer = run("{ employees { reports { id boss { id } ...P } } } fragment P on Person { name }", names);
    expect(answer?.data).toEqual({
      employees: [
        {
          reports: [
            { id: "c1", boss: null, name: "Bob" },
            { id: "e2", boss: null, name: "Eve" },
          ],
        },
      ],
    });
    expect(answer?.resolved).not.toContain("Contractor.boss");
    const rates = run("{ node(id: 1) { ... on Contractor { rate } ... on Employee { salary } } }", names);
    expect(rates?.data).toEqual({ node: { salary: null } });
  });

  it("is null where a field leads to nothing but what is denied, though it is granted itself", () => {
    const scope = keyScope(index, [reads("employee", ["department", "papers", "name"])]);
    expect(run("{ employees { name department { id } papers { id title } } }", scope)).toMatchObject({
      data: { employees: [{ name: "Ann", department: null, papers: null }] },
      resolved: ["Query.employees", "Employee.name"],
    });
  });

  it("is null at its root where that is denied, whatever is passed to it", () => {
    const scope = keyScope(index, []);
    const query =
      "query ($f: EmployeeFilter) { viewer { name } employees(filter: $f, first: 3) { id } audit { serial } }";
    expect(run(query, scope, { f: { salary: { eq: 1 } } })).toEqual({
      data: { viewer: { name: "V" }, employees: null, audit: null },
      resolved: ["Query.viewer", "Viewer.name"],
      needs: ["authenticated"],
    });
  });

  it.each([
    ["a filter", "{ employees(filter: { salary: { eq: 1 } }) { name } }"],
    ["a filter of another type inside", "{ employees(filter: { department: { budget: { eq: 1 } } }) { name } }"],
    ["a field that is never null", "{ owners { ... on Employee { name } ... on Department { id } } }"],
  ])("is refused for %s that is denied", (_what, query) => {
    expect(run(query, keyScope(index, [reads("employee", ["name"])]))).toBeNull();
  });

  it("needs, with @skip and @include, what is left of it", () => {
    const query =
      "query ($pay: Boolean!, $boss: Boolean!) { employees { name salary @include(if: $pay) boss @skip(if: $boss) { id } } }";
    expect(run(query, names, { pay: true, boss: true })).toMatchObject({
      data: { employees: [{ name: "Ann", salary: null }] },
      needs: ["employee.name:READ", "employee:READ"],
    });
    expect(run(query, names, { pay: false, boss: true })?.data).toEqual({ employees: [{ name: "Ann" }] });
  });
});

describe("masks", () => {
  it("hide what is denied and may be null, and nothing that is held", () => {
    const mask = maskOf(staffSchema, index, keyScope(index, [reads("employee", ["name"])]));
    expect(mask.hides("Employee", "salary")).toBe(true);
    expect(mask.hides("Employee", "name")).toBe(false);
    expect(mask.hides("Employee", "id")).toBe(false);
    expect(mask.hides("Contractor", "id")).toBe(false);
    expect(mask.hides("Query", "departments")).toBe(true);
    expect(mask.hides("Badge", "model")).toBe(false);
    const employee = mask.schema.getType("Employee") as unknown as { getFields(): Record<string, never> };
    const masked = Object.entries(employee.getFields()).filter(([, field]) => isMasked(field));
    expect(masked.map(([name]) => name)).toEqual(["salary", "boss", "reports", "department", "papers", "badge"]);
  });

  it("are made once per scope, and forgotten when too many others came since", () => {
    const maskFor = masksPerScope(staffSchema, index, 2);
    const [one, two, three] = [["name"], ["salary"], ["boss"]].map((fields) =>
      keyScope(index, [reads("employee", fields)]),
    );
    const first = maskFor(one as Scope);
    maskFor(two as Scope);
    expect(maskFor(one as Scope)).toBe(first);
    maskFor(three as Scope);
    expect(maskFor(one as Scope)).toBe(first);
  });

  it("share the plans of a document, by scope", () => {
    const document = parse("{ employees { name salary } }");
    const compiled = staffCompiler.compile(document);
    if (compiled.kind !== "ready") throw new Error(compiled.kind);
    const operation = document.definitions[0] as OperationDefinitionNode;
    const scopes = [["name"], ["salary"]].map((fields) => keyScope(index, [reads("employee", fields)]));
    const [name, salary] = scopes.map((scope) => maskOf(staffSchema, index, scope));
    expect(compiled.planFor(operation, name)).toBe(
      compiled.planFor(operation, maskOf(staffSchema, index, scopes[0] as Scope)),
    );
    expect(compiled.planFor(operation, name)).not.toBe(compiled.planFor(operation, salary));
    expect(compiled.planFor(operation, name)).not.toBe(compiled.planFor(operation));
  });
});
