import { printSchemaWithDirectives } from "@graphql-tools/utils";
import { parse, print } from "graphql";
import { buildSchemaSync, Directive, Field, ObjectType, Query, Resolver } from "type-graphql";
import { ActionEnum } from "../../src/authorities/action-enum";
import { resources } from "../../src/registry";
import { defineResource } from "../../src/resources/define-resource";
import { department } from "../../src/resources/department/department.resource";
import { employee } from "../../src/resources/employee/employee.resource";
import { text } from "../../src/resources/field-text";
import { toOne } from "../../src/resources/field-to-one";
import { notBefore } from "../../src/resources/record-rule";
import { buildLatchkeySchema } from "../../src/schema";
import { contextFor, openDatabase } from "./harness";

/** Stands for the domains that use `Action`, which the directives need. */
@ObjectType("Used")
@Directive("@public")
class Used {
  @Field(() => ActionEnum, { nullable: true })
  action!: unknown;
}

@Resolver()
class UsedResolver {
  @Query(() => Used, { nullable: true })
  @Directive("@public")
  used(): null {
    return null;
  }
}

/** Definition of a type in the printed schema, in the order of the fields, without descriptions. */
function definition(name: string): string {
  const resolvers = [UsedResolver, department.resolver, employee.resolver] as const;
  const schema = parse(printSchemaWithDirectives(buildSchemaSync({ resolvers, validate: false })), {
    noLocation: true,
  });
  const found = schema.definitions.find((each) => "name" in each && each.name?.value === name);
  const bare = JSON.parse(JSON.stringify(found, (key, value) => (key === "description" ? undefined : value)));
  // type-graphql knows no definition of @access, so the printer takes its enum value for a string.
  return print(bare).replaceAll(/action: "(\w+)"/g, "action: $1");
}

