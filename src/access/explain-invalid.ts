import {
  type DocumentNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  type OperationDefinitionNode,
  typeFromAST,
} from "graphql";
import { didYouMean } from "graphql/jsutils/didYouMean";
import { suggestionList } from "graphql/jsutils/suggestionList";
import { InputShapes } from "./input-shape";
import { namingInputs } from "./name-inputs";
import { type InputProblem, InputReading, MAX_INPUT_DEPTH, MAX_INPUT_VALUES } from "./read-input";
import { validateDocument } from "./validate-document";

/** Enums with more values are named instead of listed. */
const MAX_LISTED = 20;
/** Scalars whose form their name does not tell. */
const EXAMPLES: Readonly<Record<string, string>> = { DateTime: "2027-01-31T09:00:00Z", Date: "2027-01-31" };
/** What a misspelt field can look like; longer text may be a secret in the wrong place. */
const PRINTABLE_NAME = /^[_A-Za-z]\w{0,39}$/;

/**
 * Why a document that the full schema refuses is invalid, as far as its sender may know: the errors of the schema that the sender
 * sees. A name outside of it reads like one that does not exist, and suggestions come from inside.
 */
export function explainInvalidDocument(filtered: GraphQLSchema, document: DocumentNode): readonly GraphQLError[] {
  const errors = validateDocument(filtered, document);
  return errors.length > 0 ? namingInputs(document, errors) : [new GraphQLError("The document is not valid.")];
}

/**
 * Why the variables of an operation cannot be used, one error per place, e.g. `$input at "input.grants[0].fields" must not be
 * null.`, with the place in `extensions.field`. No value is repeated: it may be a password, or a key sent to the wrong field.
 * Types and suggestions are those that the sender sees.
 */
export function explainInvalidVariables(
  filtered: GraphQLSchema,
  operation: OperationDefinitionNode,
  rawVariables: unknown,
): readonly GraphQLError[] {
  const given =
    typeof rawVariables === "object" && rawVariables !== null ? new Map(Object.entries(rawVariables)) : new Map();
  const shapes = new InputShapes(null);
  const reading = new InputReading(() => undefined);
  const errors: GraphQLError[] = [];
  const nulls: string[] = [];
  for (const { variable, type: typeNode, defaultValue } of operation.variableDefinitions ?? []) {
    const name = variable.name.value;
    const type = typeFromAST(filtered, typeNode);
    if (!isInputType(type)) {
      errors.push(errorAt([name], "has a type that does not exist."));
    } else if (given.has(name)) {
      reading.read(name, shapes.of(type), given.get(name));
      if (given.get(name) === null) nulls.push(name);
    } else if (defaultValue === undefined && shapes.of(type).kind === "REQUIRED") {
      reading.refuse(name, "MISSING", type);
    }
  }
  errors.push(...reading.problems.map((problem) => errorAt(problem.path, describe(problem))));
  if (errors.length > 0) return errors;
  // What is left is null for a variable whose place takes none.
  return nulls.length > 0
    ? nulls.map((name) => errorAt([name], "must not be null where the operation uses it."))
    : [new GraphQLError("The variables do not fit the operation.")];
}

function errorAt(path: InputProblem["path"], problem: string): GraphQLError {
  const [variable] = path;
  const field = spell(path);
  const place = path.length > 1 ? `Variable $${variable} at "${field}"` : `Variable $${variable}`;
  return new GraphQLError(`${place} ${problem}`, { extensions: { field } });
}

/** `["input", "grants", 0, "fields"]` as `input.grants[0].fields`. */
function spell(path: InputProblem["path"]): string {
  return path
    .map((key, at) => {
      if (typeof key === "number") return `[${key}]`;
      const name = PRINTABLE_NAME.test(key) ? key : "?";
      return at === 0 ? key : `.${name}`;
    })
    .join("");
}

function describe({ kind, type, path }: InputProblem): string {
  switch (kind) {
    case "MISSING":
      return "is required.";
    case "NULL":
      return "must not be null.";
    case "NOT_A_LIST":
      return "must be a list.";
    case "NOT_AN_OBJECT":
      return "must be an object.";
    case "UNKNOWN_FIELD":
      return `is no field of ${type}.${suggestion(type, path.at(-1))}`;
    case "LEAF":
      return `must be ${expected(type)}.`;
    case "ONE_OF":
      return "must have exactly one field, which must not be null.";
    case "TOO_DEEP":
      return `is nested too deeply: at most ${MAX_INPUT_DEPTH} objects within each other.`;
    case "TOO_LARGE":
      return `is too large: at most ${MAX_INPUT_VALUES} values in all variables together.`;
  }
}

function suggestion(type: GraphQLInputType, key: string | number | undefined): string {
  if (!isInputObjectType(type) || typeof key !== "string" || !PRINTABLE_NAME.test(key)) return "";
  return didYouMean(suggestionList(key, Object.keys(type.getFields())));
}

function expected(type: GraphQLInputType): string {
  const named = getNamedType(type);
  const names = isEnumType(named) ? named.getValues().map((value) => value.name) : [];
  if (names.length > 0 && names.length <= MAX_LISTED) return `one of ${names.join(", ")}`;
  const example = EXAMPLES[named.name];
  return `a value of type ${type}${example === undefined ? "" : `, e.g. ${example}`}`;
}
