import { buildSchema, execute, type GraphQLSchema, getIntrospectionQuery, parse, printSchema, validate } from "graphql";
import { typesInTurns } from "../../src/http/types-in-turns";

const TYPES = Array.from(
  { length: 60 },
  (_, at) => `type T${at} implements Named { name: String, next(at: Int): T${at} }`,
);
const SCHEMA = buildSchema(`interface Named { name: String } union Some = T1 | T2 enum Colour { RED }
  type Query { named: Named some: Some colour: Colour t: T0 } ${TYPES.join("\n")}`);

const ROOT = { named: { __typename: "T3", name: "a" }, some: { __typename: "T2" } };

interface Executed {
  readonly result: unknown;
  /** The same, on the schema itself. */
  readonly plain: unknown;
  /** How many turns of the event loop were taken. */
  readonly turns: number;
}

async function introspect(query: string): Promise<Executed> {
  let turns = 0;
  let last = Promise.resolve();
  const takeTurn = (): Promise<void> => {
    last = last
      .then(() => new Promise<void>((resolve) => setImmediate(resolve)))
      .then(() => {
        turns += 1;
      });
    return last;
  };
  const document = parse(query);
  expect(validate(SCHEMA, document)).toEqual([]);
  const on = async (schema: GraphQLSchema): Promise<unknown> =>
    JSON.parse(JSON.stringify(await execute({ schema, document, rootValue: ROOT })));
  return { result: await on(typesInTurns(SCHEMA, takeTurn)), plain: await on(SCHEMA), turns };
}

describe("types that come in turns", () => {
  it.each([
    [
      "as tools ask for them",
      getIntrospectionQuery({ oneOf: true, schemaDescription: true, inputValueDeprecation: true }),
    ],
    [
      "under aliases",
      "{ a: __schema { types { name } } b: __schema { c: types { kind } d: types { name fields { name } } } }",
    ],
  ])("are described as ever, and others are answered meanwhile: %s", async (_how, query) => {
    const { result, plain, turns } = await introspect(query);
    expect(result).toEqual(plain);
    expect(result).toHaveProperty("data");
    expect(result).not.toHaveProperty("errors");
    expect(turns).toBeGreaterThan(6);
  });

  it("are asked for one by one at once: fragments, abstract types, `__type`", async () => {
    const query = `{ named { ...on Named { name } ...F } some { ...on T2 { __typename } } __type(name: "T5") { name possibleTypes { name } } i: __type(name: "Named") { possibleTypes { name } } }
      fragment F on T3 { __typename }`;
    const { result, plain, turns } = await introspect(query);
    expect(result).toEqual(plain);
    expect(result).toMatchObject({ data: { named: { name: "a", __typename: "T3" }, __type: { name: "T5" } } });
    expect(turns).toBe(0);
  });

  it("leave the schema itself as it is", async () => {
    const before = printSchema(SCHEMA);
    await introspect("{ __schema { types { name } } }");
    expect(printSchema(SCHEMA)).toBe(before);
  });
});
