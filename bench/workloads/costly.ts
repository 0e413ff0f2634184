import { getIntrospectionQuery } from "graphql";

/** An operation near the limits; `bodyAt` gives the body of its n-th request. */
export interface Costly {
  readonly name: string;
  bodyAt(at: number): { readonly query: string; readonly variables?: object };
}

const EMPLOYEE =
  "id employeeNumber firstName lastName email phone birthDate gender hireDate terminationDate jobTitle location salary version";
/** A person with 23 relations, as deep as they may go. */
const wide = (levels: number): string =>
  `${EMPLOYEE} department { id code name manager { ${EMPLOYEE} } } ${levels > 1 ? `manager { ${wide(levels - 1)} }` : ""}`;
const LISTS = 10;
const lists = (list: (at: number) => string, count = LISTS): string =>
  `{ ${Array.from({ length: count }, (_, at) => `l${at}: ${list(at)}`).join(" ")} }`;
/** Fits the limits of selections and tokens, with one response name throughout. */
const REPEATED = 490;

/** A twentieth of the selections that a document may have, on the most things that the schema has. */
const SCHEMA = `__schema { types { name description inputFields { name type { name } } enumValues { name }
  fields(includeDeprecated: true) { name description args { name type { name } } type { name ofType { name ofType { name } } } } } }`;

const CONDITIONS = Array.from({ length: 5 }, (_, at) => `{ email: { contains: "zz${at}q" } }`).join(" ");

/** What a principal who may read everything can ask for at worst, by the part of the server that it is worst for. */
export const COSTLY: readonly Costly[] = [
  {
    name: "10 lists of 500 people, every field, department and manager",
    bodyAt: () => ({
      query: lists(
        () => `employees(first: 500) { nodes { ${EMPLOYEE} department { id code name } manager { id lastName } } }`,
      ),
    }),
  },
  {
    name: "20,000 rows: 500 people, every field of three relations, 10 times",
    bodyAt: () => ({
      query: lists(
        () =>
          `employees(first: 500) { nodes { ${EMPLOYEE} department { id code name } manager { ${EMPLOYEE} manager { ${EMPLOYEE} } } } }`,
      ),
    }),
  },
  {
    name: "500 people, every field of 23 relations",
    bodyAt: () => ({ query: `{ employees(first: 500) { nodes { ${wide(8)} } } }` }),
  },
  {
    name: "500 people of one department, every field of 17 relations",
    bodyAt: () => ({
      query: `{ departments(first: 1, filter: { code: { eq: "ENG" } }) { nodes { id employees(first: 500) { nodes { ${wide(6)} } } } } }`,
    }),
  },
  {
    name: "12 departments with 500 people each, every field",
    bodyAt: () => ({
      query: `{ departments(first: 500) { nodes { id employees(first: 500) { nodes { ${EMPLOYEE} } } } } }`,
    }),
  },
  {
    name: "the first 3 people of each department, every field of 17 relations",
    bodyAt: () => ({
      query: `{ departments(first: 500) { nodes { id employees(first: 3) { nodes { ${wide(6)} } } } } }`,
    }),
  },
  {
    name: "500 people, the reports of each, every field",
    bodyAt: () => ({
      query: `{ employees(first: 500) { nodes { id reports(first: 30) { nodes { ${EMPLOYEE} } } } } }`,
    }),
  },
  {
    name: "10 counts of a search through everybody",
    bodyAt: () => ({
      query: lists(
        (at) =>
          `employees(search: { text: "zzz${at}", fields: { firstName: true, lastName: true, email: true, jobTitle: true, location: true } }) { totalCount }`,
      ),
    }),
  },
  {
    name: "3 lists that a filter of five conditions leaves empty",
    bodyAt: () => ({
      query: lists(() => `employees(first: 500, filter: { or: [${CONDITIONS}] }) { totalCount nodes { id } }`, 3),
    }),
  },
  {
    name: "10 lists sorted by what has no index",
    bodyAt: () => ({
      query: lists(() => "employees(first: 500, sort: [{ gender: DESC }, { birthDate: ASC }]) { nodes { id } }"),
    }),
  },
  {
    name: `one response name ${REPEATED} times, another document each time`,
    bodyAt: (at) => ({ query: `query N${at} { employee(id: "none") { ${"firstName ".repeat(REPEATED)} } }` }),
  },
  {
    name: "many selections of one response name, another document each time",
    bodyAt: (at) => ({
      query: `query N${at} { employee(id: "none") { ${"manager { manager { firstName } } ".repeat(REPEATED / 4)} } }`,
    }),
  },
  {
    name: "the schema as often as root fields may be asked for",
    bodyAt: () => ({ query: `{ ${Array.from({ length: 20 }, (_, at) => `s${at}: ${SCHEMA}`).join(" ")} }` }),
  },
  { name: "introspection as tools send it", bodyAt: () => ({ query: getIntrospectionQuery({ descriptions: true }) }) },
];
