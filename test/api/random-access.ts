import * as fc from "fast-check";
import type { Action, Grant, RowScope } from "../../src/access/grant";
import { type Company, companies, idOf, LOCATIONS } from "../resources/company";
import {
  departmentFilters,
  departmentSorts,
  employeeFilters,
  employeeSorts,
  type Filter,
  type Sort,
} from "../resources/random-lists";

export type ResourceName = "employee" | "department";

/** Plain fields and relations that are selected of one kind of record. */
export interface Selection {
  readonly fields: readonly string[];
  readonly relations: Readonly<Partial<Record<"department" | "manager" | "parent", Selection>>>;
  readonly lists: Readonly<Partial<Record<"reports" | "employees" | "departments", List>>>;
}

/** A relation to many, with its arguments. */
export interface List {
  readonly selection: Selection;
  readonly filter: Filter | null;
  readonly sort: readonly Sort[];
  readonly first: number;
}

/** What each relation to many leads to, and the column there that leads back. */
export const LISTS = {
  reports: { resource: "employee", by: "managerId" },
  employees: { resource: "employee", by: "departmentId" },
  departments: { resource: "department", by: "parentId" },
} as const;

/** One field of the query's root: a list, or one record where `id` is given. */
export interface Root {
  readonly resource: ResourceName;
  readonly selection: Selection;
  readonly id: string | null;
  readonly filter: Filter | null;
  readonly sort: readonly Sort[];
  readonly first: number;
  readonly withCount: boolean;
}

/** Who asks for what, of which records. */
export interface Case {
  readonly company: Company;
  /** The employee record of the owner of session and key. */
  readonly ownId: string | null;
  readonly roleGrants: readonly Grant[];
  readonly keyGrants: readonly Grant[];
  /** By the key; otherwise by its owner's session. */
  readonly byKey: boolean;
  /** Whether the key has `onDenied: NULL`. */
  readonly nulls: boolean;
  readonly roots: readonly Root[];
  /** Filters and sorts as literals; otherwise as variables. */
  readonly inline: boolean;
}

/** What may be granted of each resource: plain fields, then relations. */
export const FIELDS = {
  employee: [
    "employeeNumber",
    "firstName",
    "lastName",
    "email",
    "phone",
    "birthDate",
    "gender",
    "hireDate",
    "terminationDate",
    "jobTitle",
    "location",
    "salary",
  ],
  department: ["code", "name"],
} as const;
const RELATIONS = {
  employee: ["department", "manager", "reports"],
  department: ["manager", "parent", "employees", "departments"],
} as const;

const listOf = <Value>(values: fc.Arbitrary<Value>) => fc.array(values, { maxLength: 4 });
/** Row scopes with any of their parts. */
export const rows: fc.Arbitrary<RowScope> = fc.record(
  {
    departmentIds: listOf(fc.nat(4).map((n) => idOf("d", n))),
    locations: listOf(fc.constantFrom(...LOCATIONS)),
    employeeIds: listOf(fc.nat(20).map((n) => idOf("e", n))),
    self: fc.boolean(),
    reports: fc.boolean(),
  },
  { requiredKeys: [] },
);

const grantOf = (resource: ResourceName): fc.Arbitrary<Grant> =>
  fc.record({
    resource: fc.constant(resource),
    actions: fc.constantFrom<Action[]>(
      ["READ"] as Action[],
      ["READ", "UPDATE"] as Action[],
      ["UPDATE", "DELETE"] as Action[],
    ),
    fields: fc.option(fc.subarray<string>([...FIELDS[resource], ...RELATIONS[resource]], { minLength: 1 }), {
      freq: 2,
    }),
    rows: fc.option(rows, { freq: 2 }),
  });

/** Some grants at random and mostly one on each resource that gives every field, or next to nothing would be allowed. */
export const grants: fc.Arbitrary<readonly Grant[]> = fc
  .tuple(
    fc.array(fc.oneof(grantOf("employee"), grantOf("department")), { maxLength: 3 }),
    fc.array(fc.tuple(fc.constantFrom<ResourceName>("employee", "department"), fc.option(rows, { freq: 2 })), {
      maxLength: 3,
    }),
  )
  .map(([some, wide]) => [
    ...some,
    ...wide.map(([resource, limit]) => ({ resource, actions: ["READ"] as Action[], fields: null, rows: limit })),
  ]);

const listsOf = (resource: ResourceName, levels: number, deep: number): fc.Arbitrary<List> =>
  fc.record({
    selection: selections(resource, levels, deep),
    filter: fc.option(resource === "employee" ? employeeFilters : departmentFilters, { freq: 1 }),
    sort: fc.oneof(fc.constant([]), resource === "employee" ? employeeSorts : departmentSorts),
    first: fc.constantFrom(1, 2, 5, 50),
  });

