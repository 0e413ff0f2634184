import { buildSchema, type GraphQLSchema } from "graphql";
import { type AccessIndex, compileAccessIndex } from "../../src/access/access-index";

/** The directives as DESIGN.md prints them. */
export const DIRECTIVES = /* GraphQL */ `
  enum Action { CREATE READ UPDATE DELETE DOWNLOAD }
  directive @public on OBJECT | FIELD_DEFINITION | INPUT_OBJECT
  directive @authenticated on OBJECT | FIELD_DEFINITION | INPUT_OBJECT
  directive @authority(anyOf: [String!]!) on OBJECT | FIELD_DEFINITION | INPUT_OBJECT
  directive @access(resource: String!, action: Action = READ, field: String)
    on OBJECT | FIELD_DEFINITION | INPUT_OBJECT | INPUT_FIELD_DEFINITION | ARGUMENT_DEFINITION
`;

export const AUTHORITIES = ["ADMINISTER", "AUDIT", "REVOKE"] as const;

/** Given by the schema as a default and by no generated value, so that an oracle can tell the two apart. */
export const DEFAULT_NUMBER = 777_777;

/** One of everything that can be guarded: interfaces, a union, covariant fields, nested and recursive inputs, lists, defaults. */
export const STAFF_SDL = /* GraphQL */ `
  ${DIRECTIVES}

  interface Node { id: ID! }
  interface Person implements Node {
    id: ID!
    name(style: Style): String
    boss: Person
    reports(filter: EmployeeFilter, first: Int = ${DEFAULT_NUMBER}): [Person]
  }

  type Employee implements Node & Person @access(resource: "employee") {
    id: ID! @access(resource: "employee")
    name(style: Style @access(resource: "employee")): String
    salary(currency: String! = "${DEFAULT_NUMBER}" @access(resource: "employee", field: "salary")): Int
    boss: Employee
    reports(
      filter: EmployeeFilter @access(resource: "employee")
      first: Int = ${DEFAULT_NUMBER} @access(resource: "employee")
    ): [Person]
    department: Department
    papers(filter: PaperFilter, first: Int @access(resource: "paper")): [Paper!]
      @access(resource: "employee", field: "papers")
    badge: Badge @authority(anyOf: ["AUDIT", "ADMINISTER"])
  }
  type Contractor implements Node & Person @access(resource: "contractor") {
    id: ID! @access(resource: "contractor")
    name(style: Style @access(resource: "contractor", field: "name")): String
    boss: Person
    reports(filter: EmployeeFilter, first: Int = ${DEFAULT_NUMBER} @access(resource: "contractor")): [Person]
    rate: Float
  }
  type Department implements Node @access(resource: "department") {
    id: ID! @access(resource: "department")
    code: String
    budget: Int
    manager: Person
  }
  type Paper implements Node @access(resource: "paper") {
    id: ID! @access(resource: "paper")
    title: String
    owner: Owner
    content: String @access(resource: "paper", action: DOWNLOAD)
  }
  union Owner = Employee | Department | Badge
  type Badge @public {
    model: String
    serial: String @authority(anyOf: ["AUDIT"])
    holder: Person @authenticated
  }
  type Page @authenticated { people: [Person!] @access(resource: "employee"), total: Int }
  type Viewer @authenticated { name: String, authorities: [String!]!, me: Employee, secrets: Secrets }
  type Secrets @authority(anyOf: ["ADMINISTER"]) { pepper: String, hint: String @public }

  enum Style { SHORT LONG }
  enum Direction { ASC DESC }
  scalar Json

  input EmployeeFilter @access(resource: "employee") {
    name: StringFilter
    salary: NumberFilter
    department: DepartmentFilter @access(resource: "employee", field: "department")
    and: [EmployeeFilter!] @access(resource: "employee")
    or: [EmployeeFilter!] @access(resource: "employee")
    not: EmployeeFilter @access(resource: "employee")
  }
  input DepartmentFilter @access(resource: "department") { code: StringFilter, budget: NumberFilter }
  input PaperFilter @access(resource: "paper") { title: StringFilter }
  input StringFilter @public { eq: String, in: [String!], extra: Json }
  input NumberFilter @public { eq: Int, lt: Float, in: [[Int!]] }
  input EmployeeSort @access(resource: "employee") { name: Direction, salary: Direction }
  input CreateEmployee @access(resource: "employee", action: CREATE) {
    name: String!
    salary: Int = ${DEFAULT_NUMBER}
    department: CreateDepartment
    tags: [String!]
  }
  input CreateDepartment @access(resource: "department", action: CREATE) { code: String!, budget: Int }
  input UpdateEmployee @access(resource: "employee", action: UPDATE) {
    name: String
    salary: Int
    version: Int @access(resource: "employee", action: UPDATE)
  }
  input RoleInput @authority(anyOf: ["ADMINISTER"]) { name: String!, level: Int, parts: [RoleInput] }
  input Choice @oneOf @authenticated { byId: ID, byCode: String }

  type Query {
    hello(name: String): String @public
    viewer(verbose: Boolean = false): Viewer! @authenticated
    node(id: ID!): Node @authenticated
    employees(
      filter: EmployeeFilter
      sort: [EmployeeSort!] = [{ salary: DESC }]
      first: Int! = ${DEFAULT_NUMBER} @access(resource: "employee")
    ): [Employee!]! @access(resource: "employee")
    people(filters: [EmployeeFilter]): Page @authenticated
    departments(filter: DepartmentFilter): [Department!]! @access(resource: "department")
    owners(choice: Choice): [Owner!] @public
    audit(role: RoleInput, style: [Style!]): [Badge] @authority(anyOf: ["AUDIT"])
    pick(choice: Choice, matrix: [[Int!]!]): Owner @authority(anyOf: ["AUDIT", "REVOKE"])
  }
  type Mutation {
    createEmployee(input: CreateEmployee!): Employee! @access(resource: "employee", action: CREATE)
    createEmployees(inputs: [CreateEmployee!]!): [Employee!]! @access(resource: "employee", action: CREATE)
    updateEmployee(
      id: ID! @access(resource: "employee", action: UPDATE)
      input: UpdateEmployee
    ): Employee @access(resource: "employee", action: UPDATE)
    deleteEmployee(id: ID! @access(resource: "employee", action: DELETE)): Boolean!
      @access(resource: "employee", action: DELETE)
    setRole(input: RoleInput!): Viewer @authority(anyOf: ["ADMINISTER", "REVOKE"])
  }
`;

export const staffSchema: GraphQLSchema = buildSchema(STAFF_SDL);
export const staffIndex: AccessIndex = compileAccessIndex(staffSchema, AUTHORITIES);