describe("the schema of a resource", () => {
  it("guards every field, input field and argument: the access index compiles", () => {
    const { index } = buildLatchkeySchema([UsedResolver, department.resolver, employee.resolver]);
    for (const action of ["CREATE", "READ", "UPDATE"] as const) {
      const lists = action === "READ" ? ["compensations", "documents", "reports", "timeOffs"] : [];
      expect([...index.bitsOf("employee", ActionEnum[action])!.fields.keys()].sort()).toEqual(
        [...employee.fields.map((field) => field.name), ...lists].sort(),
      );
      expect([...index.bitsOf("department", ActionEnum[action])!.fields.keys()].sort()).toEqual(
        action === "READ"
          ? ["code", "departments", "employees", "manager", "name", "parent"]
          : ["code", "manager", "name", "parent"],
      );
    }
  });

  it("guards what the design says, by the directives it says", () => {
    expect(definition("Department")).toBe(`type Department @access(resource: "department") {
  id: ID! @access(resource: "department")
  version: Int! @access(resource: "department")
  code: String
  name: String
  manager: Employee
  parent: Department
  employees(first: Int @access(resource: "department", field: "employees"), after: String @access(resource: "department", field: "employees"), filter: EmployeeFilter @access(resource: "department", field: "employees"), search: EmployeeSearch @access(resource: "department", field: "employees"), sort: [EmployeeSort!] @access(resource: "department", field: "employees")): EmployeeConnection @access(resource: "department", field: "employees")
  departments(first: Int @access(resource: "department", field: "departments"), after: String @access(resource: "department", field: "departments"), filter: DepartmentFilter @access(resource: "department", field: "departments"), search: DepartmentSearch @access(resource: "department", field: "departments"), sort: [DepartmentSort!] @access(resource: "department", field: "departments")): DepartmentConnection @access(resource: "department", field: "departments")
}`);
    expect(definition("DepartmentFilter")).toBe(`input DepartmentFilter @access(resource: "department") {
  id: IDFilter @access(resource: "department")
  code: StringFilter
  name: StringFilter
  managerId: IDFilter @access(resource: "department", field: "manager")
  parentId: IDFilter @access(resource: "department", field: "parent")
  and: [DepartmentFilter!] @access(resource: "department")
  or: [DepartmentFilter!] @access(resource: "department")
  not: DepartmentFilter @access(resource: "department")
}`);
    expect(definition("DepartmentSort")).toBe(`input DepartmentSort @access(resource: "department") {
  id: SortDirection @access(resource: "department")
  code: SortDirection
  name: SortDirection
  managerId: SortDirection @access(resource: "department", field: "manager")
  parentId: SortDirection @access(resource: "department", field: "parent")
}`);
    expect(definition("DepartmentSearch")).toBe(`input DepartmentSearch @access(resource: "department") {
  text: String! @access(resource: "department")
  fields: DepartmentSearchFields! @access(resource: "department")
}`);
    expect(definition("DepartmentSearchFields")).toBe(`input DepartmentSearchFields @access(resource: "department") {
  code: Boolean
  name: Boolean
}`);
    expect(definition("CreateDepartmentInput")).toBe(
      `input CreateDepartmentInput @access(resource: "department", action: CREATE) {
  code: String!
  name: String!
  managerId: ID @access(resource: "department", action: CREATE, field: "manager")
  parentId: ID @access(resource: "department", action: CREATE, field: "parent")
}`,
    );
    expect(definition("UpdateDepartmentInput")).toBe(
      `input UpdateDepartmentInput @access(resource: "department", action: UPDATE) {
  code: String
  name: String
  managerId: ID @access(resource: "department", action: UPDATE, field: "manager")
  parentId: ID @access(resource: "department", action: UPDATE, field: "parent")
  version: Int @access(resource: "department", action: UPDATE)
}`,
    );
    expect(definition("Query")).toContain(
      `  departments(first: Int @access(resource: "department"), after: String @access(resource: "department"), filter: DepartmentFilter @access(resource: "department"), search: DepartmentSearch @access(resource: "department"), sort: [DepartmentSort!] @access(resource: "department")): DepartmentConnection! @access(resource: "department")`,
    );
    expect(definition("Mutation")).toContain(
      `  deleteDepartment(id: ID! @access(resource: "department", action: DELETE), version: Int @access(resource: "department", action: DELETE)): Department! @access(resource: "department", action: DELETE)`,
    );
    expect(definition("StringFilter")).toMatch(/^input StringFilter @public \{/);
  });

  it("describes every type, field and argument", () => {
    const { executable } = buildLatchkeySchema([UsedResolver, department.resolver, employee.resolver]);
    const silent = [...new Set([employee, department].map(({ typeName }) => typeName))].flatMap((typeName) =>
      [
        typeName,
        `${typeName}Filter`,
        `${typeName}Sort`,
        `Create${typeName}Input`,
        `Update${typeName}Input`,
        "DateFilter",
      ]
        .map((name) => executable.getType(name) as { name: string; description?: string; getFields(): object })
        .flatMap((type) => [type, ...Object.values(type.getFields())].filter(({ description }) => !description)),
    );
    expect(silent).toEqual([]);
    for (const root of [executable.getQueryType()!, executable.getMutationType()!]) {
      for (const field of Object.values(root.getFields())) {
        if (field.name === "used") continue;
        expect([field, ...field.args].filter(({ description }) => !description)).toEqual([]);
      }
    }
  });

  it("refuses two resources or two columns of one name, and names that are taken", () => {
    const plain = { ...department, name: "thing", plural: "things", typeName: "Thing" };
    const field = text({ description: "A thing.", maxLength: 5 });
    expect(() => defineResource({ ...plain, name: "department", fields: {} })).toThrow("defined twice");
    expect(() => defineResource({ ...plain, fields: { version: field } })).toThrow(
      "cannot have a field called version",
    );
    expect(() => defineResource({ ...plain, fields: { "a b": field } })).toThrow("cannot have a field called a b");
  });

  it("refuses a rule about a field that it does not have, or about a relation", () => {
    const plain = { ...department, name: "thing", plural: "things", typeName: "Thing" };
    for (const field of ["endDate", "manager"]) {
      const rules = [notBefore(field, "code")];
      expect(() =>
        defineResource({
          ...plain,
          fields: {
            manager: toOne("employee", { description: "M." }),
            code: text({ description: "C.", maxLength: 5 }),
          },
          rules,
        }),
      ).toThrow(`has a rule about ${field}`);
    }
  });
});

describe("the columns of each entity", () => {
  it("are those that its fields name, as wide and as optional", async () => {
    const database = await openDatabase();
    try {
      const { reader } = contextFor(database.store).store;
      for (const resource of resources) {
        const { columns } = reader.getMetadata(resource.entity);
        for (const field of resource.fields) {
          const column = columns.find(({ propertyName }) => propertyName === field.column)!;
          expect({ field: field.name, hasColumn: column !== undefined }).toEqual({
            field: field.name,
            hasColumn: field.derived === undefined,
          });
          if (field.derived) continue;
          expect({ column: field.column, nullable: column.isNullable }).toEqual({
            column: field.column,
            nullable: !field.required,
          });
          if (field.maxLength !== null) expect(Number(column.length)).toBe(field.maxLength);
          const isUnique = column.entityMetadata.indices.some(
            (index) => index.isUnique && index.columns.length === 1 && index.columns[0] === column,
          );
          expect(isUnique).toBe(field.unique);
        }
      }
    } finally {
      await database.close();
    }
  });
});

describe("relations to many", () => {
  it("lead along a relation that the other resource has", () => {
    for (const { name, lists } of resources) {
      for (const list of lists) {
        const target = resources.find((resource) => resource.name === list.target);
        const by = target?.fields.find((field) => field.name === list.by);
        expect({ list: list.name, leadsTo: by?.target }).toEqual({ list: list.name, leadsTo: name });
      }
    }
  });
});