/** `levels` of relations to one, and `deep` of relations to many within each other. */
function selections(resource: ResourceName, levels: number, deep = 0): fc.Arbitrary<Selection> {
  const fields = fc.subarray<string>(["id", "version", ...FIELDS[resource]], { minLength: 1, maxLength: 3 });
  const lists: fc.Arbitrary<Selection["lists"]> =
    deep === 0
      ? fc.constant({})
      : fc.oneof(
          { weight: 2, arbitrary: fc.constant({}) },
          {
            weight: 1,
            arbitrary:
              resource === "employee"
                ? fc.record({ reports: listsOf("employee", 1, deep - 1) })
                : fc.record(
                    { employees: listsOf("employee", 1, deep - 1), departments: listsOf("department", 1, deep - 1) },
                    { requiredKeys: [] },
                  ),
          },
        );
  if (levels === 0) return fc.record({ fields, relations: fc.constant({}), lists });
  const below: Record<string, fc.Arbitrary<Selection>> = {
    manager: selections("employee", levels - 1),
    ...(resource === "employee"
      ? { department: selections("department", levels - 1) }
      : { parent: selections("department", levels - 1, deep > 1 ? 1 : 0) }),
  };
  return fc.record({
    fields,
    relations: fc.oneof(fc.constant({}), fc.record(below, { requiredKeys: [] })),
    lists,
  });
}

const rootOf = (resource: ResourceName): fc.Arbitrary<Root> =>
  fc.record({
    resource: fc.constant(resource),
    selection: selections(resource, 2, 2),
    id: fc
      .option(
        fc.nat(8).map((n) => idOf(resource === "employee" ? "e" : "d", n)),
        { freq: 1 },
      )
      .chain((id) => fc.constantFrom(null, null, id)),
    filter: fc.option(resource === "employee" ? employeeFilters : departmentFilters, { freq: 1 }),
    sort: fc.oneof(fc.constant([]), resource === "employee" ? employeeSorts : departmentSorts),
    first: fc.constantFrom(3, 7, 50, 500),
    withCount: fc.boolean(),
  });

export const cases: fc.Arbitrary<Case> = fc
  .record({
    company: companies,
    own: fc.option(fc.nat()),
    roleGrants: grants,
    keyGrants: grants,
    byKey: fc.boolean(),
    nulls: fc.boolean(),
    roots: fc.array(fc.oneof(rootOf("employee"), rootOf("department")), { minLength: 1, maxLength: 2 }),
    inline: fc.boolean(),
  })
  .map(({ own, ...rest }) => ({
    ...rest,
    ownId: own === null ? null : idOf("e", own % rest.company.employees.length),
  }));

/** The GraphQL document of a case, with `$after0`, `$after1` for the pages of its lists. */
export function documentOf({ roots, inline }: Case): { readonly query: string; readonly variables: object } {
  const declared: string[] = [];
  const fields: string[] = [];
  const variables: Record<string, unknown> = {};
  for (const [at, root] of roots.entries()) {
    const selected = printed(root.selection);
    if (root.id !== null) {
      fields.push(`r${at}: ${root.resource}(id: "${root.id}") ${selected}`);
      continue;
    }
    const typeName = root.resource === "employee" ? "Employee" : "Department";
    declared.push(`$after${at}: String`);
    const given = [`first: ${root.first}`, `after: $after${at}`];
    if (inline) given.push(`filter: ${literal(root.filter)}`, `sort: ${literal(root.sort)}`);
    else {
      declared.push(`$filter${at}: ${typeName}Filter`, `$sort${at}: [${typeName}Sort!]`);
      given.push(`filter: $filter${at}`, `sort: $sort${at}`);
      Object.assign(variables, { [`filter${at}`]: root.filter, [`sort${at}`]: root.sort });
    }
    const count = root.withCount ? "totalCount" : "";
    fields.push(
      `r${at}: ${root.resource}s(${given.join(", ")}) { ${count} nodes ${selected} pageInfo { hasNextPage endCursor } }`,
    );
  }
  const head = declared.length > 0 ? `query (${declared.join(", ")}) ` : "";
  return { query: `${head}{ ${fields.join(" ")} }`, variables };
}

function printed({ fields, relations, lists }: Selection): string {
  const nested = Object.entries(relations).map(([name, selection]) => `${name} ${printed(selection)}`);
  const many = Object.entries(lists).map(([name, { selection, filter, sort, first }]) => {
    const given = `first: ${first}, filter: ${literal(filter)}, sort: ${literal(sort)}`;
    return `${name}(${given}) { totalCount nodes ${printed(selection)} pageInfo { hasNextPage } }`;
  });
  return `{ ${[...fields, ...nested, ...many].join(" ")} }`;
}

/** JSON as GraphQL writes it; ASC and DESC are the only enum values there are. */
export function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value === "object" && value !== null) {
    return `{ ${Object.entries(value)
      .map(([key, inner]) => `${key}: ${inner === "ASC" || inner === "DESC" ? inner : literal(inner)}`)
      .join(", ")} }`;
  }
  return JSON.stringify(value);
}
