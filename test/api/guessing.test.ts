import {
  buildClientSchema,
  type GraphQLSchema,
  getIntrospectionQuery,
  type IntrospectionQuery,
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
} from "graphql";
import { type Administration, administer } from "../support/administration";
import { type ReplyError, startLatchkey, type TestLatchkey } from "../support/latchkey";

let latchkey: TestLatchkey;
let admin: Administration;
let token: string;

beforeAll(async () => {
  latchkey = await startLatchkey();
  admin = administer(latchkey);
  ({ token } = await admin.key(latchkey.ownerToken, {
    grants: [
      { resource: "employee", actions: ["READ"], fields: ["firstName", "department"] },
      { resource: "department", actions: ["READ"], fields: ["name"] },
      { resource: "timeOff", actions: ["READ", "CREATE"], fields: ["startDate", "endDate", "employee"] },
    ],
  }));
});
afterAll(() => latchkey?.stop());

/** Every name of a type, field, argument, input field and enum value in a schema. */
function namesOf(schema: GraphQLSchema): Set<string> {
  const names = new Set<string>();
  for (const type of Object.values(schema.getTypeMap())) {
    if (type.name.startsWith("__")) continue;
    names.add(type.name);
    if (isEnumType(type)) for (const value of type.getValues()) names.add(value.name);
    if (isInputObjectType(type)) for (const name of Object.keys(type.getFields())) names.add(name);
    if (isObjectType(type) || isInterfaceType(type)) {
      for (const field of Object.values(type.getFields())) {
        names.add(field.name);
        for (const argument of field.args) names.add(argument.name);
      }
    }
  }
  return names;
}

/** What somebody who knows the trade would try, beside the names of the schema themselves. */
const TRADE =
  "pay wage income bonus iban bank tax ssn passport religion union disability address city postcode country nationality " +
  "marital spouse children emergency contact medical sick absence vacation holiday leave contract grade band level review " +
  "rating warning complaint notes password secret token digest pepper hash session admin owner audit log key apikey users " +
  "roles settings config export import file upload document payslip";

/** Words as typed by somebody who hopes to be corrected: one letter lost, doubled, or two of them changed round. */
const misspelt = (word: string): string[] => [
  word.slice(0, -1),
  `${word}s`,
  word.slice(0, 1) + word.slice(2),
  word.slice(0, -2) + word.slice(-1) + word.slice(-2, -1),
];
const isName = (word: string): boolean => /^[A-Za-z][A-Za-z0-9_]*$/.test(word);

/** Every name that errors give away: what messages quote, and all that extensions carry beside the code. */
function namesIn(errors: readonly ReplyError[]): string[] {
  const said = errors.flatMap(({ message, extensions: { code: _code, ...details } }) => [
    ...(message.match(/"[^"]*"/g) ?? []),
    ...Object.values(details).map((detail) => JSON.stringify(detail)),
  ]);
  return said.flatMap((text) => text.match(/[A-Za-z][A-Za-z0-9_]*/g) ?? []);
}

const AT_ONCE = 20;

/** Each place of a document where a name may be guessed. */
const PLACES: readonly ((word: string) => { query: string; variables?: object })[] = [
  (word) => ({ query: `{ ${word} }` }),
  (word) => ({ query: `mutation { ${word} }` }),
  (word) => ({ query: `{ employees { nodes { ${word} } } }` }),
  (word) => ({ query: `{ employees { nodes { department { ${word} } } } }` }),
  (word) => ({ query: `{ employees(${word}: 1) { totalCount } }` }),
  (word) => ({ query: `{ employees(filter: { ${word}: { eq: "a" } }) { totalCount } }` }),
  (word) => ({ query: `{ employees(sort: [{ ${word}: ASC }]) { totalCount } }` }),
  (word) => ({ query: `{ employees(sort: [{ firstName: ${word} }]) { totalCount } }` }),
  (word) => ({ query: `{ viewer { ... on ${word} { id } } }` }),
  (word) => ({ query: `query ($v: ${word}) { employees { totalCount } }` }),
  (word) => ({ query: `mutation { createTimeOff(input: { ${word}: 1 }) { id } }` }),
  (word) => ({
    query: "query ($f: EmployeeFilter) { employees(filter: $f) { totalCount } }",
    variables: { f: { [word]: { eq: "a" } } },
  }),
  (word) => ({
    query: "query ($s: [EmployeeSort!]) { employees(sort: $s) { totalCount } }",
    variables: { s: [{ [word]: "ASC" }, { firstName: word }] },
  }),
];

describe("a key that guesses names with a word list", () => {
  it("is corrected to no name outside of its scope, wherever it guesses", async () => {
    const introspection = await latchkey.data<IntrospectionQuery>(getIntrospectionQuery(), { token });
    const visible = namesOf(buildClientSchema(introspection));
    const hidden = new Set([...namesOf(latchkey.schema.executable)].filter((name) => !visible.has(name)));
    expect(hidden).toContain("salary");
    expect(hidden).toContain("RoleInput");

    const words = new Set(TRADE.split(" "));
    for (const name of namesOf(latchkey.schema.executable)) {
      for (const word of misspelt(name)) if (isName(word) && !hidden.has(word)) words.add(word);
    }
    const learnt = new Set<string>();
    const guess = async ({ query, variables }: ReturnType<(typeof PLACES)[number]>) => {
      const { errors = [] } = await latchkey.query(query, { token, variables });
      for (const found of namesIn(errors)) {
        if (hidden.has(found) && !JSON.stringify([query, variables]).includes(found))
          learnt.add(`${found} by ${query}`);
      }
    };
    // Each word at two of the places in turn, so that every name meets most places through one of its misspellings.
    const guesses = [...words].flatMap((word, at) =>
      [0, 5].map((turn) => (PLACES[(at * 3 + turn) % PLACES.length] as (typeof PLACES)[number])(word)),
    );
    for (let at = 0; at < guesses.length; at += AT_ONCE) await Promise.all(guesses.slice(at, at + AT_ONCE).map(guess));
    expect([...learnt]).toEqual([]);
    expect(guesses.length).toBeGreaterThan(3_000);
  }, 240_000);

  it("is corrected to names inside of its scope", async () => {
    const { text } = await latchkey.query("{ employees { nodes { firstNam } } }", { token });
    expect(text).toContain("firstName");
  });
});
